"""Questions about requests that partners have sent to one's own organization."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partnercenter.directory.clouds import Cloud, market_countries
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import Tenant, TenantRole, User
from partnercenter.partners.roles import any_of
from partnercenter.web.keyset import UNSTORABLE
from relationships.models import RelationshipRequest
from relationships.selectors.partnerships import work_together
from relationships.selectors.requests import Obstacle, has_all, how_it_ended

NAMED = 3  # of those who can decide
# Codes of obstacles to accepting a request that waits nevertheless: so that it does not wait on, it can be declined.
POINTLESS = frozenset({"customer", "partnership"})


def requests_to(tenant: Tenant) -> QuerySet[RelationshipRequest]:
    """Every request that concerns an organization."""
    return _requests().filter(tenant=tenant)


def requests_of_link(token: str) -> QuerySet[RelationshipRequest]:
    """The request to which the link of a letter leads; who follows it is looked at afterwards."""
    return _requests().filter(token="" if set(token) & UNSTORABLE else token)


def _requests() -> QuerySet[RelationshipRequest]:
    return RelationshipRequest.objects.select_related("partner__tenant", "reseller__tenant", "tenant", "ended_by")


def waiting_for(tenant: Tenant, now: datetime) -> QuerySet[RelationshipRequest]:
    """The requests that an organization can answer."""
    return requests_to(tenant).filter(status=RelationshipRequest.Status.WAITING, expires_at__gt=now)


def is_global_admin(person: User) -> bool:
    """Whether a person decides for the own organization."""
    return person.is_active and person.role == TenantRole.GLOBAL_ADMIN


def obstacle_to_answering(asked: RelationshipRequest, person: User, now: datetime) -> Obstacle | None:
    """Why a person cannot answer a request at a moment, and what to do; None for somebody who can.

    Whoever belongs to another organization does not learn what became of it.
    """
    if person.tenant is None:
        return Obstacle(
            "operator",
            _("You look after this installation and belong to no organization, so there is nothing to accept for you."),
        )
    return (
        _foreign(asked, person.tenant)
        or _ended(asked, now)
        or _undecided(asked, person, person.tenant)
        or _too_late(asked)
    )


def obstacle_to_declining(asked: RelationshipRequest, person: User, now: datetime) -> Obstacle | None:
    """The same for a person who says no, which is possible also where there is nothing left to accept."""
    obstacle = obstacle_to_answering(asked, person, now)
    if obstacle is None or obstacle.code not in POINTLESS or person.tenant is None:
        return obstacle
    return None if is_global_admin(person) else Obstacle("role", _only_admins(person.tenant))


def _foreign(asked: RelationshipRequest, tenant: Tenant) -> Obstacle | None:
    """What keeps an organization from being the customer that is asked."""
    partner = asked.partner
    words = {"partner": partner, "tenant": tenant, "country": country_name(tenant.country)}
    if tenant.pk in (asked.partner_id, asked.reseller_id):
        return Obstacle(
            "own",
            _("You belong to a partner that asks here. Your customer sees at this address what it is asked for."),
        )
    if tenant.cloud != partner.cloud:
        words |= {"theirs": partner.cloud.label, "yours": Cloud(tenant.cloud).label}
        return Obstacle(
            "cloud",
            _(
                "%(partner)s works in the %(theirs)s cloud, and you are signed in to the %(yours)s cloud. "
                "Sign in with an account of the organization that was asked."
            )
            % words,
        )
    if asked.tenant_id not in (None, tenant.pk):
        return Obstacle(
            "other",
            _(
                "This request is for another organization than %(tenant)s, to which your account belongs. "
                "Sign in with an account of the organization that was asked."
            )
            % words,
        )
    if tenant.country not in market_countries(partner.cloud, partner.market):
        return Obstacle(
            "market",
            _(
                "%(tenant)s is in %(country)s, where %(partner)s cannot serve customers. "
                "Ask a partner of your own market."
            )
            % words,
        )
    return None


def _ended(asked: RelationshipRequest, now: datetime) -> Obstacle | None:
    if asked.has_expired(now):
        again = _("Ask %(partner)s to send you a new one.") % {"partner": asked.partner}
        return Obstacle("expired", f"{how_it_ended(asked)} {again}")
    return None if asked.is_waiting else Obstacle(asked.status, how_it_ended(asked))


def _undecided(asked: RelationshipRequest, person: User, tenant: Tenant) -> Obstacle | None:
    """What keeps a person from deciding for an organization that is asked, and whether there is anything to decide."""
    if has_all(asked.partner, tenant, with_privileges=asked.with_privileges, reseller=asked.reseller):
        return Obstacle(
            "customer",
            _("%(tenant)s is a customer of %(partner)s already, with all that is asked for here. Nothing is to do.")
            % {"tenant": tenant, "partner": asked.partner},
        )
    return None if is_global_admin(person) else Obstacle("role", _only_admins(tenant))


def _only_admins(tenant: Tenant) -> str:
    admins = User.objects.filter(tenant=tenant, role=TenantRole.GLOBAL_ADMIN, blocked_at=None, deleted_at=None)
    names = [str(admin) for admin in admins.order_by("name_key", "pk")[:NAMED]]
    if not names:
        return _("Only a Global admin of your organization can answer this request, and it has none who can sign in.")
    return _("Only a Global admin of your organization can answer this request, for example %(names)s.") % {
        "names": any_of(names)
    }


def _too_late(asked: RelationshipRequest) -> Obstacle | None:
    """Whether those who ask together have parted meanwhile."""
    if asked.reseller is None or work_together(asked.partner, asked.reseller).exists():
        return None
    return Obstacle(
        "partnership",
        _("%(partner)s and %(reseller)s do not work together any more. Ask %(partner)s to send you a new request.")
        % {"partner": asked.partner, "reseller": asked.reseller},
    )
