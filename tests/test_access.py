"""Every page is walked here, from the URLconf itself: a new page fails until its parameters have an example."""

import base64
import re
import uuid

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import PasswordHandout, UserImport
from customers.services.passwords import hand_out_passwords, hand_out_to_selected
from customers.services.user_imports import upload_users
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import WHO_MAY, Action, Role, denial
from tests.conftest import PASSWORD
from tests.pages import ACTIONS, GUARDED, NOT_PUBLIC, PAGES, address, fingerprint, with_parameters
from tests.subscribing import subscribe


def sign_in_of(response):
    return response.status_code == 302 and response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_every_view_says_who_may_use_it(name):
    access = PAGES[name].access

    assert access in ACTIONS | {"public", "signed in"}


@pytest.mark.parametrize("name", NOT_PUBLIC)
def test_nobody_signed_out_gets_anything(name, example):
    client = Client()

    assert sign_in_of(client.get(address(name, example)))
    assert sign_in_of(client.post(address(name, example)))


@pytest.mark.parametrize("name", GUARDED)
def test_who_lacks_the_role_gets_403_with_the_sentence(name, example, browse, contoso, make_staff):
    action = Action(PAGES[name].access)
    roles = set(Role) - WHO_MAY[action]
    client = browse(make_staff(contoso, "Nobody", *roles))

    for response in (client.get(address(name, example)), client.post(address(name, example))):
        assert response.status_code == 403
        assert denial(action) in response.content.decode()


@pytest.mark.parametrize("name", with_parameters(1))
def test_the_row_of_another_partner_does_not_exist(name, example, browse, finn):
    client = browse(finn)
    nowhere = dict.fromkeys(example, uuid.uuid4()) | {"number": example["number"]}

    for method in (client.get, client.post):
        stranger, random = method(address(name, example)), method(address(name, nowhere))
        if stranger.status_code == random.status_code == 405:
            continue
        assert (stranger.status_code, random.status_code) == (404, 404)
        assert without_address(stranger, example) == without_address(random, nowhere)


