"""Asking for a transfer, and the answers to it (the product rules, section 9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner
from subscriptions.models import Party, Transfer, TransferItem, TransferSignature
from subscriptions.selectors.subscriptions import why_not_reseller
from subscriptions.selectors.transfer_checks import CHECKS, codes_of_accounts
from subscriptions.selectors.transfers import cancels, how_it_ended, is_name_of, may_act_for, names_of
from subscriptions.services.transfer_telling import REASON, last_day, record_transfer, tell

State = Transfer.Status
BUSY: Final = gettext_lazy("Somebody else is changing this transfer right now. Try again in a moment.")


@dataclass(frozen=True)
class Signature:
    """What proves that somebody agreed: the name they typed, and from where. It is kept with the moment.

    `at` is that moment where it lies back: one signature for many requests, which a job makes afterwards.
    """

    typed_name: str
    address: str | None = None
    browser: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """Which transfer is asked for. `token` is any text that tells one wish of a person from the next.

    Of one of many, who asks for it is told nothing: one notice is about all of them.
    """

    source: Customer
    target: Customer
    asked_as: Party
    token: str
    note: str = ""
    reseller: Partner | None = None
    is_one_of_many: bool = False


def ask_for_transfer(wish: Wish, signature: Signature, *, actor: User) -> Transfer:
    """Ask that a customer's Azure goes to a new partner; asking is the signature of whoever asks.

    For the same wish there is one transfer, however often somebody clicks. Raises `Refused` where something stands in
    the way: the first of `codes_of_accounts`. Both accounts are held: no relationship ends meanwhile.
    """
    pk = _key(actor, wish)
    with without_long_waits(BUSY):
        source, target = hold_both(wish.source, wish.target)
        if made := Transfer.objects.filter(pk=pk).first():
            return made
        for code in codes_of_accounts(source, target):
            check = CHECKS[code]
            raise Refused(f"{check.sentence} {check.remedy}")
        if wish.reseller and (why := why_not_reseller(target.partner, wish.reseller)):
            raise Refused(why)
        transfer = Transfer.objects.create(
            pk=pk,
            source=source,
            target=target,
            source_partner=source.partner,
            target_partner=target.partner,
            reseller=wish.reseller,
            asked_by=actor,
            asked_as=wish.asked_as,
            note=wish.note,
        )
        require(transfer, wish.asked_as, actor)
        sign(transfer, wish.asked_as, signature, actor, signature.at or transfer.asked_at)
        record_transfer(Deed.TRANSFER_ASKED, transfer, actor=actor)
        _tell_of_request(transfer, is_one_of_many=wish.is_one_of_many)
    return transfer


def _tell_of_request(transfer: Transfer, *, is_one_of_many: bool) -> None:
    """Who has to answer is told, and so are the others who know of it, unless it is one of very many."""
    awaited = Party(transfer.must_act)
    asker = Party(transfer.asked_as)
    tell(transfer, Notification.Kind.TRANSFER_ASKED, awaited, by=asker, words=transfer.note, day=last_day(transfer))
    if not is_one_of_many:
        others, answers = [party for party in Party if party != awaited], names_of(transfer)[awaited]
        tell(transfer, Notification.Kind.TRANSFER_SENT, *others, by=asker, awaited=answers)


def transfer_of_wish(person: User, wish: Wish) -> Transfer | None:
    """What a person has made of a wish already."""
    return Transfer.objects.filter(pk=_key(person, wish)).first()


def _key(person: User, wish: Wish) -> UUID:
    """The key of the transfer that comes of a wish: from another partner it is another one."""
    return uuid5(person.pk, f"transfer\n{wish.source.pk}\n{wish.target.pk}\n{wish.token}")


def hold_both(source: Customer, target: Customer) -> tuple[Customer, Customer]:
    """Both accounts as they are now, so that no relationship ends meanwhile; in the order in which everybody does."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True).select_related("partner__tenant", "tenant")
    held = {account.pk: account for account in rows.filter(pk__in=[source.pk, target.pk]).order_by("pk")}
    return held[source.pk], held[target.pk]


def agree_to_transfer(
    transfer: Transfer, signature: Signature, *, actor: User, reseller: Partner | None = None
) -> bool:
    """Sign for the party that is asked: the customer, or the new partner where the customer began it.

    The new partner, where it is a provider, says through which `reseller` it is going to sell. False if that was done
    before. Raises `Refused` for others, for no reseller of its own, where one of the two partners has parted from the
    customer, and once the transfer can no longer be answered.
    """
    now = timezone.now()
    with transfer_held(transfer) as held:
        if held.signatures.filter(signed_by=actor).exists() and held.status != State.AWAITING_CONSENT:
            return False
        answerable(held, now, State.AWAITING_CONSENT)
        party = Party(held.must_act)
        require(held, party, actor)
        if "relationship" in codes_of_accounts(held.source, held.target, held):
            raise Refused(f"{CHECKS['relationship'].sentence} {CHECKS['relationship'].remedy}")
        sign(held, party, signature, actor, now)
        if party == Party.TARGET:
            _name_reseller(held, reseller)
        held.move_to(State.AWAITING_REVIEW, reminded_before=None)
        record_transfer(Deed.TRANSFER_SIGNED, held, actor=actor)
        tell(held, Notification.Kind.TRANSFER_SIGNED, *Party, day=last_day(held))
    return True


