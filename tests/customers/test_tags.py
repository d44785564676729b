"""The vocabulary of tags: what a tag is, who may change it, and what becomes of customers when it goes."""

import uuid

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import Customer, Tag, TagChange
from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.partners.roles import Action, denial

TAGS = "/customers/tags/"


def page_of(tag):
    return reverse("customers:tag", args=[tag.guid])


def create(client, name, color="blue"):
    return client.post(TAGS, {"name": name, "color": color})


def names_of(partner):
    return [tag.name for tag in Tag.objects.filter(partner=partner, retired_at=None).order_by("name")]


def lines(deed):
    return [(line.customer_name, line.details) for line in Activity.objects.filter(deed=deed)]


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_a_partner_without_tags_reads_what_they_are_for(browse, ana):
    page = browse(ana).get(TAGS).content.decode()

    assert "No tags yet" in page
    assert "Make the first one here" in page


def test_the_vocabulary_shows_each_tag_with_the_number_of_its_customers(browse, ana, contoso, make_customer, make_tag):
    retail, vip = make_tag("retail"), make_tag("VIP")
    make_customer(contoso, "Wingtip", tag_ids=[retail.pk, vip.pk])
    make_customer(contoso, "Proseware", tag_ids=[vip.pk])

    response = browse(ana).get(TAGS)

    assert [(tag.name, tag.customers) for tag in response.context["tags"]] == [("retail", 1), ("VIP", 2)]
    assert f'href="/customers/?tag={vip.guid}"' in response.content.decode()


def test_with_very_many_customers_the_vocabulary_leads_to_them_instead(browse, ana, tailspin, make_tag, monkeypatch):
    monkeypatch.setattr("customers.selectors.tags.COUNT_LIMIT", 0)
    tag = make_tag("VIP")

    page = browse(ana).get(TAGS).content.decode()

    assert "Show customers" in page
    assert f'href="/customers/?tag={tag.guid}"' in page


def test_the_vocabulary_asks_as_many_questions_for_fifty_tags_as_for_one(
    browse, ana, tailspin, make_tag, django_assert_max_num_queries
):
    for number in range(50):
        make_tag(f"Tag {number}")
    client = browse(ana)
    client.get(TAGS)

    with django_assert_max_num_queries(8):
        client.get(TAGS)


def test_a_tag_is_created_with_a_name_and_a_color_and_stands_in_the_log(browse, ana, contoso):
    response = create(browse(ana), "  Very   important ", "red")

    assert (response.status_code, response.url) == (302, TAGS)
    assert list(Tag.objects.values_list("name", "color")) == [("Very important", "red")]
    assert lines(Deed.TAG_CREATED) == [("", {"Tag": "Very important"})]


@pytest.mark.parametrize(
    "name",
    [
        "x" * 50,
        "重要",
        "é" * 50,
        "🚀 Start",
        "Größe",
        "e\u0301" * 50,
        "❤\ufe0f",
        "葛\U000e0100",
        "ก\u0e34",
        "\U0001faea",
    ],
)
def test_names_of_up_to_fifty_characters_in_any_script_are_taken(browse, ana, contoso, name):
    create(browse(ana), name)

    assert len(names_of(contoso)) == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter the name of the tag."),
        ("   ", "Enter the name of the tag."),
        ("x" * 51, "A tag has at most 50 characters; this one has 51. Shorten it."),
        ("V\u200bIP", "This name contains characters that cannot be seen."),
        ("V\u202eIP", "This name contains characters that cannot be seen."),
        ("\u200b\u3164", "This name contains characters that cannot be seen."),
        ("\ufe0f", "Nothing of this name can be seen."),
        ("\U000e0100\u180b", "Nothing of this name can be seen."),
        ("\u0301\u0302", "Nothing of this name can be seen."),
        ("\u0301 \u20dd", "Nothing of this name can be seen."),
        ("\u093e", "Nothing of this name can be seen."),
        ("\U000e0080\u2065", "This name contains characters that cannot be seen."),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(browse, ana, contoso, name, sentence):
    response = create(browse(ana), name)

    assert response.status_code == 422
    assert [str(error).startswith(sentence) for error in response.context["form"].errors["name"]] == [True]
    assert names_of(contoso) == []


