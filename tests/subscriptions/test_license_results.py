"""Licenses of one user, what somebody has, and what came of a change: a result for each user and product."""

from django.urls import reverse

from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Action, denial
from subscriptions.services.license_changes import change_licenses
from tests.domains import told
from tests.licensing import E3, E5, address
from tests.subscribing import subscribe
from tests.uploads import cells
from tests.users import make_many_users


class TestOneUser:
    def test_the_page_of_a_user_shows_the_licenses(self, browse, ana, bill, tailspin, users, assign, e3):
        assign(users[:1])
        page = reverse("customers:user", args=[tailspin.tenant_id, users[0]])

        shown, of_bill = (browse(person).get(page).content.decode() for person in (ana, bill))

        assert E3 in shown
        assert address(tailspin, "user_licenses", users[0]) in shown
        assert address(tailspin, "user_licenses", users[0]) not in of_bill
        assert denial(Action.ASSIGN_LICENSES) in of_bill

    def test_what_a_deleted_user_had_is_shown(self, browse, ana, tailspin, users, assign, e3):
        assign(users[:1])
        browse(ana).post(reverse("customers:delete_user", args=[tailspin.tenant_id, users[0]]))

        page = browse(ana).get(reverse("customers:user", args=[tailspin.tenant_id, users[0]])).content.decode()

        assert E3 in page
        assert "A restored user gets back those that are left." in page

    def test_licenses_of_another_partner_are_not_shown(
        self, browse, ana, tailspin, users, finn, fabrikam, make_customer
    ):
        theirs = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant)
        other = subscribe(theirs, E5, name="A secret product")
        change_licenses(theirs, users[:1], assign=[other.pk], actor=finn.user)

        page = browse(ana).get(reverse("customers:user", args=[tailspin.tenant_id, users[0]])).content.decode()

        assert "A secret product" not in page

    def test_licenses_of_one_user_are_changed(self, browse, ana, tailspin, users, assign, e3):
        other = subscribe(tailspin, E5, quantity=1)
        assign(users[:1])
        assign(users[1:2], other)
        url, change = address(tailspin, "user_licenses", users[0]), [f"remove:{e3.pk}", f"add:{other.pk}"]

        asked = browse(ana).get(url)
        browse(ana).post(url, {"step": "apply", "change": change})
        done = browse(ana).post(url, {"step": "apply", "change": change, "short": "1"}, follow=True)

        assert [(box.product, box.state) for box in asked.context["boxes"]] == [(e3, "all"), (other, "none")]
        assert told(done) == ["Kim 0 lost 1 license.", f"{E5}: No license was left."]
        assert done.redirect_chain[-1][0] == reverse("customers:user", args=[tailspin.tenant_id, users[0]])

    def test_the_page_is_told_what_is_missing_in_place_and_led_away_by_the_script(
        self, browse, ana, tailspin, users, assign, e3
    ):
        assign(users[:3])
        url, headers = address(tailspin, "user_licenses", users[3]), {"HX-Request": "true"}
        sent = {"page": "1", "step": "apply", "change": f"add:{e3.pk}"}

        told_first = browse(ana).post(url, sent, headers=headers)
        done = browse(ana).post(url, sent | {"short": "1"}, headers=headers)

        assert told_first.templates[0].name == "subscriptions/_assign_licenses.html"
        assert "data-closes" not in told_first.content.decode()
        assert done["HX-Redirect"] == reverse("customers:user", args=[tailspin.tenant_id, users[3]])

    def test_a_deleted_user_has_no_page_of_licenses(self, browse, ana, tailspin, users, e3):
        User.objects.filter(pk=users[0]).update(deleted_at="2030-01-01T00:00Z")

        assert browse(ana).get(address(tailspin, "user_licenses", users[0])).status_code == 404

    def test_people_see_their_own_licenses_of_all_partners(
        self, browse, tailspin, users, assign, e3, finn, fabrikam, make_customer
    ):
        theirs = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant)
        other = subscribe(theirs, E5)
        change_licenses(theirs, users[:1], assign=[other.pk], actor=finn.user)
        assign(users[:1])

        mine, of_kim_1 = (browse(User.objects.get(pk=pk)).get("/my/").content.decode() for pk in users[:2])

        assert (E3 in mine, E5 in mine) == (True, True)
        assert "You have no licenses." in of_kim_1


