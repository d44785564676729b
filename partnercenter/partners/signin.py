"""Signing in, as django-allauth does it, with this portal's rules."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.models import User
from partnercenter.directory.passwords import TemporaryPasswordHasher
from partnercenter.partners.models import Staff


class Backend(AuthenticationBackend):
    """Sign in by principal name or mail address."""

    def _check_password(self, user: User | None, password: str) -> User | None:
        """Let in who knows the password and may use it, in the same time for everybody."""
        if user is None:
            return None
        was_temporary = user.password.startswith(TemporaryPasswordHasher.algorithm)
        found: User | None = super()._check_password(user, password)
        if was_temporary and found is None:
            self._mitigate_timing_attack(password)
        return found

    def user_can_authenticate(self, user: User) -> bool:
        return user.is_active and not user.password_has_ended()


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The name or the password is not right. Check both and try again."),
        "username_password_mismatch": _("The name or the password is not right. Check both and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Stop who knows a temporary password that has ended, and removed staff: allauth asks only who is active."""
        if why := _why_not(user):
            request.session.flush()
            messages.error(request, why)
            return redirect("account_login")
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Check a password that a person chose; the temporary one is not an own one."""
        if user is not None and user.must_change_password and user.check_password(password):
            raise ValidationError(_("This is the temporary password. Choose one that only you know."))
        return str(super().clean_password(password, user))

    def set_password(self, user: User, password: str) -> None:
        """Keep a password that the person chose: it is no longer a temporary one."""
        user.must_change_password = False
        user.password_ends_at = None
        super().set_password(user, password)


def removal(staff: Staff) -> str:
    """The sentence for somebody who was removed from the staff of a partner."""
    sentence = _("You are no longer on the staff of %(partner)s, so you cannot sign in. Ask a Global admin there.")
    return str(sentence) % {"partner": staff.partner}


def _why_not(user: User) -> str:
    """Why somebody who knows the password may not sign in all the same; nothing for anybody else."""
    if user.password_has_ended():
        return str(_("Your temporary password has ended. Ask an administrator of your organization for a new one."))
    removed = Staff.objects.filter(user=user).exclude(removed_at=None).select_related("partner__tenant").first()
    return removal(removed) if removed else ""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest, with a key made from the secret key."""

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()

    def rotate(self, encrypted_text: str) -> str:
        """The same secret, encrypted with the key of today."""
        return _vault().rotate(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


def _vault() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"second factors" + key.encode()).digest())
