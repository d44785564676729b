"""Who may do what: the one table of roles and actions, checked against the matrix of the product rules."""

import pytest
from django.utils import translation

from partnercenter.partners.roles import Action, Role, allows, denial

# Section 3 of the product rules: global admin, user admin, admin agent, sales agent, helpdesk agent, billing admin.
COLUMNS = (
    Role.GLOBAL_ADMIN,
    Role.USER_ADMIN,
    Role.ADMIN_AGENT,
    Role.SALES_AGENT,
    Role.HELPDESK_AGENT,
    Role.BILLING_ADMIN,
)
MATRIX = {
    Action.SEE_CUSTOMERS: "R R R R R R",
    Action.EXPORT: "W – W W – W",
    Action.ADD_CUSTOMER: "W W W W – –",
    Action.EDIT_ACCOUNT: "W – W W W –",
    Action.EDIT_TAGS: "W – W W – –",
    Action.ATTEST_AGREEMENT: "W – W W – –",
    Action.MANAGE_VIEWS: "W – W – – –",
    Action.MANAGE_USERS: "W W W – – –",
    Action.MANAGE_SUBSCRIPTIONS: "W – W W – –",
    Action.ASSIGN_LICENSES: "W W W W W –",
    Action.REQUEST_RELATIONSHIP: "W – W W – –",
    Action.REMOVE_RELATIONSHIP: "W – W – – –",
    Action.MANAGE_PARTNERSHIPS: "W – W W – –",
    Action.MANAGE_TRANSFERS: "W – W – – –",
    Action.SET_TRANSFER_RULES: "W – – – – –",
    Action.SEE_ACTIVITY: "R – R – – –",
}


@pytest.mark.parametrize("action", list(Action))
def test_each_role_may_do_what_the_matrix_says(action):
    expected = {role for role, cell in zip(COLUMNS, MATRIX[action].split(), strict=True) if cell != "–"}

    assert {role for role in Role if allows([role], action)} == expected


def test_several_roles_may_do_what_one_of_them_may():
    assert allows([Role.BILLING_ADMIN, Role.USER_ADMIN], Action.MANAGE_USERS)


@pytest.mark.parametrize("action", list(Action))
def test_somebody_without_a_role_may_do_nothing(action):
    assert not allows([], action)


def test_a_denial_says_which_roles_could_and_whom_to_ask():
    assert denial(Action.EXPORT) == (
        "Only a Global admin, Admin agent, Sales agent, or Billing admin can export lists. "
        "Ask a Global admin of your organization for the role."
    )


@pytest.mark.parametrize("language", ["de", "zh-hans"])
def test_a_denial_can_be_told_in_every_language(language):
    with translation.override(language):
        sentences = [denial(action) for action in Action]

    assert len(set(sentences)) == len(Action)


def test_a_role_that_was_taken_away_is_gone_at_the_next_click(ana, browse):
    visitor = browse(ana)
    before = visitor.get("/activity/").status_code
    ana.roles = [Role.HELPDESK_AGENT]
    ana.save()

    assert (before, visitor.get("/activity/").status_code) == (200, 403)


def test_removed_staff_are_signed_out_at_the_next_click_and_read_why(ana, browse):
    visitor = browse(ana)
    before = visitor.get("/jobs/").status_code
    ana.removed_at = ana.partner.created_at
    ana.save()

    answer = visitor.get("/jobs/", follow=True)

    assert (before, answer.redirect_chain) == (200, [("/accounts/login/?next=/jobs/", 302)])
    assert [str(message) for message in answer.context["messages"]] == [
        "You are no longer on the staff of Contoso, so you cannot sign in. Ask a Global admin there."
    ]


def test_the_navigation_holds_only_what_a_person_may_use(ana, hugo, browse):
    entries = [[link.url for link in browse(person).get("/jobs/").context["navigation"]] for person in (ana, hugo)]

    bought = ["/subscriptions/", "/subscriptions/catalog/", "/transfers/", "/relationships/requests/"]
    assert entries == [["/", "/customers/", *bought, "/activity/", "/jobs/"], ["/", "/customers/", *bought, "/jobs/"]]


@pytest.mark.parametrize(
    ("page", "entry"), [("/", "/"), ("/activity/", "/activity/"), ("/customers/{}/account/", "/customers/")]
)
def test_the_navigation_says_where_one_is(ana, tailspin, browse, page, entry):
    links = browse(ana).get(page.format(tailspin.tenant_id)).context["navigation"]

    assert [link.url for link in links if link.current] == [entry]
