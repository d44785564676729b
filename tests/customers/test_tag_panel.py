"""The panel of tags: what its boxes say of those selected, searching and making tags in it, its size."""

from customers.models import Customer, Tag
from tests.tagging import ASSIGN, ids, states, tags_by_name


def test_the_boxes_say_which_tags_are_on_all_on_some_and_on_none(browse, ana, make_tag, retail, vip, three):
    make_tag("East")
    Customer.objects.update(tag_ids=[vip.pk])
    Customer.objects.filter(pk=three[0].pk).update(tag_ids=[retail.pk, vip.pk])

    response = browse(ana).post(ASSIGN, ids(*three))

    assert states(response) == {"Retail": ("some", 1), "VIP": ("all", 3), "East": ("none", 0)}
    assert "on 1 of 3" in response.content.decode()


def test_a_choice_of_three_needs_no_script(browse, ana, retail, three):
    page = browse(ana).post(ASSIGN, ids(*three)).content.decode()

    assert f'<option value="add:{retail.guid}">Put on</option>' in page
    assert f'value="remove:{retail.guid}"' not in page
    assert "Does not have it" in page


def test_a_new_tag_is_made_in_the_panel_and_chosen(browse, ana, contoso, vip, three):
    sent = {**ids(*three), "step": "create", "new-name": "Spring", "new-color": "green", "change": f"add:{vip.guid}"}

    response = browse(ana).post(ASSIGN, sent)

    acts = {box.tag.name: box.act for box in response.context["boxes"]}
    assert acts == {"Spring": "add", "VIP": "add"}
    assert Tag.objects.get(name="Spring").color == "green"
    assert tags_by_name()["Proseware"] == []


def test_a_new_tag_with_a_name_that_is_taken_is_refused_at_its_field(browse, ana, vip, three):
    sent = {**ids(*three), "step": "create", "new-name": "vip", "new-color": "green"}

    response = browse(ana).post(ASSIGN, sent)

    assert response.status_code == 422
    assert "There is a tag with this name already" in response.content.decode()


def test_searching_tags_keeps_what_was_chosen(browse, ana, make_tag, retail, vip, three):
    make_tag("Größe")
    sent = {**ids(*three), "find": "GRO", "change": f"add:{vip.guid}"}

    response = browse(ana).post(ASSIGN, sent)

    assert [(box.tag.name, box.act) for box in response.context["boxes"]] == [("Größe", ""), ("VIP", "add")]


def test_of_very_many_tags_a_panel_shows_some_and_says_how_many_more(browse, ana, contoso, three):
    Tag.objects.bulk_create(Tag(partner=contoso, name=f"Tag {number:03}") for number in range(203))

    response = browse(ana).post(ASSIGN, ids(*three))

    assert (len(response.context["boxes"]), response.context["not_shown"]) == (200, 3)
    assert "3 more tags: search for their names." in response.content.decode()


def test_htmx_gets_the_panel_alone_with_the_selection_in_it(browse, ana, vip, three):
    piece = browse(ana).post(ASSIGN, ids(three[0]), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in piece
    assert f'name="ids" value="{three[0].tenant_id}"' in piece
    assert "data-closes" in piece


def test_the_panel_asks_as_many_questions_for_three_customers_as_for_one(
    browse, ana, make_tag, three, django_assert_max_num_queries
):
    for number in range(30):
        make_tag(f"Tag {number}")
    client = browse(ana)
    client.post(ASSIGN, ids(three[0]))

    with django_assert_max_num_queries(8):
        client.post(ASSIGN, ids(*three))


def test_looking_at_the_address_of_the_panel_leads_to_the_list(browse, ana):
    response = browse(ana).get(f"{ASSIGN}?q=toys")

    assert (response.status_code, response.url) == (302, "/customers/?q=toys")
