"""Pages about licenses: what there is, the list of users, and giving licenses to the selected ones."""

import uuid

import pytest
from django.urls import reverse

from customers.forms.users import UserSearchForm
from customers.models import Agreement, Customer
from customers.services.user_imports import start_creation, upload_users
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Action, denial
from subscriptions.models import LicenseChange, Subscription
from subscriptions.services.license_changes import change_licenses
from tests.domains import told
from tests.licensing import E3, E5, address, holders
from tests.subscribing import subscribe
from tests.uploads import cells
from tests.users import make_many_users


def list_of(customer, query=""):
    return reverse("customers:users", args=[customer.tenant_id]) + query


class TestWhatThereIs:
    def test_products_are_listed_with_what_is_left(self, browse, ana, tailspin, users, assign, e3):
        suspended = subscribe(tailspin, E5, quantity=7, status="suspended")
        subscribe(tailspin, "Office 365 Enterprise E1", status="canceled")
        assign(users[:2])

        table = browse(ana).get(address(tailspin)).context["table"]

        shown = [(one.name, one.quantity, one.assigned, one.available, one.status) for one in table.records]
        assert shown == [(E3, 3, 2, 1, "active"), (E5, 7, 0, 7, suspended.status)]

    def test_an_empty_list_says_what_belongs_there(self, browse, ana, hugo, tailspin):
        page, of_hugo = (browse(person).get(address(tailspin)).content.decode() for person in (ana, hugo))

        assert "No licenses yet" in page
        assert reverse("subscriptions:new", args=[tailspin.tenant_id]) in page
        assert denial(Action.MANAGE_SUBSCRIPTIONS) in of_hugo

    @pytest.mark.parametrize("lacking", ["agreement", "relationship"])
    def test_where_nothing_can_be_bought_it_says_why(self, lacking, browse, ana, tailspin, users):
        if lacking == "agreement":
            Agreement.objects.filter(customer=tailspin).delete()
            why = "The customer has not accepted the customer agreement yet."
        else:
            Customer.objects.filter(pk=tailspin.pk).update(relationships=["advisor"])
            why = "which does not include selling."
        page = browse(ana).get(address(tailspin)).content.decode()
        panel = browse(ana).post(address(tailspin, "assign_selected"), {"ids": str(users[0])}).content.decode()

        for text in (page, panel):
            assert why in text
            assert reverse("subscriptions:new", args=[tailspin.tenant_id]) not in text

    def test_who_may_not_assign_reads_why(self, browse, bill, tailspin, e3):
        page = browse(bill).get(address(tailspin)).content.decode()

        assert denial(Action.ASSIGN_LICENSES) in page

    def test_the_latest_changes_are_found_again(self, browse, ana, tailspin, users, assign):
        change = assign(users)

        page = browse(ana).get(address(tailspin)).content.decode()

        assert address(tailspin, "license_change", change.pk) in page
        assert f"Assign: {E3}" in page

    def test_the_list_asks_the_database_as_often_for_many_products_as_for_one(
        self, browse, ana, tailspin, users, assign, e3, django_assert_num_queries
    ):
        client = browse(ana)
        assign(users)
        client.get(address(tailspin))
        with django_assert_num_queries(8):
            client.get(address(tailspin))

        for _ in range(4):
            subscribe(tailspin, E5)
            assign(users)

        with django_assert_num_queries(8):
            client.get(address(tailspin))

    def test_in_a_cloud_whose_users_are_elsewhere_the_page_says_so(
        self, browse, make_partner, make_staff, make_customer
    ):
        federal = make_partner("Federal", cloud="usgov", suffix="onmicrosoft.us")
        uma = make_staff(federal, "Uma", "global_admin")
        customer = make_customer(federal, "Agency", domain="agency.onmicrosoft.us")

        answer = browse(uma).get(address(customer))

        assert answer.status_code == 403
        assert "customers/users_elsewhere.html" in [template.name for template in answer.templates]