def without_address(response, ids):
    """The body without what repeats the address that was asked for."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for value in ids.values():
        body = body.replace(str(value), "")
    return body


@pytest.mark.parametrize("name", with_parameters(2))
def test_a_row_of_another_customer_does_not_exist_below_this_one(name, example, browse, ana, contoso, make_customer):
    other = make_customer(contoso, "Wingtip Toys")
    client = browse(ana)

    responses = [
        method(address(name, example | {"microsoft_id": other.tenant_id})) for method in (client.get, client.post)
    ]

    assert {response.status_code for response in responses} <= {404, 405}


@pytest.mark.parametrize("name", PAGES)
def test_looking_changes_nothing(name, example, browse, ana):
    client = browse(ana)
    client.get(reverse("home"))
    before = fingerprint()

    response = client.get(address(name, example))
    b"".join(response.streaming_content if response.streaming else [response.content])

    assert fingerprint() == before


@pytest.mark.parametrize("name", NOT_PUBLIC)
def test_nothing_is_posted_without_the_token_of_the_page(name, example, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana.user)

    response = client.post(address(name, example))

    assert response.status_code in (403, 405)


@pytest.mark.parametrize("name", PAGES)
def test_methods_that_no_page_knows_are_refused(name, example, browse, ana):
    client = browse(ana)

    responses = [client.generic(method, address(name, example)) for method in ("TRACE", "DELETE", "PROPFIND")]

    assert {response.status_code for response in responses} == {405}


def position(text):
    """What a page calls a place in a list, made of anything."""
    return base64.urlsafe_b64encode(text.encode()).decode()


STRANGE = [
    position('[1, false, "a", Infinity]'),
    position('[1, false, "\\ud800", "x"]'),
    position("[[[[" * 2_000),
    position(f"[1, false, {'9' * 5_000}, 1e999]"),
    position("null"),
    "\x00",
    "\u202e\u2066evil",
    "\u200b\u200b\u200b",
    "%00",
    "' OR 1=1 --",
    "9" * 400,
    "x" * 20_000,
    b"\xed\xa0\x80",  # half a character
    str(uuid.uuid4()).upper(),
    uuid.uuid4().hex,
    uuid.uuid4().urn,
    "{" + str(uuid.uuid4()) + "}",
]


OF_A_LIST = ("q", "sort", "size", "at")
FILTERS = ("by", "tag", "tags", "without", "reseller", "relationship", "added_from", "added_to")
OF_CUSTOMERS = (*OF_A_LIST, *FILTERS, "columns", "count", "view")
OF_USERS = (*OF_A_LIST, "state", "role", "license", "deleted", "upload")
OF_SUBSCRIPTIONS = (*OF_A_LIST, "kind", "state")
OF_ALL_SUBSCRIPTIONS = (*OF_SUBSCRIPTIONS, "offer", "reseller", "ends_from", "ends_to")
OF_TRANSFERS = (*OF_A_LIST, "direction", "state", "mine")
ELSEWHERE = ("status", "since", "until", "person", "deed", "customer", "next", "all", "query")
LISTS = {
    "customers:list": OF_CUSTOMERS,
    "customers:count": OF_CUSTOMERS,
    "customers:filters": OF_CUSTOMERS,
    "customers:export": OF_CUSTOMERS,
    "customers:users": OF_USERS,
    "customers:export_users": OF_USERS,
    "subscriptions:subscriptions": OF_SUBSCRIPTIONS,
    "subscriptions:export": OF_SUBSCRIPTIONS,
    "subscriptions:list": OF_ALL_SUBSCRIPTIONS,
    "subscriptions:export_all": OF_ALL_SUBSCRIPTIONS,
    "subscriptions:change_result": (*OF_A_LIST, "left"),
    "subscriptions:change_results_file": ("left",),
    "subscriptions:licenses": OF_A_LIST,
    "subscriptions:license_change": (*OF_A_LIST, "left"),
    "subscriptions:license_results": ("left",),
    "requests:list": (*OF_A_LIST, "state"),
    "my_requests:list": OF_A_LIST,
    "former:list": OF_A_LIST,
    "new_customers:list": ("reseller",),
    "new_customers:domain": ("prefix", "name", "country"),
    "new_customers:organization": ("email",),
    "new_customers:account": ("then", "check"),
    "my_transfers:list": OF_A_LIST,
    "transfers:list": OF_TRANSFERS,
    "transfers:export": OF_TRANSFERS,
    "subscriptions:transfers": OF_TRANSFERS,
    "subscriptions:export_transfers": OF_TRANSFERS,
    "subscriptions:new_transfer": ("again",),
}


@pytest.mark.parametrize("name", PAGES)
def test_strange_values_in_an_address_are_no_error_of_the_server(name, example, browse, ana):
    client, page = browse(ana), address(name, example)

    answers = [client.get(page, dict.fromkeys((*OF_CUSTOMERS, *OF_USERS, *ELSEWHERE), value)) for value in STRANGE]

    assert [value for value, answer in zip(STRANGE, answers, strict=True) if answer.status_code >= 500] == []


STRANGE_IN_A_LIST = [
    *STRANGE,
    "",
    "0",
    "-1",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "-",
    "name,",
    "٣",
]


def one_by_one_and_together(fields):
    """Pages with each of their fields alone, and with all of them."""
    return [(name, chosen) for name, names in fields.items() for chosen in [*((field,) for field in names), names]]


@pytest.mark.parametrize(("name", "parameters"), one_by_one_and_together(LISTS))
def test_strange_values_in_the_address_of_a_list_are_no_error_of_the_server(name, parameters, example, browse, ana):
    client = browse(ana)
    headers = {"HX-Request": "true"} if name == "customers:count" else {}  # without it the list itself counts
    answers = set()

    for value in STRANGE_IN_A_LIST:
        sent = {parameter: [value, value[::-1]] for parameter in parameters}
        response = client.get(address(name, example), sent, headers=headers)
        b"".join(response.streaming_content if response.streaming else [response.content])
        answers.add(response.status_code)

    assert answers == {200}


@pytest.mark.parametrize("name", NOT_PUBLIC)
def test_strange_values_in_a_form_are_no_error_of_the_server(name, example, browse, ana):
    client, page = browse(ana), address(name, example)
    response = client.get(page)
    form = response.context.get("form") if response.context else None
    names = {"file", "location", "skip_faulty", "version", "next", "view", "query", *(form.fields if form else ())}
    broken = []

    for value in (*STRANGE, SimpleUploadedFile("x.txt", b"\xff\xfe\x00")):
        if client.post(page, {field: [value] for field in names}).status_code >= 500:
            broken.append(value)  # noqa: PERF401 - each answer may change what the next one finds

    assert broken == []


OF_A_SELECTION = ("ids", "all", "step", "role", "deleted")
OF_A_NAME = ("first_name", "last_name", "display_name")
FORMS_BELOW_USERS = {
    "customers:block_users": OF_A_SELECTION,
    "customers:change_roles": OF_A_SELECTION,
    "customers:edit_user": (*OF_A_NAME, "location", "role", "seen"),
    "customers:new_passwords": OF_A_SELECTION,
    "subscriptions:assign_selected": (*OF_A_SELECTION, "change", "short", "count", "wish"),
    "subscriptions:user_licenses": ("change", "short", "wish"),
    "customers:add_user": (*OF_A_NAME, "local_part", "domain"),
    "customers:add_user_permissions": ("location", "role"),
    "customers:add_domain": ("name",),
    "customers:upload": ("file",),
    "customers:import_start": ("location", "skip_faulty", "well_read"),
    "customers:import_reading": ("encoding", "delimiter", "instead_of"),
}
OF_SUBSCRIPTIONS_SELECTED = ("ids", "all", "count", "step", "reseller")
FORMS_OF_SUBSCRIPTIONS = dict.fromkeys(
    (
        "subscriptions:suspend_selected",
        "subscriptions:reactivate_selected",
        "subscriptions:change_reseller",
        "subscriptions:suspend_across",
        "subscriptions:reactivate_across",
        "subscriptions:change_reseller_across",
    ),
    OF_SUBSCRIPTIONS_SELECTED,
)
FORMS_OF_RELATIONSHIPS = {
    "requests:new": ("send", "wish", "chosen", "proposed_for", "domain", "email", "privileges", "reseller", "letter"),
    "my_requests:decline": ("reason",),
    "transfers:new_campaign": ("wish",),
    "transfers:send_campaign": ("seen", "typed_name"),
    "subscriptions:new_transfer": ("send", "wish", "partner", "reseller", "note", "typed_name"),
    "transfers:review": ("q", "everything", "ids", "shown", "thing", "typed_name"),
    "removal:remove": ("reason", "name"),
}
FORMS_OF_PASSWORDS = {
    "customers:import_passwords": ("seen", "format"),
    "customers:hand_out": ("seen", "format"),
    "customers:reset_password": ("seen",),
}


@pytest.fixture
def undecided(example, tailspin, ana):
    """The same examples with a file that waits for a decision, whose first row is faulty."""
    content = b"First name,Last name,Display name,Email\n,,,noa@tailspintoys.com\n,,Ben,ben@tailspintoys.com\n"
    return example | {"import_id": upload_users(tailspin, file_name="b.csv", content=content, actor=ana.user).pk}


@pytest.mark.parametrize(
    ("name", "fields"), one_by_one_and_together(FORMS_BELOW_USERS | FORMS_OF_SUBSCRIPTIONS | FORMS_OF_RELATIONSHIPS)
)
def test_strange_values_in_a_form_change_nothing(name, fields, undecided, browse, ana):
    client = browse(ana)
    before = fingerprint()
    answers = set()

    for value in STRANGE:
        sent = {"step": "apply"} | {field: [value, value[::-1]] for field in fields}
        answers.add(client.post(address(name, undecided), sent).status_code)

    assert answers <= {200, 302, 400, 422}
    assert fingerprint() == before


@pytest.mark.parametrize("selection", ["ids", "all"])
def test_no_strange_reseller_is_one(selection, browse, northwind, adatum, make_customer, make_staff):
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    sold = subscribe(customer, "Office 365 Enterprise E3")
    client, page = browse(make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)), "/subscriptions/selected/reseller/"
    chosen = {"ids": str(sold.pk)} if selection == "ids" else {"all": "1", "count": "1"}
    before = fingerprint()

    answers = {client.post(page, chosen | {"step": "apply", "reseller": value}).status_code for value in STRANGE}

    assert answers == {422}
    assert fingerprint() == before


@pytest.fixture
def handed_out(example, ana):
    """The same examples with passwords that were handed out before, to the users of the file and to the selected one."""
    run_job(example["job_id"])
    file = UserImport.objects.get(pk=example["import_id"])
    handout = PasswordHandout.objects.get(pk=example["handout_id"])
    list(hand_out_passwords(file, seen=None, actor=ana.user))
    list(hand_out_to_selected(handout, seen=None, actor=ana.user))
    return example


@pytest.mark.parametrize(("name", "fields"), one_by_one_and_together(FORMS_OF_PASSWORDS))
def test_strange_values_end_no_password_that_was_handed_out(name, fields, handed_out, browse, ana):
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    before = fingerprint()

    answers = [
        client.post(address(name, handed_out), {field: [value, value[::-1]] for field in fields}) for value in STRANGE
    ]

    assert {answer.status_code for answer in answers} == {302}
    assert not any(answer.url.startswith(reverse("account_reauthenticate")) for answer in answers)
    assert fingerprint() == before


def test_strange_cells_make_no_faulty_row_good(undecided, browse, ana):
    client, row = browse(ana), address("customers:import_row", undecided)

    answers = {client.post(row, {"display_name": "Noa", "email": [value]}).status_code for value in STRANGE}

    assert answers <= {200, 422}
    assert UserImport.objects.get(pk=undecided["import_id"]).faulty == 1


def test_a_form_with_thousands_of_fields_is_refused(browse, ana, tailspin):
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

    response = browse(ana).post(reverse("customers:edit_account", args=[tailspin.tenant_id]), fields)

    assert response.status_code == 400


def test_a_role_that_was_taken_away_is_gone_at_the_next_click(browse, ana):
    client = browse(ana)
    before = client.get("/customers/").status_code

    Staff.objects.filter(pk=ana.pk).update(roles=[])

    assert (before, client.get("/customers/").status_code) == (200, 403)


@pytest.mark.parametrize("name", NOT_PUBLIC)
@pytest.mark.parametrize("ended", ["removed_at", "blocked_at", "deleted_at"])
def test_who_was_removed_blocked_or_deleted_has_no_session_any_more(name, ended, example, browse, ana):
    client = browse(ana)
    rows = Staff.objects.filter(pk=ana.pk) if ended == "removed_at" else User.objects.filter(pk=ana.user_id)
    rows.update(**{ended: timezone.now()})

    assert sign_in_of(client.get(address(name, example)))
    assert SESSION_KEY not in client.session or ended != "removed_at"
