"""`manage.py seed`: a partner of any size, to measure with."""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, OperationalError, transaction

from partnercenter.directory.models import Tenant
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner
from relationships.seeding.loading import load_customers, refresh_statistics
from relationships.seeding.partners import SeededPartner, free_name, make_partner

# The others are about this big.
OTHER_PARTNER: Final = 2_500


class Command(BaseCommand):
    """Everything is made in one transaction: whatever fails leaves the database as it was."""

    help = (
        "Makes a new partner with plausible customers, whose global admin can sign in. While 20,000 or more are made, "
        "nobody else can use the tables of customers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, required=True, metavar="N", help="how many customers it has")
        parser.add_argument("--name", default="", help="of the partner; its domain follows from it")
        parser.add_argument(
            "--kind", choices=("direct", "provider"), default="direct", help="a provider gets some resellers"
        )
        parser.add_argument(
            "--others", type=int, default=0, metavar="M", help="how many customers other new partners have together"
        )
        parser.add_argument("--seed", type=int, default=1, help="decides about addresses, contacts, tags and days")
        parser.add_argument(
            "--first",
            type=int,
            metavar="NUMBER",
            help="where in the endless list of companies to begin; behind all organizations if it is not given",
        )
        parser.add_argument("--password", default="", help="of who signs in; made up if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["customers"] < 1 or options["others"] < 0:
            raise CommandError("A partner has one customer or more, and others none or more.")
        self._begun = time.monotonic()
        password = options["password"] or "-".join(secrets.token_hex(2) for _ in range(4))
        try:
            with transaction.atomic():
                sign_in = self._seed(options, make_password(password))
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except IntegrityError as error:
            raise CommandError(
                f"Nothing was made: a company of the list is there already. Begin behind it with --first. ({error})"
            ) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer. Does the portal run? ({error})") from None
        refresh_statistics(self._say)
        total, seconds = options["customers"] + options["others"], time.monotonic() - self._begun
        self._say(f"{total:,} customers in {seconds:.1f} s: {total / seconds:,.0f}/s")
        self.stdout.write(f"{sign_in} signs in with the password {password}")

    def _seed(self, options: dict[str, Any], hashed: str) -> str:
        name = options["name"] or free_name("Seeded Partner")
        partner, sign_in = make_partner(name, Partner.Kind(options["kind"]), hashed=hashed)
        shares = [(partner, options["customers"]), *_others(options["others"], hashed=hashed)]
        # Each company of the list that is in use became a tenant: behind so many nobody is in use.
        first = Tenant.objects.count() if options["first"] is None else options["first"]
        load_customers(shares, seed=options["seed"], first=first, say=self._say)
        return sign_in

    def _say(self, words: str) -> None:
        self.stdout.write(f"{time.monotonic() - self._begun:6.1f} s  {words}")
        self.stdout.flush()


def _others(customers: int, *, hashed: str) -> list[tuple[SeededPartner, int]]:
    """Other partners that share so many customers."""
    count = -(-customers // OTHER_PARTNER)
    sizes = [customers // count + (number < customers % count) for number in range(count)] if count else []
    return [(make_partner(free_name("Other Partner"), Partner.Kind.DIRECT, hashed=hashed)[0], size) for size in sizes]
