"""What templates say again and again: icons, addresses, moments, numbers, states, things to copy.

These tags are built into every template; nothing needs to be loaded.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, Library
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnercenter.web.assets import SCRIPT_BUNDLE, SCRIPTS, STYLE_BUNDLE, STYLES
from partnercenter.web.tables import Table

register = Library()

# Where a reader stands in a list, and that its rows were counted to the last one; any other change of the address
# begins at the first page again.
POSITION: Final = ("at", "count")

EAST_ASIAN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")

# A state is told by an icon and a word; this is the icon when a page gives none.
ICON_OF_KIND: Final = {
    "good": "success",
    "warn": "warning",
    "bad": "error",
    "info": "info",
    "plain": "circle",
}


@register.simple_tag
def styles() -> SafeString:
    """The style sheets of the portal: one file where static files are bundled, else each by itself."""
    names = (STYLE_BUNDLE,) if _bundled() else STYLES
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names))


@register.simple_tag
def scripts() -> SafeString:
    """The modules of the portal, in the same way."""
    names = (SCRIPT_BUNDLE,) if _bundled() else SCRIPTS
    return format_html_join("\n", '<script type="module" src="{}"></script>', ((static(name),) for name in names))


def _bundled() -> bool:
    return getattr(staticfiles_storage, "bundles", False) and not settings.DEBUG


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite, hidden from screen readers: the words beside it say the same."""
    return _drawn(_sprite(), name, extra)


def _sprite() -> str:
    """The address of the sprite, found once for all the icons of a process."""
    address: str | None = getattr(staticfiles_storage, "sprite", None)
    if address is None:
        address = static("img/icons.svg")
        setattr(staticfiles_storage, "sprite", address)  # noqa: B010
    return address


@lru_cache(maxsize=500)
def _drawn(sprite: str, name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        sprite,
        name,
    )


@register.simple_tag(takes_context=True)
def url_with(context: Context, **changes: object) -> str:
    """The query string of this page with `changes`; None or an empty text takes a parameter out.

    The position in a list is left out unless it is one of the changes.
    """
    query = {name: values for name, values in context["request"].GET.lists() if name not in POSITION}
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return "?" + urlencode(query, doseq=True)


@register.simple_tag(takes_context=True)
def rows(context: Context, table: Table) -> str:
    """The rows of a table, each as the table's template writes it."""
    return table.body(context)


@register.simple_tag
def when(moment: dt.datetime | dt.date | None) -> SafeString:
    """A moment as people say it: relative up to a week, then the date; UTC, to the second, in the tooltip."""
    if moment is None:
        return mark_safe('<span class="muted">–</span>')
    if not isinstance(moment, dt.datetime):
        text = formats.date_format(moment, "DATE_FORMAT")
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)
    utc = moment.astimezone(dt.UTC)
    absolute = formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        _relative(moment - timezone.now()) or absolute,
    )


def _relative(distance: dt.timedelta) -> str:
    """The distance from now in words; empty when it is a week or more."""
    seconds = abs(distance.total_seconds())
    ahead = distance > dt.timedelta()
    if seconds < 60:
        return _("in a moment") if ahead else _("just now")
    if seconds < 3600:
        return _minutes(int(seconds // 60), ahead)
    if seconds < 86_400:
        return _hours(int(seconds // 3600), ahead)
    return _days(int(seconds // 86_400), ahead) if seconds < 7 * 86_400 else ""


def _minutes(count: int, ahead: bool) -> str:
    if ahead:
        return ngettext("in %(count)d minute", "in %(count)d minutes", count) % {"count": count}
    return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}


def _hours(count: int, ahead: bool) -> str:
    if ahead:
        return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}
    return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}


def _days(count: int, ahead: bool) -> str:
    if ahead:
        return ngettext("in %(count)d day", "in %(count)d days", count) % {"count": count}
    return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}


@register.filter
def roughly(seconds: float) -> str:
    """How long a work still takes, in words and no more exactly than anybody knows."""
    if seconds < 60:
        return _("less than a minute")
    if seconds < 3600:
        minutes = round(seconds / 60)
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}


@register.filter
def grouped(number: int) -> str:
    """A whole number with the thousands of the reader's language apart."""
    separator = str(formats.get_format("THOUSAND_SEPARATOR")) or ","
    return f"{int(number):,}".replace(",", separator)


@register.filter
def total_of(table: Table) -> str:
    """How many rows a list has: “1,204”, or “10,000+” where nobody counted any further."""
    return grouped(table.total) if table.total_is_exact else f"{grouped(table.total_limit)}+"


@register.filter
def percent_of(part: float, whole: float) -> int:
    """How much of `whole` the `part` is, in percent, rounded down; 0 of nothing."""
    return int(part * 100 // whole) if whole else 0


@register.filter
def tens(percent: int) -> int:
    """A percentage in whole tens: screen readers are told of progress ten times, not a thousand."""
    return percent // 10 * 10


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, for a template that loops over a few."""
    return text.split()


@register.filter
def short_guid(guid: UUID | str) -> str:
    """A GUID shortened in the middle; the whole one is what gets copied."""
    text = str(guid)
    return f"{text[:8]}…{text[-4:]}" if len(text) > 13 else text


@register.simple_tag
def copy(value: object, label: str | Promise | None = None) -> SafeString:
    """A button that copies `value`; `label` says to screen readers what that is."""
    says = _("Copy %(what)s") % {"what": label} if label else _("Copy")
    return format_html(
        '<button type="button" class="icon-button copy js-only" data-copy="{}" aria-label="{}">{}</button>',
        value,
        says,
        icon("copy"),
    )


@register.simple_tag
def guid(value: UUID | str, label: str | Promise | None = None) -> SafeString:
    """A GUID: short to read, whole in the tooltip and on the clipboard."""
    return format_html(
        '<span class="guid"><span title="{}">{}</span>{}</span>', value, short_guid(value), copy(value, label)
    )


@register.simple_tag
def badge(kind: str, label: str | Promise, picture: str = "") -> SafeString:
    """A state as icon and word. `kind` is good, warn, bad, info or plain; `picture` replaces its icon."""
    return format_html('<span class="badge {}">{}{}</span>', kind, icon(picture or ICON_OF_KIND[kind]), label)


@register.filter
def full_name(first_name: str, last_name: str) -> str:
    """A person's name in the order of its script: 王小明, but Irene Young."""
    if EAST_ASIAN.fullmatch(first_name + last_name):
        return f"{last_name}{first_name}"
    return f"{first_name} {last_name}".strip()


@register.filter
def initials(name: str) -> str:
    """One or two letters that stand for a person where a picture would be."""
    names = str(name).split()
    if not names:
        return "?"
    if len(names) == 1:
        return names[0][0].upper()
    return (names[0][0] + names[-1][0]).upper()
