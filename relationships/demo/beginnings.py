"""How partners and customers of the demo came together and parted: requests, partnerships, a former customer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from customers.models import Agreement, BillTo, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.partners.models import Partner
from relationships.demo.cast import ADATUM, CONTOSO, FABRIKAM, NORTHWIND
from relationships.demo.litware import LITWARE_ELSEWHERE_SINCE
from relationships.models import NewCustomer, Partnership, PastRelationship, RelationshipRequest
from relationships.models.links import LINK_LIFETIME, new_token
from relationships.services.history import PRIVILEGES, PROVIDER, REASON, RECIPIENT, RESELLER, SENT, WITH_PRIVILEGES
from relationships.services.request_letters import link_of, propose_letter

DAY: Final = timedelta(days=1)
# An organization that no partner serves yet; its global admin signs in as the other people of the demo do.
BLUE_YONDER: Final = "blueyonderairlines"
BLAKE: Final = f"blake@{BLUE_YONDER}.onmicrosoft.com"
FINCHER: Final = "fincherarchitects"
Status = RelationshipRequest.Status


@dataclass(frozen=True)
class Story:
    """What a demo partner once asked, days ago, and what became of it: answered `after` so many days, and why so."""

    partner: str
    person: str
    email: str
    asked: float
    tenant: Tenant | None = None
    status: str = Status.WAITING
    after: float = 0
    by: User | None = None
    reason: str = ""
    opened: bool = False
    sent: bool = True
    reseller: str = ""


class Beginnings:
    """The rows of the demo on which relationships rest, as of `now`. `partners` are those of the demo by domain."""

    def __init__(self, partners: Mapping[str, Partner], hashed: str, now: datetime) -> None:
        self.partners, self.hashed, self.now = partners, hashed, now

    def tell(self) -> None:
        """Make all of it."""
        self._work_together()
        blake = self._organization("Blue Yonder Airlines", BLUE_YONDER, "Blake")
        alex = self._organization("Best For You Organics", "bestforyou", "Alex")
        carla = User.objects.get(principal_name="carla@litware.onmicrosoft.com")
        elsewhere = LITWARE_ELSEWHERE_SINCE / DAY
        for story in (
            Story(CONTOSO, "sam", BLAKE, 4, blake.tenant, opened=True),
            Story(NORTHWIND, "nora", BLAKE, 2, blake.tenant, reseller=ADATUM),
            Story(CONTOSO, "agnes", alex.principal_name, 44, alex.tenant, Status.DECLINED, 3, alex, opened=True,
                  reason="We stay with our partner until the end of the year."),
            Story(CONTOSO, "sam", "office@bellowspublishing.example", 130, status=Status.EXPIRED, after=90),
            Story(CONTOSO, "ana", "info@coholaw.example", 1, sent=False),
            Story(FABRIKAM, "finn", carla.principal_name, elsewhere + 1, carla.tenant, Status.ACCEPTED, 1, carla,
                  opened=True),
        ):  # fmt: skip
            self._ask(story)
        self._part()
        self._begin_a_draft()

    def _person(self, name: str, domain: str) -> User:
        return User.objects.get(principal_name=f"{name}@{domain}")

    def _organization(self, name: str, prefix: str, admin: str) -> User:
        """An organization that nobody serves, and its global admin."""
        domain = f"{prefix}.onmicrosoft.com"
        tenant = Tenant.objects.create(
            id=uuid.uuid5(uuid.NAMESPACE_DNS, domain), name=name, cloud="global", country="US",
            created_at=self.now - 700 * DAY,
        )  # fmt: skip
        Domain.objects.create(tenant=tenant, name=domain, is_primary=True)
        login = f"{admin.lower()}@{domain}"
        return User.objects.create(
            tenant=tenant, principal_name=login, email=login, display_name=admin, first_name=admin,
            password=self.hashed, location="US", role=TenantRole.GLOBAL_ADMIN,
        )  # fmt: skip

    def _work_together(self) -> None:
        """Northwind and Adatum since long, and an invitation that waits for another reseller."""
        northwind, adatum = self.partners[NORTHWIND], self.partners[ADATUM]
        nora, adam = self._person("nora", NORTHWIND), self._person("adam", ADATUM)
        invited = self.now - 2_000 * DAY
        together = Partnership.objects.create(
            provider=northwind, reseller=adatum, email=adam.email, language="en", status=Partnership.Status.ACTIVE,
            invited_by=nora, invited_at=invited, sent_at=invited, expires_at=invited + LINK_LIFETIME,
            accepted_at=invited + 2 * DAY, accepted_by=adam,
        )  # fmt: skip
        self._log(northwind, Deed.PARTNERSHIP_INVITED, invited, nora, {RECIPIENT: adam.email}, together.pk)
        for partner, details in ((northwind, {RESELLER: str(adatum)}), (adatum, {PROVIDER: str(northwind)})):
            self._log(partner, Deed.PARTNERSHIP_ACCEPTED, invited + 2 * DAY, adam, details, together.pk)
        waiting = Partnership.objects.create(
            provider=northwind, email="partners@tailwind.example", language="en", invited_by=nora,
            invited_at=self.now - 5 * DAY, sent_at=self.now - 5 * DAY, expires_at=self.now - 5 * DAY + LINK_LIFETIME,
        )  # fmt: skip
        details = {RECIPIENT: waiting.email}
        self._log(northwind, Deed.PARTNERSHIP_INVITED, waiting.invited_at, nora, details, waiting.pk)

    def _ask(self, story: Story) -> None:
        partner, person = self.partners[story.partner], self._person(story.person, story.partner)
        reseller = self.partners[story.reseller] if story.reseller else None
        token, at = new_token(), self.now - story.asked * DAY
        letter = propose_letter(
            partner, person, with_privileges=True, reseller=reseller, language="en", link=link_of(token)
        )
        answered = at + story.after * DAY if story.status != Status.WAITING else None
        asked = RelationshipRequest.objects.create(
            token=token, partner=partner, reseller=reseller, tenant=story.tenant, with_privileges=True,
            email=story.email, language="en", subject=letter.subject, letter=letter.body, status=story.status,
            made_by=person, made_at=at, expires_at=at + LINK_LIFETIME, sent_at=at if story.sent else None,
            opened_at=at + DAY / 2 if story.opened else None, ended_at=answered, ended_by=story.by,
            reason=story.reason, **RelationshipRequest.keys(story.email, story.tenant),
        )  # fmt: skip
        told = {RECIPIENT: f"{story.tenant} <{story.email}>" if story.tenant else story.email}
        self._log_request(asked, Deed.RELATIONSHIP_REQUESTED, at, person, told, WITH_PRIVILEGES, SENT)
        if answered:
            why = {REASON: story.reason} if story.reason else {}
            self._log_request(asked, _DEEDS[Status(story.status)], answered, story.by, told | why)

    def _log_request(
        self,
        asked: RelationshipRequest,
        deed: Deed,
        at: datetime,
        actor: User | None,
        told: dict[str, Any],
        *marks: str,
    ) -> None:
        told = told | dict(zip(marks, (asked.with_privileges, asked.sent_at is not None), strict=False))
        other = {RESELLER: str(asked.reseller)} if asked.reseller else {}
        self._log(asked.partner, deed, at, actor, told | other, asked.pk)
        if asked.reseller:
            self._log(asked.reseller, deed, at, actor, told | {PROVIDER: str(asked.partner)}, asked.pk)

    def _part(self) -> None:
        """Fincher Architects was a customer of Contoso until two months ago."""
        contoso, ana, begun = self.partners[CONTOSO], self._person("ana", CONTOSO), self.now - 900 * DAY
        ended = self.now - 60 * DAY
        admin = self._organization("Fincher Architects", FINCHER, "Farah")
        tenant, domain = admin.tenant, f"{FINCHER}.onmicrosoft.com"
        assert tenant is not None  # noqa: S101 - it was made with its organization
        account = Customer.objects.create(
            partner=contoso, tenant=tenant, name=tenant.name, tenant_name=tenant.name, domain=domain, begun_at=begun,
            ended_at=ended, admin_privileges_at=begun, admin_privileges_ended_at=ended,
            **Customer.keys(tenant.name, tenant.pk, domain),
        )  # fmt: skip
        contact = {"first_name": "Farah", "last_name": "Lind", "email": admin.email}
        BillTo.objects.create(
            customer=account, company_name=tenant.name, country="US", line1="12 Orchard Street", city="Portland",
            state="OR", postal_code="97205", **contact,
        )  # fmt: skip
        Agreement.objects.create(customer=account, accepted_on=begun.date(), **contact)
        reason = "The office was sold, and its new owner buys elsewhere."
        PastRelationship.objects.create(
            customer=account, relationships=account.relationships, begun_at=begun, ended_at=ended, ended_by=ana,
            reason=reason,
        )  # fmt: skip
        self._log(contoso, Deed.CUSTOMER_ADDED, begun, ana, {PRIVILEGES: True}, None, account)
        told = {REASON: reason, PRIVILEGES: [True, False]}
        self._log(contoso, Deed.RELATIONSHIP_REMOVED, ended, ana, told, None, account)

    def _begin_a_draft(self) -> None:
        answers = {"country": "US", "company_name": "Boulder Innovations", "domain_prefix": "boulderinnovations"}
        touched = self.now - 2 * DAY
        NewCustomer.objects.create(
            partner=self.partners[CONTOSO], made_by=self._person("sam", CONTOSO), answers=answers, made_at=touched,
            touched_at=touched,
        )  # fmt: skip

    def _log(
        self,
        partner: Partner,
        deed: Deed,
        at: datetime,
        actor: User | None,
        details: dict[str, Any],
        subject: uuid.UUID | None,
        customer: Customer | None = None,
    ) -> None:
        Activity.objects.create(
            partner=partner, deed=deed, at=at, actor=actor, actor_name=actor.principal_name if actor else "",
            details=details, subject_id=subject, customer=customer.tenant if customer else None,
            customer_name=customer.name if customer else "",
        )  # fmt: skip


_DEEDS: Final = {
    Status.ACCEPTED: Deed.REQUEST_ACCEPTED,
    Status.DECLINED: Deed.REQUEST_DECLINED,
    Status.EXPIRED: Deed.REQUEST_EXPIRED,
}
