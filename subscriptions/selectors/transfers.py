"""Questions about transfers. Each begins with a partner or an organization that takes part."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.directory.models import Tenant, TenantRole, User
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action
from partnercenter.web.keyset import Source
from partnercenter.web.searching import Together
from subscriptions.models import Party, Transfer, TransferItem, TransferSignature

State = Transfer.Status
DAY: Final = timedelta(days=1)
# The kind of badge for each state.
BADGES: Final = {
    State.AWAITING_CONSENT: "info",
    State.AWAITING_REVIEW: "info",
    State.IN_PROGRESS: "info",
    State.COMPLETE: "good",
    State.COMPLETED_WITH_ERRORS: "warn",
    State.FAILED: "bad",
    State.DECLINED: "bad",
    State.CANCELED: "plain",
    State.EXPIRED: "warn",
}
SENT, RECEIVED = "sent", "received"
_TOGETHER: Final = (
    "source__tenant", "source__partner__tenant", "target__partner__tenant", "source_partner__tenant",
    "target_partner__tenant", "reseller__tenant", "asked_by", "proposed_by", "ended_by", "job",
)  # fmt: skip


def transfers_of(partner: Partner) -> QuerySet[Transfer]:
    """The transfers in which a partner is the new or the current one, or the reseller of the new one, who only looks.

    The current one sees them once the customer has agreed.
    """
    mine = Q(target_partner=partner) | Q(reseller=partner) | (Q(source_partner=partner) & _seen_by_source())
    return Transfer.objects.filter(mine).select_related(*_TOGETHER)


def _seen_by_source() -> Q:
    # What the customer has not agreed to is no business of the partner that it is with.
    return Q(Exists(TransferSignature.objects.filter(transfer=OuterRef("pk"), party=Party.CUSTOMER)))


def each_way(transfers: QuerySet[Transfer], partner: Partner) -> Together[Transfer]:
    """The same transfers as a list reads them: each direction along its own index, however many there are."""
    received = transfers.filter(source_partner=partner).exclude(reseller=partner)
    ways = [transfers.filter(target_partner=partner), received, transfers.filter(reseller=partner)]
    return Together(transfers, [Source(way) for way in ways])


def in_direction(transfers: QuerySet[Transfer], partner: Partner, direction: str) -> QuerySet[Transfer]:
    """Those that a partner sent, as the new partner or its reseller, or received, as the current one."""
    sent = Q(target_partner=partner) | Q(reseller=partner)
    return transfers.filter(sent if direction == SENT else Q(source_partner=partner))


def waiting_for(transfers: QuerySet[Transfer], partner: Partner, now: datetime) -> QuerySet[Transfer]:
    """Those in which it is the turn of a partner: to review, to agree to what a customer has begun, or to look after
    what could not be moved.
    """
    reviews = Q(source_partner=partner, status=State.AWAITING_REVIEW, expires_at__gt=now)
    agrees = Q(target_partner=partner, status=State.AWAITING_CONSENT, asked_as=Party.CUSTOMER, expires_at__gt=now)
    looks_after = Q(source_partner=partner, status=State.IN_PROGRESS, stuck_since__isnull=False)
    return transfers.filter(reviews | agrees | looks_after)


def in_state(transfers: QuerySet[Transfer], state: str, now: datetime) -> QuerySet[Transfer]:
    """Those in a state at a moment, also before the clock has noticed that they expired."""
    if state == State.EXPIRED:
        return transfers.filter(Q(status=state) | Q(status__in=Transfer.WAITING, expires_at__lte=now))
    found = transfers.filter(status=state)
    return found.filter(expires_at__gt=now) if state in Transfer.WAITING else found


def matching(transfers: QuerySet[Transfer], partner: Partner, text: str) -> QuerySet[Transfer]:
    """Those whose customer, as the partner calls it, has all words of a text in its name, domain or Microsoft ID."""
    for word in text.split():
        called = Q(target_partner=partner, target__search_text__contains=fold(word))
        called |= Q(source_partner=partner, source__search_text__contains=fold(word))
        transfers = transfers.filter(called | Q(reseller=partner, source__tenant__name__icontains=word))
    return transfers


def name_for(transfer: Transfer, partner: Partner | None) -> str:
    """What the one who looks calls the customer: no partner reads the name that another one gave it."""
    own = {transfer.target_partner_id: transfer.target, transfer.source_partner_id: transfer.source}
    account = own.get(partner.pk) if partner else None
    return account.name if account else transfer.source.tenant.name


def transfers_about(tenant: Tenant) -> QuerySet[Transfer]:
    """The transfers of what an organization has."""
    return Transfer.objects.filter(source__tenant=tenant).select_related(*_TOGETHER)


def transfers_of_customer(customer: Customer) -> QuerySet[Transfer]:
    """Those in which an account is the one that Azure leaves or comes to."""
    as_reseller = Q(reseller=customer.partner, target__tenant=customer.tenant_id)
    return transfers_of(customer.partner).filter(Q(source=customer) | Q(target=customer) | as_reseller)


def items_of(transfer: Transfer) -> QuerySet[TransferItem]:
    """What moves, in the order in which it does."""
    return TransferItem.objects.filter(transfer=transfer).order_by("id")


def source_signatures(transfer: Transfer) -> QuerySet[TransferSignature]:
    """The signatures of the current partner that count: none that was taken back."""
    return TransferSignature.objects.filter(transfer=transfer, party=Party.SOURCE, withdrawn_at=None)


def waits_for(transfer: Transfer, now: datetime) -> Party | None:
    """Whose turn it is at a moment; nobody's once it has expired, also before the clock has noticed.

    What could not be moved waits for the current partner, which has it.
    """
    if transfer.status == State.IN_PROGRESS and transfer.stuck_since:
        return Party.SOURCE
    return None if transfer.has_expired(now) or not transfer.must_act else Party(transfer.must_act)


def awaited(transfer: Transfer, now: datetime, looking: Party | None = None) -> str:
    """The name of whose turn it is at a moment; empty where it is nobody's.

    That the first of two persons has accepted is told to their own party alone, where that is the one `looking`.
    """
    party = waits_for(transfer, now)
    if party is None:
        return ""
    if transfer.status == State.AWAITING_REVIEW and transfer.proposed_by_id and looking == Party.SOURCE:
        return _("A second person of %(partner)s") % {"partner": names_of(transfer)[party]}
    return names_of(transfer)[party]


def is_turn_of(transfer: Transfer, user: User, now: datetime) -> bool:
    """Whether it is the turn of somebody's side at a moment; never that of a reseller, which only looks.

    Who has accepted as the first of two persons waits for the second one.
    """
    party, staff = waits_for(transfer, now), getattr(user, "staff", None)
    only_looks = staff is not None and staff.partner_id == transfer.reseller_id
    has_done = transfer.status == State.AWAITING_REVIEW and transfer.proposed_by_id == user.pk
    return party is not None and party == party_of(transfer, user) and not (only_looks or has_done)


def names_of(transfer: Transfer) -> dict[Party, str]:
    """What the parties of a transfer are called."""
    return {
        Party.TARGET: str(transfer.target_partner),
        Party.CUSTOMER: transfer.source.tenant.name,
        Party.SOURCE: str(transfer.source_partner),
    }


def party_of(transfer: Transfer, user: User) -> Party | None:
    """For which party somebody looks at a transfer; None for who has nothing to do with it.

    The reseller of the new partner looks at it as the new partner does.
    """
    staff = getattr(user, "staff", None)
    if staff and staff.removed_at is None:
        if staff.partner_id in (transfer.target_partner_id, transfer.reseller_id):
            return Party.TARGET
        if staff.partner_id == transfer.source_partner_id:
            return Party.SOURCE
    return Party.CUSTOMER if user.tenant_id == transfer.source.tenant_id else None


def may_act_for(transfer: Transfer, party: Party, user: User) -> bool:
    """Whether somebody may sign, decline or cancel for a party."""
    if not user.is_active:
        return False
    if party == Party.CUSTOMER:
        return user.tenant_id == transfer.source.tenant_id and user.role == TenantRole.GLOBAL_ADMIN
    staff = getattr(user, "staff", None)
    partner_id = transfer.target_partner_id if party == Party.TARGET else transfer.source_partner_id
    return bool(
        staff and staff.removed_at is None and staff.partner_id == partner_id and staff.may(Action.MANAGE_TRANSFERS)
    )


def cancels(transfer: Transfer, party: Party) -> bool:
    """Whether a party may take a transfer back: who asked for it, and the new partner until it is accepted."""
    if transfer.status == State.AWAITING_REVIEW and party == Party.TARGET:
        return True
    return transfer.status in Transfer.WAITING and party == transfer.asked_as


def is_name_of(typed: str, person: User) -> bool:
    """Whether a typed name is that of a person; letter case, width and white space make no difference."""
    return _plain(typed) == _plain(person.display_name)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def status_at(transfer: Transfer, now: datetime) -> Transfer.Status:
    """The state of a transfer at a moment, also before the clock has noticed that it expired."""
    return State.EXPIRED if transfer.has_expired(now) else State(transfer.status)


def days_left(transfer: Transfer, now: datetime) -> int:
    """How many days there are left for an answer, or to look after what could not be moved; a part of a day is one."""
    end = transfer.retried_until if transfer.status == State.IN_PROGRESS else None
    return max(0, -(-((end or transfer.expires_at) - now) // DAY))


def how_it_ended(transfer: Transfer, now: datetime) -> str:
    """Why a transfer can no longer be answered, in a sentence."""
    if transfer.has_expired(now):
        return _("Nobody answered this transfer within 30 days: it has expired. The new partner can ask again.")
    sentences = {
        State.DECLINED: _("%(person)s declined this transfer on %(day)s."),
        State.CANCELED: _("%(person)s canceled this transfer on %(day)s."),
        State.IN_PROGRESS: _("This transfer was accepted already: what was chosen moves now."),
        State.AWAITING_REVIEW: _("This was signed already. The current partner reviews it now."),
        State.AWAITING_CONSENT: _("%(awaited)s has not agreed to this transfer yet."),
        State.COMPLETE: _("Everything that was chosen is with %(target)s since %(day)s."),
        State.COMPLETED_WITH_ERRORS: _("What could be moved is with %(target)s. The rest stays with %(source)s."),
        State.FAILED: _("Nothing of what was chosen could be moved: everything stays with %(source)s."),
    }
    moment = formats.date_format(timezone.localtime(transfer.ended_at or transfer.asked_at), "DATE_FORMAT")
    partners = {"source": transfer.source_partner, "target": transfer.target_partner}
    signer = names_of(transfer)[Party(transfer.must_act)] if transfer.must_act else ""
    words = {"person": _who(transfer.ended_by), "day": moment, "awaited": signer, **partners}
    return sentences[State(transfer.status)] % words


def _who(person: User | None) -> str:
    """A person with the organization they are of, as all three parties read it."""
    return f"{person} ({person.tenant.name})" if person and person.tenant else str(person or "")
