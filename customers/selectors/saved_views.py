"""Questions about saved views. Each begins with a person and the partner they work for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from customers.models import DefaultView, SavedView
from customers.selectors.list_query import as_guid, list_query
from partnercenter.directory.models import User
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Action


def views_for(staff: Staff) -> QuerySet[SavedView]:
    """The views that somebody can open, in the order of their names: own ones, and those that colleagues share."""
    visible = Q(owner=staff.user_id) | Q(shared=True)
    views = SavedView.objects.filter(visible, partner=staff.partner_id).select_related("owner")
    return views.order_by(Lower("name"), "id")


def default_view_of(staff: Staff) -> SavedView | None:
    """The view that somebody's list opens with. Few have chosen one, and that is asked with each list."""
    chosen = list(DefaultView.objects.filter(user=staff.user_id).values_list("view", flat=True))
    return views_for(staff).filter(pk__in=chosen).first() if chosen else None


def may_change(staff: Staff, view: SavedView) -> bool:
    """Whether somebody may rename, share, update and delete a view: its owner, and admins what is shared."""
    return view.owner_id == staff.user_id or (view.shared and staff.may(Action.MANAGE_VIEWS))


def others_opening_with(view: SavedView, user: User) -> int:
    """How many people other than `user` have their list opened with a view."""
    return DefaultView.objects.filter(view=view).exclude(user=user).count()


@dataclass(frozen=True)
class Now:
    """What a list shows: its canonical `query`, and the view whose address this is or was before it was changed."""

    query: str
    view: SavedView | None = None

    @property
    def changed(self) -> bool:
        """Whether the list shows something else than the view that was opened."""
        return self.view is not None and list_query(QueryDict(self.view.query)) != self.query


def shown_now(views: Iterable[SavedView], params: QueryDict) -> Now:
    """What a list with these parameters shows to somebody who can open `views`; another one is none."""
    guid = as_guid(params.get("view", ""))
    return Now(list_query(params), next((view for view in views if view.pk == guid), None))