def _name_reseller(transfer: Transfer, reseller: Partner | None) -> None:
    if reseller and (why := why_not_reseller(transfer.target_partner, reseller)):
        raise Refused(why)
    Transfer.objects.filter(pk=transfer.pk).update(reseller=reseller)


def decline_transfer(transfer: Transfer, reason: str, *, actor: User) -> bool:
    """Answer no for the party that the transfer waits for, with a reason. False and `Refused` as above."""
    return _end(transfer, State.DECLINED, reason, actor)


def cancel_transfer(transfer: Transfer, reason: str = "", *, actor: User) -> bool:
    """Take a transfer back, for a party that `cancels` it, as long as nothing moves. False and `Refused` as above."""
    return _end(transfer, State.CANCELED, reason, actor)


def _end(transfer: Transfer, status: str, reason: str, actor: User) -> bool:
    now, declines = timezone.now(), status == State.DECLINED
    with transfer_held(transfer) as held:
        if held.status == status and held.ended_by_id == actor.pk:
            return False
        answerable(held, now, *Transfer.WAITING)
        party = Party(held.must_act) if declines else _canceling_party(held, actor)
        require(held, party, actor)
        held.move_to(status, ended_at=now, ended_by=actor, reason=reason)
        close_items(held)
        deed = Deed.TRANSFER_DECLINED if declines else Deed.TRANSFER_CANCELED
        record_transfer(deed, held, actor=actor, details={REASON: reason} if reason else {})
        kind = Notification.Kind.TRANSFER_DECLINED if declines else Notification.Kind.TRANSFER_CANCELED
        tell(held, kind, *Party, by=party, words=reason)
    return True


def _canceling_party(transfer: Transfer, actor: User) -> Party:
    """For which party somebody cancels: the own one if it may, else the one that they would have to belong to."""
    person = as_now(actor)
    own = (party for party in Party if cancels(transfer, party) and may_act_for(transfer, party, person))
    return next(own, Party(transfer.asked_as))


def close_items(transfer: Transfer) -> None:
    """What has not moved is free for other transfers."""
    waiting = transfer.items.filter(status=TransferItem.Status.WAITING)
    waiting.update(status=TransferItem.Status.FAILED)


@contextmanager
def transfer_held(transfer: Transfer) -> Iterator[Transfer]:
    """A transaction that holds a transfer as it is now; raises `Refused` where that takes too long."""
    with without_long_waits(BUSY):
        yield hold_transfer(transfer)


def hold_transfer(transfer: Transfer) -> Transfer:
    """Hold a transfer until the caller's transaction ends; before accounts and what they have, as everywhere."""
    together = ("source__tenant", "target", "source_partner__tenant", "target_partner__tenant", "reseller__tenant")
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True).select_related(*together, "asked_by")
    return rows.get(pk=transfer.pk)


def answerable(transfer: Transfer, now: datetime, *states: str) -> None:
    """Raises `Refused` for a transfer that is in none of these states, or has expired."""
    if transfer.has_expired(now) or transfer.status not in states:
        raise Refused(how_it_ended(transfer, now))


def require(transfer: Transfer, party: Party, actor: User) -> None:
    """Raises `Refused` unless a person may act for a party, as they are at this moment."""
    if not may_act_for(transfer, party, as_now(actor)):
        raise Refused(WHO[party])


def require_any(transfer: Transfer, actor: User) -> None:
    """Raises `Refused` unless a person may act for any of the three, as they are at this moment."""
    person = as_now(actor)
    if not any(may_act_for(transfer, party, person) for party in Party):
        raise Refused(_("Only a Global admin or Admin agent of the two partners or of the customer can do this."))


def as_now(actor: User) -> User:
    """Somebody with the role that they have at this moment, whatever the page had read before."""
    return User.objects.select_related("staff__partner").get(pk=actor.pk)


WHO: Final = {
    Party.TARGET: gettext_lazy("Only a Global admin or Admin agent of the new partner can do this."),
    Party.SOURCE: gettext_lazy("Only a Global admin or Admin agent of the current partner can do this."),
    Party.CUSTOMER: gettext_lazy("Only a Global admin of the customer can do this."),
}


def sign(transfer: Transfer, party: Party, signature: Signature, actor: User, now: datetime) -> None:
    """Keep a signature. Raises `Refused` for a name that is not that of the person."""
    if not is_name_of(signature.typed_name, actor):
        raise Refused(_("Type your own name to sign: %(name)s.") % {"name": actor.display_name})
    TransferSignature.objects.create(
        transfer=transfer,
        party=party,
        signed_by=actor,
        typed_name=signature.typed_name,
        signed_at=now,
        address=signature.address,
        browser=signature.browser[:300],
    )