def test_a_color_that_is_none_is_refused(browse, ana, contoso):
    response = create(browse(ana), "VIP", "ultraviolet")

    assert (response.status_code, names_of(contoso)) == (422, [])


@pytest.mark.parametrize(
    ("first", "second"), [("VIP", "vip"), ("Größe", "GRÖßE"), ("é", "e\u0301"), ("Строй", "строй")]
)
def test_two_tags_that_differ_in_small_and_capital_letters_only_are_the_same(browse, ana, contoso, first, second):
    client = browse(ana)
    create(client, first)

    response = create(client, second)

    assert response.status_code == 422
    assert len(names_of(contoso)) == 1
    assert "There is a tag with this name already" in response.content.decode()


@pytest.mark.parametrize(
    ("first", "second"),
    [("İ", "i"), ("İ", "i\u0307"), ("Straße", "STRASSE"), ("K", "k"), ("é", "E\u0301"), ("é", "e"), ("ΟΣ", "ος")],
)
def test_the_database_alone_decides_whether_two_names_are_the_same(browse, ana, contoso, first, second):
    client = browse(ana)
    create(client, first)
    tag = Tag.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(normalize(%s, NFC)) = lower(normalize(%s, NFC))", [first, second])
        same = cursor.fetchone()[0]

    created = create(client, second)
    deleted = client.post(page_of(tag), {"act": "delete", "confirmation": second})

    assert (created.status_code, deleted.status_code) == ((422, 302) if same else (302, 422))
    assert len(names_of(contoso)) == (0 if same else 2)


def test_two_partners_may_have_the_same_word(browse, ana, finn, contoso, fabrikam):
    create(browse(ana), "VIP")
    create(browse(finn), "VIP")

    assert (names_of(contoso), names_of(fabrikam)) == (["VIP"], ["VIP"])


def test_a_tag_is_renamed_and_recolored_with_old_and_new_in_the_log(browse, ana, contoso, make_tag):
    tag = make_tag("Retail", color="green")

    browse(ana).post(page_of(tag), {"act": "edit", "name": "Shops", "color": "pink"})

    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Shops", "pink")
    assert lines(Deed.TAG_EDITED) == [("", {"Tag": "Retail", "Name": ["Retail", "Shops"], "Color": ["green", "pink"]})]


def test_a_tag_may_change_small_and_capital_letters_of_its_own_name(browse, ana, contoso, make_tag):
    tag = make_tag("vip")

    browse(ana).post(page_of(tag), {"act": "edit", "name": "VIP", "color": "blue"})

    assert names_of(contoso) == ["VIP"]


def test_a_tag_is_not_renamed_to_another_one(browse, ana, contoso, make_tag):
    make_tag("VIP")
    tag = make_tag("Retail")

    response = browse(ana).post(page_of(tag), {"act": "edit", "name": "vip", "color": "blue"})

    assert (response.status_code, names_of(contoso)) == (422, ["Retail", "VIP"])
    assert "There is a tag with this name already" in response.content.decode()


def test_saving_a_tag_as_it_is_writes_nothing_into_the_log(browse, ana, make_tag):
    tag = make_tag("VIP")

    browse(ana).post(page_of(tag), {"act": "edit", "name": "VIP", "color": "blue"})

    assert lines(Deed.TAG_EDITED) == []


def test_the_page_of_a_tag_says_in_numbers_what_merging_and_deleting_do(browse, ana, contoso, make_customer, make_tag):
    tag = make_tag("VIP")
    for name in ("Wingtip", "Proseware"):
        make_customer(contoso, name, tag_ids=[tag.pk])

    page = browse(ana).get(page_of(tag)).content.decode()

    assert "2 customers have VIP. They get another tag in its place, and VIP is gone." in page
    assert "2 customers lose it. This cannot be undone." in page


