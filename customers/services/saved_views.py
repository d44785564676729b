"""Saving views of the customer list, sharing them and choosing one to begin with."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import DefaultView, SavedView
from customers.services.naming import save_named
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner

# As many as a menu can show.
MOST_OWN: Final = 100
MOST_SHARED: Final = 200
# The log translates these for its reader.
VIEW, NAME, SHARED, LIST = map(gettext_noop, ("View", "Name", "For all colleagues", "List"))


def save_view(
    partner: Partner, *, name: str, query: str, shared: bool, default: bool = False, actor: User
) -> SavedView:
    """Keep a list under a name; `query` is canonical (`list_query`). With `default` its owner begins with it.

    Raises `NameTaken`, or `Refused` when there are too many views.
    """
    with transaction.atomic():
        # Held, so that views saved at once are counted one after the other.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if SavedView.objects.filter(owner=actor).count() >= MOST_OWN:
            raise Refused(
                _("You have %(count)d saved views, as many as one can have. Delete one first.") % {"count": MOST_OWN}
            )
        view = SavedView(partner=partner, owner=actor, name=name, query=query, shared=shared)
        _write(view)
        if shared:
            _share(view, actor)
        if default:
            _begin_with(view, actor)
    return view


def change_view(view: SavedView, *, name: str, shared: bool, default: bool, actor: User) -> None:
    """Rename a view, share it or take it back; then it is nobody's default but its owner's.

    `default` says whether `actor` begins with it from now on. Raises `NameTaken`, or `Refused` when there are too many
    shared views or this one is gone.
    """
    with transaction.atomic():
        held = _hold(view)
        before = {NAME: held.name, SHARED: held.shared}
        if changed := changes(before, {NAME: name, SHARED: shared}):
            held.name, held.shared = name, shared
            _write(held)
            if shared and not before[SHARED]:
                _share(held, actor)
            elif before[SHARED]:
                _record_change(held, changed, actor)
        if not shared:
            DefaultView.objects.filter(view=held).exclude(user=held.owner_id).delete()
        if not default:
            DefaultView.objects.filter(view=held, user=actor).delete()
        elif _can_open(held, actor):
            _begin_with(held, actor)


def update_view(view: SavedView, query: str, *, actor: User) -> None:
    """Let a view show another list from now on; `query` is canonical. Raises `Refused` when the view is gone."""
    with transaction.atomic():
        held = _hold(view)
        changed = changes({LIST: held.query}, {LIST: query})
        if not changed:
            return
        held.query = query
        _write(held)
        if held.shared:
            _record_change(held, changed, actor)


def delete_view(view: SavedView, *, actor: User) -> None:
    """Delete a view; who began with it begins with all customers. Raises `Refused` when it is gone already."""
    with transaction.atomic():
        held = _hold(view)
        if held.shared:
            record(Deed.SHARED_VIEW_DELETED, partner=held.partner, actor=actor, details={VIEW: held.name})
        held.delete()


def choose_default(view: SavedView | None, *, actor: User) -> None:
    """Let somebody's list begin with a view that they can open, or with all customers.

    Raises `Refused` when the view is gone, or is no longer shared.
    """
    with transaction.atomic():
        if view is None:
            DefaultView.objects.filter(user=actor).delete()
            return
        held = _hold(view)
        if not _can_open(held, actor):
            raise Refused(_("This view is no longer shared. Choose another one to begin with."))
        _begin_with(held, actor)


def _can_open(view: SavedView, user: User) -> bool:
    return view.shared or view.owner_id == user.pk


def _begin_with(view: SavedView, user: User) -> None:
    DefaultView.objects.update_or_create(user=user, defaults={"view": view})


def _hold(view: SavedView) -> SavedView:
    held = SavedView.objects.select_for_update(of=("self",)).select_related("partner").filter(pk=view.pk).first()
    if held is None:
        raise Refused(_("This view was deleted a moment ago."))
    return held


def _write(view: SavedView) -> None:
    taken = _("There is already a view named %(name)s. Choose another name.")
    save_named(view, taken % {"name": view.name})


def _share(view: SavedView, actor: User) -> None:
    Partner.objects.select_for_update(no_key=True).get(pk=view.partner_id)
    if SavedView.objects.filter(partner=view.partner_id, shared=True).count() > MOST_SHARED:
        raise Refused(
            _("Colleagues share %(count)d views, as many as there can be. Keep this one for yourself.")
            % {"count": MOST_SHARED}
        )
    record(Deed.VIEW_SHARED, partner=view.partner, actor=actor, details={VIEW: view.name})


def _record_change(view: SavedView, changed: dict[str, list[object]], actor: User) -> None:
    named = {} if NAME in changed else {VIEW: view.name}
    record(Deed.SHARED_VIEW_CHANGED, partner=view.partner, actor=actor, details=named | changed)
