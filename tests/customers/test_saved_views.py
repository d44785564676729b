"""Saved views: the state of a customer list under a name, for oneself or for all colleagues."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from customers.models import DefaultView, SavedView, Tag
from customers.selectors.list_query import list_query
from customers.services import saved_views as services
from partnercenter.activity.models import Activity

LIST = "/customers/"
VIEWS = reverse("customers:views")
SAVE = reverse("customers:save_view")
TAG = "0f0e0d0c-0b0a-4908-8706-050403020100"
OTHER = "1f0e0d0c-0b0a-4908-8706-050403020100"


def canonical(address):
    return list_query(QueryDict(address))


def page_of(response):
    return unescape(response.content.decode())


def shown_in(page):
    """What the button of the menu of views says."""
    button = re.search(r'popovertarget="views-menu">.*?View:</span>(.*?)</button>', page, re.DOTALL)[1]
    return " ".join(re.sub("<[^>]+>", " ", button).split())


def said(response):
    """The sentences that the next page shows."""
    return [str(message) for message in response.context["messages"]]


def deeds():
    return [(line.deed, line.actor.display_name, line.details) for line in Activity.objects.order_by("id")]


# ------------------------------------------------------------------------- the address, written in one way


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ""),
        ("q=&by=all&tags=any&sort=name&size=50&added_from=", ""),
        ("utm=x&view=all&at=abc&next=/&q=toys", "q=toys"),
        ("q=+toys++of+&by=domain", "by=domain&q=toys++of"),
        ("by=domain", ""),
        ("by=evil&q=a", "q=a"),
        ("q=%00", ""),
        ("q=%ED%A0%80a", "q=%EF%BF%BD%EF%BF%BD%EF%BF%BDa"),
        (f"q={'x' * 201}", ""),
        (f"tag={OTHER}&tag={TAG}&tag={TAG.upper()}", f"tag={TAG}&tag={OTHER}"),
        (f"tag={{{TAG}}}&tags=all", f"tag={TAG}&tags=all"),
        ("tags=all&tag=x", ""),
        (f"without={TAG}&reseller={OTHER}&reseller=1", f"reseller={OTHER}&without={TAG}"),
        ("relationship=indirect_reseller&relationship=x&relationship=advisor", "relationship=advisor&relationship=indirect_reseller"),
        ("added_to=2026-05-01&added_from=2026-02-31", "added_to=2026-05-01"),
        ("sort=-added&size=100", "size=100&sort=-added"),
        ("sort=--name&size=51", ""),
        ("columns=tags,domain,tags&columns=added", "columns=added%2Cdomain%2Ctags"),
        ("columns=<script>,DROP TABLE", ""),
        ("q=a%26b%3Dc%23", "q=a%26b%3Dc%23"),
    ],
)  # fmt: skip
def test_an_address_is_kept_in_one_form_without_what_a_list_does_not_know(address, expected):
    assert canonical(address) == expected
    assert canonical(expected) == expected


def test_a_day_in_an_address_means_the_same_in_every_language():
    for language in ("en", "de", "zh-hans"):
        with translation.override(language):
            assert canonical("added_from=2026-05-01&added_to=03/04/2026") == "added_from=2026-05-01"


# ------------------------------------------------------------------------------------------------- saving


def test_the_list_on_screen_is_kept_under_a_name(browse, ana, tailspin):
    visitor = browse(ana)
    page = page_of(visitor.get(f"{SAVE}?q=toys&sort=-added&at=xyz&utm=1"))
    query = re.search(r'name="query" value="([^"]*)"', page)[1]

    response = visitor.post(SAVE, {"name": "Toys", "query": query})

    view = SavedView.objects.get()
    assert (view.partner, view.owner, view.name, view.shared) == (ana.partner, ana.user, "Toys", False)
    assert view.query == "q=toys&sort=-added"
    assert (response.status_code, response.url) == (302, f"/customers/?view={view.pk}&q=toys&sort=-added")
    assert deeds() == []


def test_what_is_sent_is_written_in_its_one_form_before_it_is_kept(browse, ana):
    browse(ana).post(SAVE, {"name": "Toys", "query": "sort=domain&evil=1&q=toys&at=x"})

    assert SavedView.objects.get().query == "q=toys&sort=domain"


def test_a_view_can_be_shared_and_begun_with_at_once(browse, ana):
    browse(ana).post(SAVE, {"name": "Toys", "query": "q=toys", "shared": "on", "default": "on"})

    view = SavedView.objects.get()
    assert (view.shared, DefaultView.objects.get().view, DefaultView.objects.get().user) == (True, view, ana.user)
    assert deeds() == [("view_shared", "Ana", {"View": "Toys"})]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter a name for the view."),
        ("   ", "Enter a name for the view."),
        ("x" * 61, "A name has at most 60 characters; this one has 61."),
        ("a\x07b", "This name contains characters that cannot be seen. Type it again instead of pasting it."),
        ("a\u202eb", "This name contains characters that cannot be seen. Type it again instead of pasting it."),
        ("\ufe0f", "Nothing of this name can be seen. Enter one with at least one letter, digit or sign."),
        ("\u0301 \u0302", "Nothing of this name can be seen. Enter one with at least one letter, digit or sign."),
        ("TOYS", "There is already a view named TOYS. Choose another name."),
        ("ÜBERALL", "There is already a view named ÜBERALL. Choose another name."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(browse, ana, make_view, name, sentence):
    make_view(ana)
    make_view(ana, "überall")

    response = browse(ana).post(SAVE, {"name": name, "query": "q=a"})

    assert response.status_code == 422
    assert response.context["form"].errors["name"] == [sentence]
    assert SavedView.objects.count() == 2


def test_a_name_is_composed_and_its_blanks_are_single(browse, ana):
    browse(ana).post(SAVE, {"name": "  U\u0308ber \u3000\t\n uns " + "e\u0301" * 50, "query": ""})

    assert SavedView.objects.get().name == "Über uns " + "é" * 50


def test_names_are_the_same_where_the_database_says_so(browse, ana, make_view):
    make_view(ana, "Straße")

    answers = [browse(ana).post(SAVE, {"name": name}).status_code for name in ("STRAßE", "STRASSE", "Strasse")]

    assert answers == [422, 302, 422]


def test_colleagues_may_use_the_same_name(make_view, ana, hugo):
    make_view(ana, shared=True)
    make_view(hugo, shared=True)

    assert SavedView.objects.count() == 2


def test_nobody_has_more_views_than_a_menu_can_show(browse, ana, hugo, make_view, monkeypatch):
    monkeypatch.setattr(services, "MOST_OWN", 1)
    monkeypatch.setattr(services, "MOST_SHARED", 1)
    make_view(ana, shared=True)

    responses = [browse(person).post(SAVE, {"name": "More", "shared": "on"}) for person in (ana, hugo)]

    assert [response.context["form"].non_field_errors() for response in responses] == [
        ["You have 1 saved views, as many as one can have. Delete one first."],
        ["Colleagues share 1 views, as many as there can be. Keep this one for yourself."],
    ]
    assert (SavedView.objects.count(), Activity.objects.count()) == (1, 1)


@pytest.mark.parametrize(("query", "back"), [("q=toys&sort=-added", "q=toys&sort=-added"), ("", "view=all")])
def test_who_saves_no_view_goes_back_to_the_list_and_who_changes_none_to_the_views(browse, ana, make_view, query, back):
    visitor, view = browse(ana), make_view(ana)

    pages = [visitor.get(f"{SAVE}?{query}"), visitor.get(reverse("customers:view", args=[view.pk]))]

    cancel = [re.search(r'<a class="button" href="([^"]*)">Cancel', page_of(page))[1] for page in pages]
    assert cancel == [f"{LIST}?{back}", VIEWS]


def test_a_list_with_more_filters_than_an_address_holds_is_not_kept(browse, ana):
    many = "&".join(f"tag={number:08x}-0000-4000-8000-000000000000" for number in range(200))

    response = browse(ana).post(SAVE, {"name": "Many", "query": many})

    assert response.context["form"].errors["query"] == [
        "This list has more filters than a view can keep. Take some of them out first."
    ]
    assert SavedView.objects.count() == 0


def test_saving_with_an_own_view_open_offers_to_update_it(browse, ana, hugo, make_view):
    view = make_view(ana, shared=True)
    offers = [f"Update {view.name}" in page_of(browse(one).get(f"{SAVE}?view={view.pk}&q=x")) for one in (ana, hugo)]

    response = browse(ana).post(reverse("customers:update_view", args=[view.pk]), {"query": "sort=added&q=x"})

    view.refresh_from_db()
    assert (offers, view.query) == ([True, False], "q=x&sort=added")
    assert response.url == f"/customers/?view={view.pk}&q=x&sort=added"


# -------------------------------------------------------------------------------------- opening with a view


def test_the_bare_address_of_the_list_leads_to_the_view_that_a_person_begins_with(
    browse, ana, hugo, make_view, tailspin
):
    view = make_view(ana, shared=True)
    services.choose_default(view, actor=ana.user)

    response = browse(ana).get(LIST)

    assert (response.status_code, response.url) == (302, f"/customers/?view={view.pk}&q=toys")
    assert browse(hugo).get(LIST).status_code == 200


@pytest.mark.parametrize("query", ["", "q=toys"])
def test_a_view_leads_no_further_and_neither_does_anything_else(browse, ana, make_view, tailspin, query):
    view = make_view(ana, query=query)
    services.choose_default(view, actor=ana.user)
    visitor = browse(ana)

    opened = visitor.get(LIST, follow=True)
    others = [visitor.get(f"{LIST}?{words}").status_code for words in ("view=all", "view=x", "q=", "q=&by=all", "at=x")]

    assert (opened.status_code, len(opened.redirect_chain), others) == (200, 1, [200] * 5)
    assert visitor.get(LIST, headers={"HX-Request": "true"}).status_code == 200
    assert visitor.get("/customers/export/").status_code == 200


def test_a_default_that_is_no_longer_shared_or_gone_leads_nowhere(browse, ana, hugo, make_view):
    view = make_view(ana, shared=True)
    services.choose_default(view, actor=hugo.user)

    SavedView.objects.update(shared=False)

    assert browse(hugo).get(LIST).status_code == 200
    services.delete_view(view, actor=ana.user)
    assert (DefaultView.objects.count(), browse(hugo).get(LIST).status_code) == (0, 200)


def test_the_menu_says_what_the_list_shows(browse, ana, hugo, finn, make_view, tailspin):
    mine, shared, private, strange = (
        make_view(ana),
        make_view(hugo, "Of Hugo", "sort=added", shared=True),
        make_view(hugo, "Private of Hugo"),
        make_view(finn, "Of Finn", shared=True),
    )
    visitor = browse(ana)

    def name(address):
        page = page_of(visitor.get(f"{LIST}?{address}"))
        return shown_in(page)

    assert name("view=all") == "All customers"
    assert name("size=50&q=") == "All customers"
    assert name("q=x") == "Unsaved view"
    assert name(f"view={mine.pk}&q=toys&size=50&at=x") == "Toys"
    assert name(f"view={mine.pk}&q=toy") == "Toys (changed)"
    assert name(f"view={mine.pk}") == "Toys (changed)"
    assert name(f"view={shared.pk}&sort=added") == "Of Hugo"
    assert name(f"view={private.pk}&q=toys") == "Unsaved view"
    assert name(f"view={strange.pk}&q=toys") == "Unsaved view"


def test_the_menu_lists_own_views_and_those_that_colleagues_share(browse, ana, hugo, finn, make_view, tailspin):
    make_view(ana, "Zoo")
    make_view(ana, "apes")
    make_view(hugo, "Of Hugo", shared=True)
    make_view(hugo, "Private of Hugo")
    make_view(finn, "Of Finn", shared=True)

    menu = page_of(browse(ana).get(f"{LIST}?view=all")).split('id="views-menu"')[1].split(SAVE)[0]

    names = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall(r"<a .*?</a>", menu)]
    assert names == ["All customers", "apes", "Zoo", "Of Hugo Hugo"]


@pytest.mark.parametrize(
    ("person", "address", "updates"), [("ana", "q=x", 1), ("ana", "q=toys", 0), ("hugo", "q=x", 0)]
)
def test_only_who_saved_a_view_updates_it_from_the_menu(
    request, browse, ana, make_view, tailspin, person, address, updates
):
    view = make_view(ana, shared=True)
    visitor = browse(request.getfixturevalue(person))

    page = page_of(visitor.get(f"{LIST}?view={view.pk}&{address}"))

    assert page.count("Update Toys") == updates
    assert f'href="{SAVE}?view={view.pk}&{address}"' in page


def test_the_menu_follows_the_list_while_somebody_types(browse, ana, make_view, tailspin):
    view = make_view(ana)

    piece = page_of(browse(ana).get(f"{LIST}?view={view.pk}&q=tailspin", headers={"HX-Request": "true"}))

    assert shown_in(piece) == "Toys (changed)"
    assert f'href="{SAVE}?view={view.pk}&q=tailspin"' in piece
    assert "<html" not in piece


def test_a_view_with_a_tag_that_is_gone_opens_and_the_list_says_so(browse, ana, contoso, make_view, tailspin):
    tag = Tag.objects.create(partner=contoso, name="VIP")
    tag.refresh_from_db()
    view = make_view(ana, query=f"tag={tag.guid}")
    before = page_of(browse(ana).get(VIEWS))
    tag.delete()

    response = browse(ana).get(view.get_absolute_url())

    assert (response.status_code, "does not exist any more" in page_of(response)) == (200, True)
    assert ("With tags: VIP" in before, "With tags: deleted" in page_of(browse(ana).get(VIEWS))) == (True, True)
