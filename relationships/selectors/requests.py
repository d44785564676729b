"""Questions about requests for a relationship. Each begins with the partner that asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.directory.clouds import Feature, explain_missing, market_countries, offers
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import Domain, Tenant
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action, denial
from partnercenter.web.keyset import UNSTORABLE, Order
from partnercenter.web.searching import Searched
from relationships.models import RelationshipRequest
from relationships.selectors.partnerships import work_together

Status = RelationshipRequest.Status
# The kind of badge for each state.
BADGES: Final = {
    Status.WAITING: "info",
    Status.ACCEPTED: "good",
    Status.DECLINED: "bad",
    Status.WITHDRAWN: "plain",
    Status.EXPIRED: "warn",
}
# The order of the list, an index of the table.
ORDERS: Final = {"made": Order(("made_at", "id"))}
Kind = Customer.Relationship
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Obstacle:
    """What is in the way of a request or of its answer: a code for programs, and a sentence that says what to do."""

    code: str
    sentence: str


def requests_of(partner: Partner) -> QuerySet[RelationshipRequest]:
    """What a partner has asked organizations for, also what its provider has asked for together with it."""
    asks = Q(partner=partner)
    if partner.kind == Partner.Kind.RESELLER:
        asks |= Q(reseller=partner)
    together = ("partner__tenant", "reseller__tenant", "tenant", "made_by", "ended_by")
    return RelationshipRequest.objects.filter(asks).select_related(*together)


def matching(requests: QuerySet[RelationshipRequest], *, text: str, state: str) -> Searched[RelationshipRequest]:
    """Those to an organization or address with every word of `text`, in a state; an empty one leaves nothing out."""
    in_state = requests.filter(status=state) if state else requests
    return Searched(requests, text, order=ORDERS["made"], narrowed=in_state)


def waiting_alike(partner: Partner, *, tenant: Tenant | None, email: str) -> RelationshipRequest | None:
    """The newest request of a partner that waits for an answer of the same organization or recipient."""
    alike = Q(email__iexact=email)
    if tenant:
        alike |= Q(tenant=tenant)
    waiting = requests_of(partner).filter(alike, partner=partner, status=Status.WAITING)
    return waiting.filter(expires_at__gt=timezone.now()).order_by("-made_at", "-id").first()


def accounts_of(partner: Partner) -> QuerySet[Customer]:
    """The customers of a partner, also those whose relationship has ended, with whom bills go to."""
    return Customer.objects.filter(partner=partner).select_related("bill_to", "reseller__tenant")


def organization_of(domain: str, cloud: str) -> Tenant | None:
    """The organization of a cloud that has verified a domain, as somebody typed it; None for an unknown one."""
    if set(domain) & UNSTORABLE:
        return None
    try:
        name = punycode(domain.strip().lstrip("@").strip(".")).lower()
    except UnicodeError:
        return None
    found = Domain.objects.filter(name=name, verified_at__isnull=False, tenant__cloud=cloud)
    return next((one.tenant for one in found.select_related("tenant")), None)


def why_never(partner: Partner) -> str:
    """Why a partner does not ask organizations itself; empty for one that does."""
    if partner.kind == Partner.Kind.RESELLER:
        return _(
            "An indirect reseller serves customers through its indirect provider, which asks for both. "
            "Ask your provider for a request together with you."
        )
    return ""


def why_not_request(staff: Staff) -> str:
    """Why a person does not ask for relationships: the role, or what the partner is; empty for one who does."""
    if not staff.may(Action.REQUEST_RELATIONSHIP):
        return denial(Action.REQUEST_RELATIONSHIP)
    return why_never(staff.partner)


def obstacle_to_asking(
    partner: Partner, tenant: Tenant | None, *, with_privileges: bool, reseller: Partner | None
) -> Obstacle | None:
    """What is in the way of asking an organization, or one that is not known yet, for this."""
    if sentence := why_never(partner):
        return Obstacle("reseller", sentence)
    if not with_privileges and not offers(partner.cloud, Feature.REQUEST_WITHOUT_ADMIN_RIGHTS):
        return Obstacle("privileges", explain_missing(partner.cloud, Feature.REQUEST_WITHOUT_ADMIN_RIGHTS))
    if reseller and not work_together(partner, reseller).exists():
        return Obstacle("partnership", _("You work together with this reseller no more. Ask without it."))
    return _obstacle_of(partner, tenant, with_privileges, reseller) if tenant else None


def _obstacle_of(partner: Partner, tenant: Tenant, with_privileges: bool, reseller: Partner | None) -> Obstacle | None:
    if tenant.pk in (partner.pk, reseller and reseller.pk):
        return Obstacle("own", _("This is the organization of the partner itself. Nobody is a customer of their own."))
    if tenant.country not in market_countries(partner.cloud, partner.market):
        return Obstacle(
            "market",
            _("%(customer)s is in %(country)s, which is not in your market. A partner of that market can ask.")
            % {"customer": tenant, "country": country_name(tenant.country)},
        )
    if has_all(partner, tenant, with_privileges=with_privileges, reseller=reseller):
        return Obstacle("customer", _("%(customer)s has granted you all of this already.") % {"customer": tenant})
    return None


def has_all(partner: Partner, tenant: Tenant, *, with_privileges: bool, reseller: Partner | None) -> bool:
    """Whether a partner, and its reseller with it, is to an organization all that it could ask for."""
    account = _account(partner, tenant, Kind.CLOUD_RESELLER, with_privileges)
    if account is None or reseller is None:
        return account is not None
    served = _account(reseller, tenant, Kind.INDIRECT_RESELLER, with_privileges)
    return account.reseller_id == reseller.pk and served is not None and served.provider_id == partner.pk


def adds_only_privileges(
    partner: Partner, tenant: Tenant | None, *, with_privileges: bool = True, reseller: Partner | None
) -> bool:
    """Whether all that a request adds is delegated admin privileges: the rest an organization has agreed to already."""
    if tenant is None or not with_privileges:
        return False
    if not has_all(partner, tenant, with_privileges=False, reseller=reseller):
        return False
    return not has_all(partner, tenant, with_privileges=True, reseller=reseller)


def _account(partner: Partner, tenant: Tenant, kind: Kind, with_privileges: bool) -> Customer | None:
    """The account of a partner with a relationship of this kind, if it has the privileges that are asked for."""
    accounts = Customer.objects.filter(partner=partner, tenant=tenant, ended_at=None, relationships__contains=[kind])
    account = accounts.first()
    return account if account and (account.has_admin_privileges or not with_privileges) else None


def status_at(asked: RelationshipRequest, now: datetime) -> Status:
    """The state of a request at a moment, also before the clock has noticed that it expired."""
    return Status.EXPIRED if asked.has_expired(now) else Status(asked.status)


def days_left(asked: RelationshipRequest, now: datetime) -> int:
    """How many days there are left for an answer; a part of a day is one."""
    return max(0, -(-(asked.expires_at - now) // DAY))


def how_it_ended(asked: RelationshipRequest) -> str:
    """What became of a request that waits for no answer any more, in a sentence."""
    sentences = {
        Status.ACCEPTED: _("%(person)s accepted this request on %(day)s."),
        Status.DECLINED: _("%(person)s declined this request on %(day)s."),
        Status.WITHDRAWN: _("%(partner)s withdrew this request on %(day)s."),
    }
    moment = asked.ended_at or asked.expires_at
    words = {
        "person": asked.ended_by,
        "partner": asked.partner,
        "day": formats.date_format(timezone.localtime(moment), "DATE_FORMAT"),
    }
    return sentences.get(Status(asked.status), _("This request expired on %(day)s: nobody had answered it.")) % words
