"""The page of saved views: renaming, sharing, deleting, and choosing what a list begins with."""

import re
from html import unescape

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from customers.models import DefaultView, SavedView, Tag
from customers.services import saved_views as services
from partnercenter.activity.models import Activity

LIST = "/customers/"
VIEWS = reverse("customers:views")
SAVE = reverse("customers:save_view")
TAG = "0f0e0d0c-0b0a-4908-8706-050403020100"
OTHER = "1f0e0d0c-0b0a-4908-8706-050403020100"


def page_of(response):
    return unescape(response.content.decode())


def said(response):
    """The sentences that the next page shows."""
    return [str(message) for message in response.context["messages"]]


def deeds():
    return [(line.deed, line.actor.display_name, line.details) for line in Activity.objects.order_by("id")]


def test_the_page_of_views_tells_what_each_one_shows(browse, ana, make_view):
    make_view(
        ana, query="added_from=2026-05-01&by=domain&columns=domain,tags&q=toys&relationship=advisor&size=25&sort=-added"
    )
    make_view(ana, "Everything", "")

    page = " ".join(page_of(browse(ana).get(VIEWS)).split())

    words = [
        re.sub("</?span>", "", one).strip() for one in re.findall(r'<div class="caption muted">\s*(.*?)</div>', page)
    ]
    assert words == [
        "All customers, in the usual order",
        (
            "Search: toys · Search by: Domain name · Relationship: Advisor · Added from: May 1, 2026 · "
            "Order: Added, descending · Columns: Primary domain, Tags · Rows on a page: 25"
        ),
    ]


def test_an_owner_renames_shares_and_takes_back_a_view(browse, ana, make_view):
    view = make_view(ana)
    address = reverse("customers:view", args=[view.pk])
    visitor = browse(ana)

    visitor.post(address, {"name": "Games"})
    visitor.post(address, {"name": "Games", "shared": "on"})
    visitor.post(address, {"name": "Dolls", "shared": "on", "default": "on"})
    services.update_view(view, "q=dolls", actor=ana.user)
    response = visitor.post(address, {"name": "Dolls"}, follow=True)

    view.refresh_from_db()
    assert (view.name, view.shared, DefaultView.objects.count()) == ("Dolls", False, 0)
    assert said(response)[-1:] == ["The view was saved."]
    assert deeds() == [
        ("view_shared", "Ana", {"View": "Games"}),
        ("shared_view_changed", "Ana", {"Name": ["Games", "Dolls"]}),
        ("shared_view_changed", "Ana", {"View": "Dolls", "List": ["q=toys", "q=dolls"]}),
        ("shared_view_changed", "Ana", {"View": "Dolls", "For all colleagues": [True, False]}),
    ]


def test_saving_a_view_as_it_is_changes_and_records_nothing(browse, ana, make_view):
    view = make_view(ana, shared=True)

    browse(ana).post(reverse("customers:view", args=[view.pk]), {"name": "Toys", "shared": "on"})
    services.update_view(view, "q=toys", actor=ana.user)

    assert [deed for deed, *_ in deeds()] == ["view_shared"]


def test_a_view_is_not_renamed_to_another_one_of_its_owner(browse, ana, agnes, make_view):
    make_view(ana, "Games")
    view = make_view(ana, shared=True)

    response = browse(agnes).post(reverse("customers:view", args=[view.pk]), {"name": "GAMES", "shared": "on"})

    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["There is already a view named GAMES. Choose another name."]


def test_a_shared_view_that_is_taken_back_is_nobodys_beginning_but_its_owners(browse, ana, hugo, uri, make_view):
    view = make_view(ana, shared=True)
    for person in (ana, hugo, uri):
        services.choose_default(view, actor=person.user)
    address = reverse("customers:view", args=[view.pk])
    page = page_of(browse(ana).get(address))

    browse(ana).post(address, {"name": "Toys", "default": "on"})

    assert "This view is the default of 2 colleagues." in page
    assert [default.user for default in DefaultView.objects.all()] == [ana.user]