class TestTheListOfUsers:
    def found(self, customer, query):
        form = UserSearchForm(query, customer=customer)
        return set(form.found.rows.values_list("pk", flat=True)), form.senseless

    def test_it_is_filtered_by_a_license_or_by_none(self, tailspin, users, assign, e3):
        assign(users[:2])

        assert self.found(tailspin, {"license": str(e3.pk)}) == (set(users[:2]), False)
        assert self.found(tailspin, {"license": "none"}) == (set(users[2:]), False)
        assert self.found(tailspin, {"license": "none", "q": "kim 3"}) == ({users[3]}, False)

    def test_it_is_filtered_by_the_want_of_one_product(self, browse, ana, tailspin, users, assign, e3):
        other = subscribe(tailspin, E5, quantity=4)
        assign(users, other)
        assign(users[:2])

        page = browse(ana).get(list_of(tailspin, f"?license=without-{e3.pk}")).content.decode()

        assert self.found(tailspin, {"license": f"without-{e3.pk}"}) == (set(users[2:]), False)
        assert self.found(tailspin, {"license": f"without-{other.pk}"}) == (set(), False)
        assert f'<option value="without-{e3.pk}" selected>Without {E3}</option>' in page

    def test_where_nothing_was_bought_nobody_has_a_license(self, tailspin, users):
        assert self.found(tailspin, {"license": "none"}) == (set(users), False)

    def test_who_has_something_of_another_partner_has_none_of_this_one(
        self, tailspin, users, assign, finn, fabrikam, make_customer
    ):
        theirs = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant)
        other = subscribe(theirs, E3, quantity=4)
        change_licenses(theirs, users, assign=[other.pk], actor=finn.user)
        assign(users[:1])

        assert self.found(tailspin, {"license": "none"}) == (set(users[1:]), False)
        assert self.found(tailspin, {"license": str(other.pk)}) == (set(users), True)

    @pytest.mark.parametrize(
        "value",
        [
            "x",
            "\x00",
            "NONE",
            "none ",
            "without-",
            f"without-{uuid.UUID(int=0)}",
            "\ud800",
            str(uuid.UUID(int=0)),
            "9" * 400,
        ],
    )
    def test_what_makes_no_sense_finds_everybody_and_nothing_is_done_with_them(self, value, tailspin, users, e3):
        assert self.found(tailspin, {"license": value}) == (set(users), True)

    def test_the_address_says_which_users_are_meant(self, tailspin, users, e3):
        form = UserSearchForm({"license": "none", "role": "user", "at": "x"}, customer=tailspin)

        assert form.matching == "license=none&role=user"

    def test_the_choice_shows_the_products_of_the_account(self, browse, ana, tailspin, users, e3):
        page = browse(ana).get(list_of(tailspin, f"?license={e3.pk}")).content.decode()

        assert f'<option value="{e3.pk}" selected>{E3}</option>' in page

    def test_deleted_users_have_no_licenses_to_filter_by(self, browse, ana, tailspin, users, assign, e3):
        User.objects.filter(pk=users[0]).update(deleted_at="2030-01-01T00:00Z")

        page = browse(ana).get(list_of(tailspin, "?deleted=1&license=none"))

        assert page.context["form"].filtering is False
        assert 'id="search_license"' not in page.content.decode()

    def test_the_export_has_the_users_of_the_filter(self, browse, ana, tailspin, users, assign, e3):
        assign(users[:2])
        url = reverse("customers:export_users", args=[tailspin.tenant_id])

        rows = cells(browse(ana).get(url, {"license": str(e3.pk)}))

        assert [row[0] for row in rows[1:]] == ["Kim 0", "Kim 1"]


