"""What every template says: icons, addresses, moments, numbers, states, things to copy."""

import datetime as dt
import re
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

SPRITE = Path(settings.BASE_DIR, "static/img/icons.svg").read_text()
GUID = UUID("3f2a81c4-5d6e-4f70-8a9b-0c1d2e3f9d1e")


def rendered(source, **context):
    return Template(source).render(Context(context))


def asked(query):
    return RequestFactory().get("/customers/" + query)


def text_of(html):
    return re.sub("<[^>]+>", "", html)


def ago(**distance):
    return text_of(rendered("{% when moment %}", moment=timezone.now() - dt.timedelta(**distance)))


def ahead(**distance):
    return text_of(
        rendered("{% when moment %}", moment=timezone.now() + dt.timedelta(seconds=5) + dt.timedelta(**distance))
    )


def test_an_icon_is_hidden_from_screen_readers():
    html = rendered("{% icon 'home' %}")

    assert re.fullmatch(
        r'<svg class="icon" aria-hidden="true"><use href="[^"]+icons[^"]*\.svg#home"></use></svg>', html
    )


def test_every_icon_that_a_template_asks_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    pages = Path(settings.BASE_DIR, "templates").rglob("*.html")

    asked_for = {name for page in pages for name in re.findall(r'{% icon "([^"]+)"', page.read_text())}

    assert asked_for - drawn == set()


def test_a_link_keeps_the_state_of_the_list_and_changes_one_thing():
    html = rendered("{% url_with sort='-name' %}", request=asked("?q=contoso&tag=gold&tag=eu"))

    assert html == "?q=contoso&amp;tag=gold&amp;tag=eu&amp;sort=-name"


def test_a_link_that_changes_the_list_begins_at_its_first_page():
    html = rendered("{% url_with size=100 %}", request=asked("?size=50&at=WzUwXQ"))

    assert html == "?size=100"


def test_a_link_to_another_page_of_the_list_carries_the_position():
    html = rendered("{% url_with at='WzEwMF0' %}", request=asked("?q=a&at=WzUwXQ"))

    assert html == "?q=a&amp;at=WzEwMF0"


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_link_can_take_a_parameter_out(nothing):
    html = rendered("{% url_with q=nothing %}", request=asked("?q=contoso"), nothing=nothing)

    assert html == "?"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        ({"seconds": 3}, "just now"),
        ({"seconds": 60}, "1 minute ago"),
        ({"minutes": 59}, "59 minutes ago"),
        ({"hours": 3, "minutes": 50}, "3 hours ago"),
        ({"days": 1, "hours": 5}, "1 day ago"),
        ({"days": 6, "hours": 23}, "6 days ago"),
    ],
)
def test_a_moment_of_the_last_week_is_told_by_its_distance(distance, words):
    assert ago(**distance) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        ({"seconds": 20}, "in a moment"),
        ({"minutes": 1}, "in 1 minute"),
        ({"hours": 2}, "in 2 hours"),
        ({"days": 3}, "in 3 days"),
    ],
)
def test_a_moment_to_come_is_told_by_its_distance(distance, words):
    assert ahead(**distance) == words


def test_an_older_moment_is_told_in_the_zone_of_the_reader_and_in_utc_in_the_tooltip():
    moment = dt.datetime(2024, 1, 31, 23, 30, 5, tzinfo=dt.UTC)

    with timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("de"):
        html = rendered("{% when moment %}", moment=moment)

    assert html == (
        '<time datetime="2024-01-31T23:30:05Z" title="2024-01-31 23:30:05 UTC">1. Februar 2024 07:30</time>'
    )


def test_a_day_is_told_without_a_time():
    html = rendered("{% when day %}", day=dt.date(2024, 2, 29))

    assert html == '<time datetime="2024-02-29">Feb. 29, 2024</time>'


def test_a_moment_that_has_not_come_is_a_dash():
    assert text_of(rendered("{% when moment %}", moment=None)) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (61, "about 1 minute"), (240, "about 4 minutes"), (7200, "about 2 hours")],
)
def test_the_time_left_is_told_roughly(seconds, words):
    assert rendered("{{ seconds|roughly }}", seconds=seconds) == words


@pytest.mark.parametrize(("language", "words"), [("en", "1,234,567"), ("de", "1.234.567"), ("zh-hans", "1,234,567")])
def test_thousands_are_apart_in_the_way_of_the_language(language, words):
    with translation.override(language):
        html = rendered("{{ number|grouped }}", number=1_234_567)

    assert html == words


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, "33"), (999, 1000, "99"), (5, 5, "100"), (0, 0, "0")])
def test_a_part_in_percent_is_rounded_down(part, whole, percent):
    assert rendered("{{ part|percent_of:whole }}", part=part, whole=whole) == percent


def test_a_guid_is_shortened_in_the_middle():
    assert rendered("{{ guid|short_guid }}", guid=GUID) == "3f2a81c4…9d1e"


def test_a_guid_is_copied_whole():
    html = rendered("{% guid value 'Microsoft ID' %}", value=GUID)

    assert re.findall(r'(?:title|data-copy|aria-label)="([^"]+)"', html) == [
        str(GUID),
        str(GUID),
        "Copy Microsoft ID",
    ]


def test_what_is_copied_cannot_break_out_of_its_attribute():
    html = rendered("{% copy value %}", value='"><script>')

    assert html.count("<script>") == 0


def test_a_state_is_an_icon_and_a_word():
    html = rendered("{% badge 'warn' 'Suspended' %}")

    assert (html.count("#warning"), text_of(html)) == (1, "Suspended")


def test_a_state_may_have_another_icon():
    assert rendered("{% badge 'warn' 'Suspended' 'pause' %}").count("#pause") == 1


@pytest.mark.parametrize(("name", "letters"), [("Ana María López", "AL"), ("ana", "A"), ("王 小明", "王小"), ("", "?")])
def test_a_person_without_a_picture_is_shown_by_initials(name, letters):
    assert rendered("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(("percent", "heard"), [(0, "0"), (9, "0"), (10, "10"), (99, "90"), (100, "100")])
def test_progress_is_told_to_screen_readers_in_tens(percent, heard):
    assert rendered("{{ percent|tens }}", percent=percent) == heard


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Irene", "Young", "Irene Young"), ("小明", "王", "王小明"), ("지민", "박", "박지민"), ("Uma", "", "Uma")],
)
def test_a_name_stands_in_the_order_of_its_script(first, last, name):
    template = Template("{{ first|full_name:last }}")

    assert template.render(Context({"first": first, "last": last})) == name