class TestResults:
    def test_each_user_has_a_result(self, browse, ana, tailspin, users, assign):
        change = assign(users)

        page = browse(ana).get(address(tailspin, "license_change", change.pk))

        rows = [(one.display_name, one.get_outcome_display()) for one in page.context["table"].records]
        assert rows == [*((f"Kim {number}", "Assigned") for number in range(3)), ("Kim 3", "No license was left")]
        assert page.context["tiles"] == [("Assigned", 3, False), ("No license was left", 1, True)]

    def test_only_what_was_left_is_shown(self, browse, ana, tailspin, users, assign):
        change = assign(users)

        page = browse(ana).get(address(tailspin, "license_change", change.pk) + "?left=1")

        assert [one.display_name for one in page.context["table"].records] == ["Kim 3"]

    def test_what_was_changed_is_named_and_where_seats_are_added(self, browse, ana, tailspin, users, assign, e3):
        change = assign(users)

        page = browse(ana).get(address(tailspin, "license_change", change.pk)).content.decode()

        assert f'Assign: <a href="{address(tailspin, "subscription", e3.pk)}">{E3}</a>' in page
        assert "1 license was missing: the results say who got none." in page
        without = reverse("customers:users", args=[tailspin.tenant_id]) + f"?license=without-{e3.pk}"
        assert f'<a href="{without}">Users without {E3}</a>' in page

    def test_the_way_from_a_shortage_leads_to_whoever_lacks_this_product_and_may_have_another(
        self, browse, ana, tailspin, users, assign, e3
    ):
        assign(users, subscribe(tailspin, E5, quantity=4))
        change = assign(users)

        short = browse(ana).get(address(tailspin, "license_change", change.pk)).context["short"]
        found = browse(ana).get(
            reverse("customers:users", args=[tailspin.tenant_id]), {"license": f"without-{short[0].pk}"}
        )

        assert list(short) == [e3]
        assert [user.display_name for user in found.context["table"].records] == ["Kim 3"]

    def test_results_are_downloaded(self, browse, ana, tailspin, users, assign):
        change = assign(users)
        url = address(tailspin, "license_results", change.pk)

        whole, left = (cells(browse(ana).get(url, sent)) for sent in ({}, {"left": "1"}))

        assert whole[:2] == [
            ["Display name", "User name", "Product", "Result"],
            ["Kim 0", f"kim.0@{tailspin.domain}", E3, "Assigned"],
        ]
        assert left[1:] == [["Kim 3", f"kim.3@{tailspin.domain}", E3, "No license was left"]]

    def test_nobody_elses_name_is_learned_from_a_result(self, browse, ana, tailspin, users, carla, assign):
        change = assign([carla.pk, users[0]])

        page = browse(ana).get(address(tailspin, "license_change", change.pk)).content.decode()
        rows = cells(browse(ana).get(address(tailspin, "license_results", change.pk)))

        assert "Carla" not in page
        assert rows[1] == ["", str(carla.pk), E3, "The user is not there any more"]

    def test_a_change_of_many_shows_how_far_it_is(self, browse, ana, tailspin, users, assign, monkeypatch):
        monkeypatch.setattr("subscriptions.services.license_changes.AT_ONCE", 2)
        change = assign(users)
        url = address(tailspin, "license_change", change.pk)

        waiting = browse(ana).get(url)
        piece = browse(ana).get(url, headers={"HX-Request": "true"})
        run_job(change.job.pk)
        over = browse(ana).get(url, headers={"HX-Request": "true"})

        assert "The work begins as soon as a worker is free." in waiting.content.decode()
        assert piece.templates[0].name == "subscriptions/_license_progress.html"
        assert over["HX-Refresh"] == "true"
        assert browse(ana).get(url).context["left"] == 1

    def test_a_page_of_results_asks_the_database_as_often_for_many_as_for_few(
        self, browse, ana, tailspin, assign, django_assert_num_queries
    ):
        client = browse(ana)
        few, many = assign(make_many_users(tailspin, 3)), assign(User.objects.values_list("pk", flat=True)[:3])
        client.get(address(tailspin, "license_change", few.pk))

        for change in (few, many):
            with django_assert_num_queries(9):
                client.get(address(tailspin, "license_change", change.pk))
