"""Temporary passwords: made when they are handed out, stored only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _

# How long a temporary password can be used (the product rules, section 10).
TEMPORARY_PASSWORD_LIFETIME = timedelta(days=90)

# 32 signs that cannot be mistaken for one another when read from paper: 5 random bits each.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 5
# Each byte becomes the sign of its last 5 bits.
_SIGNS = "".join(ALPHABET[byte & 31] for byte in range(256)).encode()


def new_temporary_password() -> str:
    """A password of 100 random bits, in groups that are easy to type: `k7mpx-…`."""
    signs = secrets.token_bytes(GROUPS * GROUP_LENGTH).translate(_SIGNS).decode()
    return "-".join(signs[start : start + GROUP_LENGTH] for start in range(0, len(signs), GROUP_LENGTH))


class TemporaryPasswordHasher(BasePasswordHasher):
    """One keyed round, for passwords that carry at least 80 random bits: there is nothing to guess.

    It is not the preferred hasher, so that Django stores argon2id as soon as the password was used once. While
    the secret key is being changed, those handed out under `SECRET_KEY_FALLBACKS` are still known.
    Never give it a password that a person has chosen.
    """

    algorithm = "temporary"

    def encode(self, password: str, salt: str) -> str:
        return self._encode(password, salt, settings.SECRET_KEY)

    def _encode(self, password: str, salt: str, secret_key: str) -> str:
        key = hashlib.sha256(b"temporary password" + secret_key.encode()).digest()
        digest = hmac.digest(key, (salt + password).encode(), "sha256").hex()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        salt = self.decode(encoded)["salt"]
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(constant_time_compare(encoded, self._encode(password, salt, key)) for key in keys)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        decoded = self.decode(encoded)
        return {_("algorithm"): self.algorithm, _("hash"): mask_hash(decoded["hash"])}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to even out: the one round takes the same time for everybody."""


def hash_temporary_password(password: str) -> str:
    """The form in which a password from `new_temporary_password` is stored."""
    # Django's own salt takes ten times as long as all the rest, and there is nothing to guess anyway.
    return TemporaryPasswordHasher().encode(password, secrets.token_hex(8))


def with_temporary_password(password: str) -> dict[str, Any]:
    """The fields of a user who has this temporary password: it must be changed, and ends after 90 days."""
    return {
        "password": hash_temporary_password(password),
        "must_change_password": True,
        "password_ends_at": timezone.now() + TEMPORARY_PASSWORD_LIFETIME,
    }
