"""What the current partner chooses from: all the Azure that a customer holds there, and what is chosen of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from subscriptions.catalog import AZURE_SUBSCRIPTION, Kind
from subscriptions.models import Reservation, Subscription, Transfer
from subscriptions.selectors.finding import said_by
from subscriptions.selectors.reservations import reservations_of
from subscriptions.selectors.subscriptions import active_azure_of, not_ended, sold_through
from subscriptions.selectors.transfer_checks import CHECKS, Check, codes_of_reservations, codes_of_subscriptions

# So many things of each kind stand on the page; a search finds the others. Each has a box: with those beneath
# subscriptions they are fewer than the fields that a form may have.
SHOWN: Final = 200
SHOWN_BENEATH: Final = 300


@dataclass(frozen=True)
class Chosen:
    """The Azure subscriptions and the reservations that are to move."""

    subscriptions: Collection[UUID]
    reservations: Collection[UUID] = ()

    @property
    def fingerprint(self) -> str:
        """A short text that is another one as soon as anything else is chosen: what is signed is what was shown."""
        chosen = sorted(map(str, (*self.subscriptions, *self.reservations)))
        return salted_hmac("chosen for a transfer", " ".join(chosen), algorithm="sha256").hexdigest()[:32]


@dataclass(frozen=True)
class Choice:
    """What somebody has ticked: some things, or everything that can move besides some. No list of all is needed."""

    everything: bool = False
    ids: frozenset[UUID] = frozenset()

    def has(self, pk: UUID) -> bool:
        """Whether a thing that can move is chosen."""
        return (pk in self.ids) != self.everything

    def after(self, shown: Iterable[UUID], ticked: Collection[UUID]) -> Choice:
        """The choice once somebody has gone over what is shown; what is not shown stays as it was."""
        seen = {*shown}
        changed = {pk for pk in seen if (pk in ticked) != self.everything}
        return Choice(self.everything, frozenset(self.ids - seen) | changed)


@dataclass
class Node:
    """One thing in the tree: whether it is chosen, why it cannot be (`code` and `check`), and what lies beneath it.

    `joins_plan` says that a subscription of a previous offer becomes part of the new partner's plan.
    """

    thing: Subscription | Reservation
    code: str
    is_chosen: bool
    joins_plan: bool = False
    children: list[Node] = field(default_factory=list)

    @property
    def check(self) -> Check | None:
        return CHECKS.get(self.code)


@dataclass(frozen=True)
class Tree:
    """Azure subscriptions with the reservations for them alone, and apart from them shared ones and orphans.

    `more` of the things of each kind are not shown; `movable` counts what can move at all.
    """

    subscriptions: list[Node]
    shared: list[Node]
    orphans: list[Node]
    more: dict[str, int]
    movable: int

    @property
    def shown(self) -> list[UUID]:
        """The ids of what can be ticked here."""
        return [node.thing.pk for node in self._nodes() if not node.code]

    @property
    def chosen(self) -> int:
        """How many of them are ticked."""
        return sum(node.is_chosen for node in self._nodes())

    def _nodes(self) -> Iterable[Node]:
        for node in (*self.subscriptions, *self.shared, *self.orphans):
            yield node
            yield from node.children


def azure_held(transfer: Transfer) -> QuerySet[Subscription]:
    """The Azure subscriptions that the customer has at its current partner and that have not ended, by their names."""
    found = sold_through(transfer.source).filter(not_ended(), kind=Kind.AZURE)
    return found.order_by("name_key", "pk")


def reservations_held(transfer: Transfer) -> QuerySet[Reservation]:
    """The reservations that have not ended there, the first ones first."""
    found = reservations_of(transfer.source).filter(status=Reservation.Status.ACTIVE)
    return found.order_by("begun_at", "pk")


def licenses_held(transfer: Transfer) -> int:
    """How many license-based subscriptions the customer has there: none of them can be transferred."""
    return sold_through(transfer.source).filter(not_ended(), kind=Kind.LICENSE).count()


def movable(transfer: Transfer) -> Chosen:
    """Everything that can move at this moment."""
    source, target = transfer.source, transfer.target
    active = active_azure_of(source).values_list("pk", flat=True)
    subscriptions = _clear(codes_of_subscriptions(source, active, transfer))
    reserved = reservations_held(transfer).values_list("pk", flat=True)
    codes = codes_of_reservations(source, target, reserved, together=subscriptions, transfer=transfer)
    return Chosen(subscriptions, _clear(codes))


def everything_held(transfer: Transfer) -> Chosen:
    """All of it, also what cannot move."""
    azure, reserved = azure_held(transfer), reservations_held(transfer)
    return Chosen([*azure.values_list("pk", flat=True)], [*reserved.values_list("pk", flat=True)])


def _clear(codes: dict[UUID, str]) -> list[UUID]:
    return [pk for pk, code in codes.items() if not code]


def chosen_of(transfer: Transfer, choice: Choice) -> Chosen:
    """The things that a choice stands for. What was ticked and is not there any more stays in it, to be told."""
    if choice.everything:
        found = movable(transfer)
        return Chosen(
            [pk for pk in found.subscriptions if pk not in choice.ids],
            [pk for pk in found.reservations if pk not in choice.ids],
        )
    reservations = {*Reservation.objects.filter(pk__in=choice.ids).values_list("pk", flat=True)}
    return Chosen(sorted(choice.ids - reservations), sorted(reservations))


def proposed_for(transfer: Transfer) -> Chosen:
    """What the first of two persons has chosen."""
    items = transfer.items.order_by("id").values_list("subscription_id", "reservation_id")
    return Chosen(
        [one for one, _other in items if one is not None], [other for _one, other in items if other is not None]
    )


def tree_of(transfer: Transfer, text: str, choice: Choice) -> Tree:
    """What the page shows: what a search finds, the first of it, as it is chosen so far."""
    apart = reservations_held(transfer).filter(name__icontains=text)
    azure = azure_held(transfer)
    if text:
        azure = azure.filter(said_by(text) | Q(pk__in=apart.values("azure")))
    subscriptions = list(azure[:SHOWN])
    single = Q(azure__in=azure_held(transfer).values("pk"))
    beneath = reservations_held(transfer).filter(azure__in=[one.pk for one in subscriptions])
    first = list(beneath[:SHOWN_BENEATH])
    shared = apart.filter(scope=Reservation.Scope.SHARED)
    orphans = apart.filter(~single, scope=Reservation.Scope.SINGLE)
    groups = {"shared": list(shared[:SHOWN]), "orphans": list(orphans[:SHOWN])}
    codes = _codes(transfer, subscriptions, [*first, *groups["shared"], *groups["orphans"]])
    all_of_it = movable(transfer)
    return Tree(
        subscriptions=_subscription_nodes(subscriptions, first, codes, choice),
        shared=[_node(one, codes, choice) for one in groups["shared"]],
        orphans=[_node(one, codes, choice) for one in groups["orphans"]],
        more={
            "subscriptions": _more(azure, subscriptions),
            "beneath": _more(beneath, first, SHOWN_BENEATH),
            "shared": _more(shared, groups["shared"]),
            "orphans": _more(orphans, groups["orphans"]),
        },
        movable=len(all_of_it.subscriptions) + len(all_of_it.reservations),
    )


def _more(found: QuerySet[Subscription] | QuerySet[Reservation], shown: Collection[object], most: int = SHOWN) -> int:
    return found.count() - most if len(shown) == most else 0


def _codes(
    transfer: Transfer, subscriptions: Iterable[Subscription], reservations: Iterable[Reservation]
) -> dict[UUID, str]:
    """Why each cannot move, each reservation together with the subscription it is for."""
    codes = codes_of_subscriptions(transfer.source, [one.pk for one in subscriptions], transfer)
    ids = [one.pk for one in reservations]
    return codes | codes_of_reservations(
        transfer.source, transfer.target, ids, together=_clear(codes), transfer=transfer
    )


def _subscription_nodes(
    subscriptions: Iterable[Subscription], beneath: Iterable[Reservation], codes: dict[UUID, str], choice: Choice
) -> list[Node]:
    children: defaultdict[UUID | None, list[Node]] = defaultdict(list)
    for reservation in beneath:
        children[reservation.azure_id].append(_node(reservation, codes, choice))
    nodes = [_node(one, codes, choice) for one in subscriptions]
    for node, one in zip(nodes, subscriptions, strict=True):
        node.children = children[one.pk]
        node.joins_plan = one.offer_id != AZURE_SUBSCRIPTION
    return nodes


def _node(thing: Subscription | Reservation, codes: dict[UUID, str], choice: Choice) -> Node:
    code = codes.get(thing.pk, "gone")
    return Node(thing, code, not code and choice.has(thing.pk))