def test_the_page_says_of_very_many_customers_how_many_they_are(browse, ana, tailspin, make_tag, monkeypatch):
    monkeypatch.setattr("customers.selectors.finding.COUNT_LIMIT", 0)
    tag = make_tag("VIP")
    Customer.objects.update(tag_ids=[tag.pk])

    page = browse(ana).get(page_of(tag)).content.decode()

    assert "1 customer loses it." in page


def test_merging_gives_the_other_tag_to_every_customer_once(browse, ana, contoso, make_customer, make_tag):
    old, new, other = make_tag("Old"), make_tag("New"), make_tag("Other")
    both = make_customer(contoso, "Wingtip", tag_ids=[old.pk, new.pk])
    one = make_customer(contoso, "Proseware", tag_ids=[old.pk, other.pk])
    none = make_customer(contoso, "Litware", tag_ids=[other.pk])

    response = browse(ana).post(page_of(old), {"act": "merge", "target": str(new.guid)}, follow=True)

    tags = dict(Customer.objects.values_list("pk", "tag_ids"))
    assert tags == {both.pk: [new.pk], one.pk: sorted([new.pk, other.pk]), none.pk: [other.pk]}
    assert names_of(contoso) == ["New", "Other"]
    assert messages_of(response) == ["Old is gone; its 2 customers have New now."]
    assert lines(Deed.TAGS_MERGED) == [("", {"Tag": "Old", "Merged into": "New", "Customers": 2})]


def test_merging_does_not_count_as_one_tag_more_on_a_full_customer(browse, ana, contoso, make_customer, make_tag):
    tags = [make_tag(f"Tag {number}") for number in range(150)]
    new = make_tag("New")
    full = make_customer(contoso, "Wingtip", tag_ids=[tag.pk for tag in tags])

    browse(ana).post(page_of(tags[0]), {"act": "merge", "target": str(new.guid)})

    full.refresh_from_db()
    assert full.tag_ids == [*(tag.pk for tag in tags[1:]), new.pk]


@pytest.mark.parametrize("target", ["", "itself", "strange", "elsewhere"])
def test_a_tag_is_merged_only_into_another_one_of_the_partner(browse, ana, contoso, fabrikam, make_tag, target):
    tag = make_tag("VIP")
    elsewhere = make_tag("VIP", partner=fabrikam)
    value = {"itself": str(tag.guid), "strange": "x", "elsewhere": str(elsewhere.guid)}.get(target, "")

    response = browse(ana).post(page_of(tag), {"act": "merge", "target": value})

    assert (response.status_code, names_of(contoso)) == (422, ["VIP"])


def test_deleting_takes_a_tag_off_its_customers_and_its_name_is_free_again(
    browse, ana, contoso, make_customer, make_tag
):
    tag, other = make_tag("VIP"), make_tag("Other")
    customer = make_customer(contoso, "Wingtip", tag_ids=[tag.pk, other.pk])
    client = browse(ana)

    response = client.post(page_of(tag), {"act": "delete", "confirmation": "vip"}, follow=True)
    create(client, "VIP")

    customer.refresh_from_db()
    assert (customer.tag_ids, customer.tag_count, names_of(contoso)) == ([other.pk], 1, ["Other", "VIP"])
    assert messages_of(response) == ["VIP was deleted. 1 customer had it."]
    assert lines(Deed.TAG_DELETED) == [("", {"Tag": "VIP", "Customers": 1})]


@pytest.mark.parametrize("typed", ["", "VI", "yes"])
def test_a_tag_is_not_deleted_before_its_name_was_typed(browse, ana, contoso, make_tag, typed):
    tag = make_tag("VIP")

    response = browse(ana).post(page_of(tag), {"act": "delete", "confirmation": typed})

    assert (response.status_code, names_of(contoso)) == (422, ["VIP"])


@pytest.fixture
def few(monkeypatch):
    """More than one customer is many."""
    monkeypatch.setattr("customers.services.tags.AT_ONCE", 1)
    monkeypatch.setattr("customers.views.tags.AT_ONCE", 1)