class TestAssigning:
    @pytest.fixture
    def press(self, browse, ana, tailspin):
        """Send the form of the selection; the answer."""

        def send(ids=(), *, person=ana, query="", **sent):
            selected = {"ids": [str(pk) for pk in ids]} if ids else {}
            return browse(person).post(address(tailspin, "assign_selected") + query, selected | sent, follow=True)

        return send

    def test_boxes_show_who_has_what(self, press, tailspin, users, assign, e3):
        all_have = subscribe(tailspin, E5, quantity=9)
        nobody = subscribe(tailspin, "Office 365 Enterprise E1", quantity=9)
        assign(users[:1])
        assign(users, all_have)

        boxes = press(users).context["boxes"]

        assert [(box.product, box.state, box.having, box.short) for box in boxes] == [
            (nobody, "none", 0, 0),
            (e3, "some", 1, 1),
            (all_have, "all", 4, 0),
        ]

    def test_what_is_not_touched_stays_as_it_is(self, press, tailspin, users, assign, e3):
        other = subscribe(tailspin, E5, quantity=4)
        assign(users[:1])

        answer = press(users[1:3], step="apply", change=["", f"add:{other.pk}"])

        change = LicenseChange.objects.latest("requested_at")
        assert answer.redirect_chain[-1][0] == address(tailspin, "license_change", change.pk)
        assert (change.assign, change.revoke) == ([other.pk], [])
        assert (holders(e3), holders(other)) == ({users[0]}, set(users[1:3]))

    def test_licenses_are_revoked(self, press, users, assign, e3):
        assign(users[:2])

        press(users[:2], step="apply", change=f"remove:{e3.pk}")

        assert holders(e3) == set()

    def test_too_few_are_told_before_anything_is_done(self, press, users, e3):
        sent = {"step": "apply", "change": f"add:{e3.pk}"}

        asked = press(users, **sent)
        nobody = holders(e3)
        agreed = press(users, **sent, short="1")

        assert "Office 365 Enterprise E3: 4 licenses are wanted, 3 are available." in asked.content.decode()
        assert "Assign as many as there are" in asked.content.decode()
        assert nobody == set()
        assert agreed.context["left"] == 1

    def test_users_without_location_are_told_of(self, press, users, e3):
        User.objects.filter(pk__in=users[:2]).update(location="")

        page = press(users).content.decode()

        assert "2 of them have no location and get no license. Set one first." in page

    def test_what_is_suspended_can_only_be_revoked(self, press, tailspin, users, assign, e3):
        assign(users[:1])
        Subscription.objects.filter(pk=e3.pk).update(status="suspended")

        page = press(users).content.decode()

        assert f"remove:{e3.pk}" in page
        assert f"add:{e3.pk}" not in page
        assert "Suspended: cannot be assigned" in page

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ("", "Nothing is chosen yet."),
            ("adding:x", "Nothing is chosen yet."),
            (f"add:{uuid.UUID(int=0)}", "A product that you chose is not there any more."),
            ("add:\x00", "A product that you chose is not there any more."),
            ("remove:x", "A product that you chose is not there any more."),
        ],
    )
    def test_what_makes_no_sense_is_told_and_changes_nothing(self, change, sentence, press, users, e3):
        answer = press(users, step="apply", change=change)

        assert (answer.status_code, LicenseChange.objects.count()) == (422, 0)
        assert sentence in answer.content.decode()

    def test_all_that_match_are_asked_about_again_when_they_are_others_by_now(self, press, tailspin, users, e3):
        sent = {"all": "1", "step": "apply", "change": f"add:{e3.pk}", "short": "1"}

        other_number = press(**sent, count="3", query="?license=none")
        same_number = press(**sent, count="4", query="?license=none")

        assert "Other users match by now" in other_number.content.decode()
        assert same_number.context["left"] == 1

    def test_a_senseless_list_is_nobody(self, press, tailspin, users, e3):
        answer = press(all="1", count="4", step="apply", change=f"add:{e3.pk}", query="?license=x")

        assert told(answer) == [
            "The address of this list is not in order, so nothing was done. Search and select anew."
        ]

    def test_without_products_it_leads_to_where_they_are_bought(self, press, tailspin, users):
        page = press(users).content.decode()

        assert "This customer has no product whose licenses are assigned to users." in page
        assert reverse("subscriptions:new", args=[tailspin.tenant_id]) in page

    def test_whoever_only_looks_is_led_to_the_list(self, browse, ana, tailspin):
        answer = browse(ana).get(address(tailspin, "assign_selected") + "?license=none")

        assert answer.url == list_of(tailspin, "?license=none")

    def test_the_panel_asks_and_leads_to_the_results(self, browse, ana, tailspin, users, e3):
        headers = {"HX-Request": "true"}
        url, ids = address(tailspin, "assign_selected"), [str(pk) for pk in users[:2]]

        panel = browse(ana).post(url, {"ids": ids}, headers=headers)
        done = browse(ana).post(url, {"ids": ids, "step": "apply", "change": f"add:{e3.pk}"}, headers=headers)

        assert panel.templates[0].name == "subscriptions/_assign_licenses.html"
        assert done["HX-Redirect"] == address(tailspin, "license_change", LicenseChange.objects.get().pk)
        assert "selectionDone" in done["HX-Trigger"]

    def test_the_same_wish_twice_is_one_change_and_another_choice_another_one(self, press, tailspin, users, assign, e3):
        page = press(users[:2])
        wish = page.context["wish"]
        sent = {"step": "apply", "wish": wish}

        once, twice = (press(users[:2], **sent, change=f"add:{e3.pk}").redirect_chain[-1][0] for _time in range(2))
        press(users[:2], **sent, change=f"remove:{e3.pk}")

        assert f'name="wish" value="{wish}"' in page.content.decode()
        assert once == twice
        assert (LicenseChange.objects.count(), holders(e3)) == (2, set())

    def test_the_second_click_leads_to_the_change_although_nobody_matches_any_more(self, press, tailspin, users, e3):
        Subscription.objects.filter(pk=e3.pk).update(quantity=4)
        sent = {"all": "1", "count": "4", "step": "apply", "wish": "1", "change": f"add:{e3.pk}"}

        for _click in range(2):
            answer = press(**sent, query="?license=none")

        assert answer.redirect_chain[-1][0] == address(tailspin, "license_change", LicenseChange.objects.get().pk)

    def test_the_page_asks_the_database_as_often_for_many_as_for_few(
        self, browse, ana, tailspin, e3, django_assert_num_queries
    ):
        ids = make_many_users(tailspin, 500, location="US")
        for _ in range(5):
            subscribe(tailspin, E5)
        client = browse(ana)
        client.get(list_of(tailspin))

        with django_assert_num_queries(8):
            client.post(address(tailspin, "assign_selected"), {"ids": " ".join(map(str, ids))})

    def test_all_users_of_an_upload_get_licenses_in_one_step(self, press, browse, tailspin, ana, hugo, bill, users, e3):
        content = b"First name,Last name,Display name,Email\n,,Lee,lee@tailspintoys.com\n,,Noa,noa@tailspintoys.com\n"
        file = upload_users(tailspin, file_name="new.csv", content=content, actor=ana.user)
        start_creation(file, location="US", skip_faulty=False, actor=ana.user)
        run_job(Job.objects.get().pk)
        page = reverse("customers:import", args=[tailspin.tenant_id, file.pk])
        pages = [browse(person).get(page).content.decode() for person in (hugo, bill)]
        query = f"?upload={file.pk}"

        asked = browse(ana).get(address(tailspin, "assign_selected") + query)
        press(all="1", count="2", step="apply", change=f"add:{e3.pk}", query=query)

        assert ["Assign licenses to these users" in text for text in pages] == [True, True]
        assert [denial(Action.ASSIGN_LICENSES) in text for text in pages] == [False, True]
        assert asked.context["selection"].count == 2
        assert holders(e3) == set(
            User.objects.filter(principal_name__endswith="@tailspintoys.com").values_list("pk", flat=True)
        )
