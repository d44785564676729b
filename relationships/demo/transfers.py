"""The transfer of the demo: Fabrikam wanted Litware's Azure from Contoso, and Carla said no for now."""

from __future__ import annotations

from typing import Final

from customers.models import Customer
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner, Staff
from subscriptions.models import Party, Transfer
from subscriptions.services.transfers import Signature, Wish, ask_for_transfer, decline_transfer

NOTE: Final = "As we agreed on the telephone. Take everything that runs."
REASON: Final = "Not before the end of the quarter. Ask us again then."


def ask_in_vain(source: Partner, target: Partner, domain: str) -> Transfer:
    """Ask for what a customer has with one partner in the name of the first person of the other; its admin declines."""
    accounts = Customer.objects.select_related("partner__tenant", "tenant")
    old, new = (accounts.get(partner=partner, domain=domain) for partner in (source, target))
    person = Staff.objects.select_related("user").filter(partner=target).earliest("pk").user
    signature = Signature(person.display_name, "198.51.100.20", "Demo")
    transfer = ask_for_transfer(Wish(old, new, Party.TARGET, "demo", NOTE), signature, actor=person)
    admin = User.objects.get(principal_name=f"carla@{domain}")
    decline_transfer(transfer, REASON, actor=admin)
    return transfer
