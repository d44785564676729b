"""The page that people of a customer have of their own."""

import re
from datetime import timedelta

from django.utils import timezone

from partnercenter.directory.models import Domain


def facts(html):
    """Names and values of all facts on a page, without tags."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for name, value in pairs}


def my(visitor):
    return visitor.get("/my/")


def test_a_person_sees_who_they_are_and_where_they_belong(carla, browse):
    Domain.objects.create(tenant=carla.tenant, name="litware.com")
    Domain.objects.create(tenant=carla.tenant, name="unproven.example", verified_at=None)
    carla.location = "DE"
    carla.save()

    told = facts(my(browse(carla)).content.decode())

    assert told.pop("Microsoft ID").startswith(str(carla.tenant_id)[:8])
    assert told == {
        "Name": "Litware",
        "User name": "carla@litware.onmicrosoft.com",
        "Mail": "carla@litware.onmicrosoft.com",
        "Role": "Global admin",
        "Location": "Germany",
        "Country/region": "United States",
        "Cloud": "Global",
        "Domains": "litware.onmicrosoft.com (primary) litware.com",
    }


def test_a_person_sees_the_partners_that_serve_the_organization_now(carla, fabrikam, northwind, make_customer, browse):
    make_customer(fabrikam, "Litware", tenant=carla.tenant, begun_at=timezone.now() + timedelta(seconds=5))
    make_customer(northwind, "Litware", tenant=carla.tenant, ended_at=timezone.now())

    accounts = my(browse(carla)).context["accounts"]

    assert [str(account.partner) for account in accounts] == ["Contoso", "Fabrikam"]


def test_a_person_sees_nothing_of_other_organizations(carla, tailspin, browse):
    html = my(browse(carla)).content.decode()

    assert html.count("Tailspin") == 0


def test_staff_see_their_own_organization_and_the_way_to_the_portal(ana, browse):
    answer = my(browse(ana))

    told = facts(answer.content.decode())
    assert (told["Name"], told["Roles at the partner"], list(answer.context["accounts"])) == (
        "Contoso",
        "Global admin",
        [],
    )


def test_the_page_is_for_people_who_are_signed_in(client, db):
    answer = my(client)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/my/")
