"""A box for each product says in numbers what a choice does, and leads on where nothing can be chosen."""

import pytest
from django.urls import reverse

from partnercenter.directory.models import User
from partnercenter.partners.roles import Action, denial
from subscriptions.models import LicenseChange, Subscription
from tests.licensing import E3, address, holders, outcomes, results
from tests.users import make_many_users


@pytest.fixture
def ask(browse, ana, tailspin):
    """Ask about the licenses of users, as a person or as Ana; the answer."""

    def send(ids, *, person=ana, customer=tailspin, **sent):
        sent = {"ids": [str(pk) for pk in ids]} | sent
        return browse(person).post(address(customer, "assign_selected"), sent, follow=True)

    return send


def sends_nowhere(ids):
    User.objects.filter(pk__in=ids).update(location="")


def numbers(answer):
    return [(box.having, box.getting, box.short) for box in answer.context["boxes"]]


def test_a_box_counts_who_gets_a_license_who_loses_it_and_for_whom_there_is_none(ask, tailspin, users, assign, e3):
    assign(users[:1])
    e3.quantity = 2
    e3.save(update_fields=["quantity"])

    answer = ask(users)

    assert numbers(answer) == [(1, 1, 2)]
    page = " ".join(answer.content.decode().split())
    assert "1 user gets a license. 2 get none: no more are left." in page
    assert "1 user loses the license." in page
    assert "1 available of 2" in page


def test_whoever_has_no_location_wants_no_seat(ask, users, assign, e3):
    assign(users[:1])
    sends_nowhere([users[0], users[1]])

    answer = ask(users, step="apply", change=f"add:{e3.pk}")

    change = LicenseChange.objects.latest("requested_at")
    assert outcomes(results(change)) == ["had", "no_location", "assigned", "assigned"]
    assert answer.redirect_chain[-1][0] == address(change.customer, "license_change", change.pk)


def test_whoever_is_gone_is_not_counted(ask, users, e3):
    User.objects.filter(pk=users[0]).update(deleted_at="2030-01-01T00:00Z")

    assert numbers(ask(users)) == [(0, 3, 0)]


def test_seats_go_to_users_in_the_order_of_their_names(ask, tailspin, users, e3):
    names = ["Zoe", "Ada", "Max", "Lee"]
    for pk, name in zip(users, names, strict=True):
        User.objects.filter(pk=pk).update(display_name=name, name_key=name.lower())

    ask(users, step="apply", change=f"add:{e3.pk}", short="1")

    assert [names[users.index(pk)] for pk, _outcome in results(LicenseChange.objects.get())] == sorted(names)
    assert holders(e3) == {*users[1:]}


class TestWhereNothingIsLeft:
    @pytest.fixture(autouse=True)
    def _all_taken(self, users, assign):
        assign(users[:3])

    def test_nothing_can_be_chosen_and_the_way_to_more_seats_is_shown(self, ask, tailspin, users, e3):
        page = ask(users[3:]).content.decode()

        assert f"add:{e3.pk}" not in page
        assert "No license is left." in page
        assert f'<a href="{address(tailspin, "edit", e3.pk)}">Add licenses to {E3}</a>' in page
        assert "Change 1 user" not in page

    def test_who_may_not_buy_reads_who_may(self, ask, tailspin, hugo, users, e3):
        page = ask(users[3:], person=hugo).content.decode()

        assert address(tailspin, "edit", e3.pk) not in page
        assert denial(Action.MANAGE_SUBSCRIPTIONS) in page

    def test_a_reseller_asks_its_provider(self, ask, northwind, adatum, make_customer, make_staff, tailspin, users, e3):
        sold = make_customer(northwind, "Tailspin", tenant=tailspin.tenant, reseller=adatum)
        through = make_customer(adatum, "Tailspin", tenant=tailspin.tenant, provider=northwind)
        adam = make_staff(adatum, "Adam", "global_admin")
        Subscription.objects.filter(pk=e3.pk).update(customer=sold, partner=northwind, reseller=adatum)

        page = ask(users[3:], person=adam, customer=through).content.decode()

        assert "Your provider sold this product: ask them for more licenses." in page
        assert address(through, "edit", e3.pk) not in page

    def test_a_choice_whose_last_seat_went_meanwhile_is_kept_and_told(self, ask, users, e3):
        answer = ask(users[3:], step="apply", change=f"add:{e3.pk}")

        page = answer.content.decode()
        assert f'value="add:{e3.pk}" selected' in page
        assert "1 license is wanted, 0 are available." in page
        assert holders(e3) == {*users[:3]}

    def test_those_who_have_it_can_lose_it(self, ask, users, e3):
        ask(users, step="apply", change=f"remove:{e3.pk}")

        assert holders(e3) == set()


class TestOneUserWithoutLocation:
    @pytest.fixture
    def kim(self, tailspin, e3):
        return make_many_users(tailspin, 1)[0]

    @pytest.fixture
    def look(self, browse, tailspin, kim):
        return lambda person: browse(person).get(address(tailspin, "user_licenses", kim)).content.decode()

    @pytest.fixture
    def edit_page(self, tailspin, kim):
        return reverse("customers:edit_user", args=[tailspin.tenant_id, kim])

    def test_the_way_to_one_is_shown_and_nothing_can_be_chosen(self, look, ana, edit_page):
        page = look(ana)

        assert "This user has no location, and nothing can be assigned before there is one." in page
        assert f'<a href="{edit_page}">Set the location</a>' in page
        assert "Save licenses" not in page

    def test_who_may_not_set_it_reads_who_may(self, look, hugo, edit_page):
        page = look(hugo)

        assert edit_page not in page
        assert denial(Action.MANAGE_USERS) in page