@pytest.fixture
def no_defaults(db):
    """Nobody can choose a view to begin with."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_defaultview ADD CONSTRAINT nobody CHECK (false)")


@pytest.mark.usefixtures("no_defaults")
def test_a_view_is_saved_or_changed_with_its_default_or_not_at_all(browse, ana, make_view):
    view, visitor = make_view(ana), browse(ana)

    for address in (SAVE, reverse("customers:view", args=[view.pk])):
        with pytest.raises(IntegrityError, match="nobody"):
            visitor.post(address, {"name": "Games", "default": "on"})

    assert list(SavedView.objects.values_list("name", flat=True)) == ["Toys"]


@pytest.mark.parametrize("sent", [{}, {"default": "on"}])
def test_taking_back_a_view_of_a_colleague_leaves_ones_own_beginning_as_it_is(browse, ana, agnes, make_view, sent):
    own, view = make_view(agnes), make_view(ana, shared=True)
    services.choose_default(own, actor=agnes.user)

    browse(agnes).post(reverse("customers:view", args=[view.pk]), {"name": "Toys"} | sent)

    view.refresh_from_db()
    assert (view.shared, DefaultView.objects.get().view) == (False, own)


def test_a_shared_view_is_deleted_after_a_page_that_says_who_begins_with_it(browse, ana, hugo, make_view):
    view = make_view(ana, shared=True)
    services.choose_default(view, actor=hugo.user)
    address = reverse("customers:delete_view", args=[view.pk])
    page = page_of(browse(ana).get(address))

    response = browse(ana).post(address, follow=True)

    assert "This view is the default of 1 other person, whose list will open with all customers." in page
    assert said(response) == ["The view Toys was deleted."]
    assert (SavedView.objects.count(), DefaultView.objects.count()) == (0, 0)
    assert deeds()[1:] == [("shared_view_deleted", "Ana", {"View": "Toys"})]


def test_deleting_an_own_view_is_nobodys_business(browse, ana, make_view):
    view = make_view(ana)

    browse(ana).post(reverse("customers:delete_view", args=[view.pk]))

    assert (SavedView.objects.count(), Activity.objects.count()) == (0, 0)


@pytest.mark.parametrize("page", ["view", "update_view", "delete_view"])
@pytest.mark.parametrize(
    ("person", "shared", "status"),
    [("agnes", True, 302), ("agnes", False, 404), ("hugo", True, 403), ("hugo", False, 404), ("finn", True, 404)],
)
def test_a_view_of_somebody_else_is_changed_by_admins_if_it_is_shared(
    request, browse, ana, agnes, hugo, finn, make_view, page, person, shared, status
):
    view = make_view(ana, shared=shared)
    sent = {"name": "Other", "shared": "on", "query": "q=other"}

    response = browse(request.getfixturevalue(person)).post(reverse(f"customers:{page}", args=[view.pk]), sent)

    assert response.status_code == status
    assert SavedView.objects.filter(name="Toys", query="q=toys").exists() == (status != 302)
    if status == 403:
        assert "Only a Global admin or Admin agent can change views of colleagues." in page_of(response)


def test_what_may_not_be_changed_says_why(browse, ana, hugo, make_view):
    view = make_view(ana, shared=True)

    page = page_of(browse(hugo).get(VIEWS))

    assert reverse("customers:view", args=[view.pk]) not in page
    assert page.count("Only a Global admin or Admin agent can change views of colleagues.") == 1


def test_everybody_chooses_a_view_to_begin_with_and_gives_it_up(browse, ana, hugo, make_view):
    view = make_view(ana, shared=True)
    visitor, address = browse(hugo), reverse("customers:default_view")

    chosen = visitor.post(address, {"view": view.pk}, follow=True)
    chosen_view = DefaultView.objects.get().view
    given_up = visitor.post(address, follow=True)

    assert (chosen_view, DefaultView.objects.count()) == (view, 0)
    assert said(chosen) == ["Your customer list opens with Toys now."]
    assert said(given_up) == ["Your customer list opens with all customers now."]


@pytest.mark.parametrize("person", ["hugo", "finn"])
def test_nobody_begins_with_a_view_they_cannot_open(request, browse, ana, make_view, person):
    view = make_view(ana)

    response = browse(request.getfixturevalue(person)).post(reverse("customers:default_view"), {"view": view.pk})

    assert (response.status_code, DefaultView.objects.count()) == (404, 0)


def test_a_view_that_is_deleted_meanwhile_is_not_changed(ana, make_view):
    view = make_view(ana)
    SavedView.objects.all().delete()

    for service in (
        lambda: services.change_view(view, name="Other", shared=False, default=False, actor=ana.user),
        lambda: services.update_view(view, "q=x", actor=ana.user),
        lambda: services.delete_view(view, actor=ana.user),
        lambda: services.choose_default(view, actor=ana.user),
    ):
        with pytest.raises(services.Refused, match="This view was deleted a moment ago"):
            service()


def test_views_cost_the_same_queries_however_many_there_are(
    browse, ana, hugo, contoso, make_view, tailspin, django_assert_num_queries
):
    visitor = browse(ana)
    tag = Tag.objects.create(partner=contoso, name="VIP")
    tag.refresh_from_db()
    for number in range(12):
        make_view(ana, f"Own {number}", f"tag={tag.guid}")
        make_view(hugo, f"Hugo's {number}", f"tag={tag.guid}", shared=True)
    visitor.get(VIEWS)

    with django_assert_num_queries(7):
        visitor.get(VIEWS)
