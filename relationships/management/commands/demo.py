"""`manage.py demo`: the demo data, made for an empty database or made again."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from relationships.demo.beginnings import BLAKE
from relationships.demo.cast import PARTNERS
from relationships.demo.load import foreign_partners, is_empty, load_demo, set_demo_password


class Command(BaseCommand):
    """Everybody has the password of `DEMO_PASSWORD`, or one that is made up and printed."""

    help = "Makes the demo data again: everything in the database is deleted first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="keep the data that is there; only an empty database is filled"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD") or "-".join(secrets.token_hex(2) for _ in range(4))
        if is_empty():
            load_demo(password)
        elif options["if_empty"]:
            set_demo_password(password)
        else:
            self._start_anew()
            load_demo(password)
        self._print_sign_ins(password)

    def _start_anew(self) -> None:
        """Delete everything, but only where nobody works but the demo's people."""
        if not settings.DEMO:
            raise CommandError("This is no demo (DEMO is not set): its data is not replaced.")
        if strangers := foreign_partners():
            raise CommandError(
                f"Partners that are not of the demo work here ({', '.join(strangers)}). Nothing was deleted."
            )
        call_command("flush", interactive=False, verbosity=0)

    def _print_sign_ins(self, password: str) -> None:
        self.stdout.write(f"Everybody of the demo signs in with the password {password}")
        for partner in PARTNERS:
            for person in partner.people:
                self.stdout.write(f"  {person.principal_name(partner.domain):34} {partner.name}, {person.role.label}")
        self.stdout.write(
            f"  {'carla@litware.onmicrosoft.com':34} Litware, a customer of Contoso Cloud and Fabrikam Azure"
        )
        self.stdout.write(f"  {BLAKE:34} Blue Yonder Airlines, which two partners ask for a relationship")
        self.stdout.write("The second factor is off in the demo.")