def test_a_tag_of_many_customers_is_out_of_sight_at_once_and_taken_off_by_a_job(
    few, browse, ana, contoso, make_customer, make_tag
):
    tag = make_tag("VIP")
    for name in ("Wingtip", "Proseware"):
        make_customer(contoso, name, tag_ids=[tag.pk])
    client = browse(ana)

    response = client.post(page_of(tag), {"act": "delete", "confirmation": "VIP"}, follow=True)
    list_page = client.get("/customers/").content.decode()

    job, change = Job.objects.get(), TagChange.objects.get()
    assert (names_of(contoso), client.get(page_of(tag)).status_code) == ([], 404)
    assert (job.kind, job.total, job.subject, job.url) == (Job.Kind.TAG_CHANGE, 2, "− VIP", TAGS)
    assert (change.retires, change.remove_ids, change.add_ids, change.job) == (tag, [tag.pk], [], job)
    assert messages_of(response) == ["VIP is gone. A job takes it off its 2 customers; you are told when it has ended."]
    assert "VIP" not in list_page
    assert lines(Deed.TAG_DELETED) == [("", {"Tag": "VIP", "Customers": 2})]


def test_the_name_of_a_tag_on_its_way_out_is_free(few, browse, ana, contoso, make_customer, make_tag):
    tag = make_tag("VIP")
    for name in ("Wingtip", "Proseware"):
        make_customer(contoso, name, tag_ids=[tag.pk])
    client = browse(ana)
    client.post(page_of(tag), {"act": "delete", "confirmation": "VIP"})

    create(client, "vip")

    assert names_of(contoso) == ["vip"]


def test_a_tag_that_customers_still_get_from_a_merge_does_not_go(few, browse, ana, contoso, make_customer, make_tag):
    old, new = make_tag("Old"), make_tag("New")
    for name in ("Wingtip", "Proseware"):
        make_customer(contoso, name, tag_ids=[old.pk])
    client = browse(ana)
    client.post(page_of(old), {"act": "merge", "target": str(new.guid)})

    response = client.post(page_of(new), {"act": "delete", "confirmation": "New"})

    assert (response.status_code, names_of(contoso)) == (422, ["New"])
    assert "Customers are just getting this tag" in response.content.decode()


def test_who_may_not_change_tags_sees_them_and_the_reason(browse, bill, make_tag):
    tag = make_tag("VIP")
    client = browse(bill)

    pages = [client.get(TAGS).content.decode(), client.get(page_of(tag)).content.decode()]

    assert [denial(Action.EDIT_TAGS) in page for page in pages] == [True, True]
    assert ['name="act"' in page for page in pages] == [False, False]


@pytest.mark.parametrize("act", ["edit", "merge", "delete", ""])
def test_who_may_not_change_tags_is_refused_and_that_is_in_the_log(browse, bill, contoso, make_tag, act):
    tag, client = make_tag("VIP"), browse(bill)
    sent = {"act": act, "name": "X", "color": "blue", "confirmation": "VIP"}

    answers = [client.post(TAGS, sent).status_code, client.post(page_of(tag), sent).status_code]

    assert (answers, names_of(contoso)) == ([403, 403], ["VIP"])
    assert Activity.objects.filter(deed=Deed.REFUSED).count() == 2


def test_the_tag_of_another_partner_does_not_exist(browse, finn, contoso, make_tag):
    tag, client = make_tag("VIP"), browse(finn)

    answers = [
        client.get(page_of(tag)).status_code,
        client.post(page_of(tag), {"act": "delete", "confirmation": "VIP"}).status_code,
        client.get(reverse("customers:tag", args=[uuid.uuid4()])).status_code,
    ]

    assert (answers, names_of(contoso)) == ([404, 404, 404], ["VIP"])
    assert client.get(TAGS).context["tags"] == []


def test_an_act_that_no_page_knows_changes_nothing(browse, ana, contoso, make_tag):
    tag = make_tag("VIP")

    response = browse(ana).post(page_of(tag), {"act": "explode", "name": "X", "color": "red"})

    assert (response.status_code, names_of(contoso)) == (422, ["VIP"])
