"""`manage.py rotate_secrets`: no second factor depends on an earlier `SECRET_KEY` any more."""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from partnercenter.partners.signin import FactorAdapter

# What of a second factor is encrypted: the secret of an app, the seed of recovery codes. Passkeys keep no secret here.
SECRETS: Final = ("secret", "seed")


class Command(BaseCommand):
    help = "Encrypt all second factors with SECRET_KEY, so that SECRET_KEY_FALLBACKS can be emptied."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt what was encrypted with an earlier key anew; running it twice does no harm."""
        adapter, count = FactorAdapter(), 0
        for factor in Authenticator.objects.select_for_update().order_by("pk").iterator():
            secrets = {name: adapter.rotate(factor.data[name]) for name in SECRETS if name in factor.data}
            if secrets:
                factor.data |= secrets
                factor.save(update_fields=["data"])
                count += 1
        self.stdout.write(f"{count} second factors are encrypted with the key of today.")
