"""Who may answer a provider's invitation, and what is in the way of everybody else (the product rules, section 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.clouds import market_countries
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role, any_of
from relationships.models import Partnership

State = Partnership.Status
# So many of those who can answer are named.
NAMED: Final = 3

NOT_WAITING: Final = {
    State.WITHDRAWN: gettext_lazy("%(provider)s withdrew this invitation. Ask for a new one to work together."),
    State.EXPIRED: gettext_lazy("This invitation expired on %(day)s. Ask %(provider)s for a new one."),
}
OWN_ANSWER: Final = {
    State.ACTIVE: gettext_lazy("Your organization accepted this invitation: you work with %(provider)s."),
    State.DECLINED: gettext_lazy(
        "Your organization declined this invitation. Ask %(provider)s for a new one if you want to work together."
    ),
    State.REMOVED: gettext_lazy(
        "Your organization accepted this invitation, and the partnership has ended since. "
        "Ask %(provider)s for a new invitation to begin again."
    ),
}
WRONG_KIND: Final = {
    Partner.Kind.DIRECT: gettext_lazy(
        "%(name)s is a direct partner. Only an indirect reseller can accept the invitation of a provider."
    ),
    Partner.Kind.PROVIDER: gettext_lazy(
        "%(name)s is an indirect provider itself. Only an indirect reseller can accept the invitation of a provider."
    ),
}
NO_PARTNER: Final = gettext_lazy(
    "This invitation is for the staff of an indirect reseller, and you do not work for a partner. "
    "If you have another account at a reseller, sign in with that one."
)
THERE_ALREADY: Final = gettext_lazy("You work with %(provider)s already. One partnership is enough.")


def staff_row_of(user: User) -> Staff | None:
    """The staff row of a person as it is at this moment, with the partner; None for who works for none."""
    return Staff.objects.filter(user=user, removed_at=None).select_related("partner__tenant").first()


def why_closed(invitation: Partnership, partner: Partner | None, now: datetime) -> str:
    """Why nobody of an organization can answer an invitation; empty if somebody there can.

    `partner` is the organization as a partner, None for people who work for no partner.
    """
    if partner and partner.pk == invitation.provider_id:
        return _("This is an invitation of your own organization. Send the link to the reseller: it answers.")
    if ended := _why_ended(invitation, partner, now):
        return ended
    if partner is None:
        return str(NO_PARTNER)
    if partner.kind != Partner.Kind.RESELLER:
        return str(WRONG_KIND[Partner.Kind(partner.kind)]) % {"name": partner}
    return _why_elsewhere(invitation.provider, partner) or _why_there_already(invitation.provider, partner)


def _why_ended(invitation: Partnership, partner: Partner | None, now: datetime) -> str:
    sentence: str | Promise
    if invitation.has_expired(now):
        sentence = NOT_WAITING[State.EXPIRED]
    elif invitation.is_waiting:
        return ""
    elif invitation.status == State.WITHDRAWN:
        sentence = NOT_WAITING[State.WITHDRAWN]
    elif partner and partner.pk == invitation.reseller_id:
        sentence = OWN_ANSWER[State(invitation.status)]
    else:
        sentence = _("This invitation has been answered by somebody else. Ask %(provider)s for one of your own.")
    day = formats.date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT")
    return str(sentence) % {"provider": invitation.provider, "day": day}


def _why_elsewhere(provider: Partner, partner: Partner) -> str:
    if partner.cloud != provider.cloud:
        return _(
            "%(provider)s is in the %(theirs)s cloud and %(name)s in the %(own)s cloud. "
            "Partnerships do not go beyond one cloud."
        ) % {"provider": provider, "theirs": provider.cloud.label, "name": partner, "own": partner.cloud.label}
    if partner.market in market_countries(provider.cloud, provider.market):
        return ""
    return _(
        "%(provider)s sells in another market than yours: it is in %(theirs)s, %(name)s in %(own)s. "
        "Partnerships do not go beyond one market."
    ) % {
        "provider": provider,
        "theirs": country_name(provider.market),
        "name": partner,
        "own": country_name(partner.market),
    }


def _why_there_already(provider: Partner, partner: Partner) -> str:
    active = Partnership.objects.filter(provider=provider, reseller=partner, status=State.ACTIVE)
    return str(THERE_ALREADY) % {"provider": provider} if active.exists() else ""


def why_not_decide(staff: Staff) -> str:
    """Why a person of a reseller may not answer for it: who may; empty for its global admins."""
    if Role.GLOBAL_ADMIN in staff.roles:
        return ""
    admins = Staff.objects.filter(
        partner=staff.partner,
        roles__contains=[Role.GLOBAL_ADMIN],
        removed_at=None,
        user__blocked_at=None,
        user__deleted_at=None,
    )
    names = admins.order_by("user__name_key", "pk").values_list("user__display_name", flat=True)[:NAMED]
    if not names:
        return _("Only a Global admin of your organization can answer. It has none at the moment.")
    return _("Only a Global admin of your organization can answer: %(names)s.") % {"names": any_of([*names])}
