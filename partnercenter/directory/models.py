"""The directory: organizations of three clouds, their domains and their people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.clouds import Cloud
from partnercenter.folding import fold

# Of each text that a user is found by, so that a row of an index is never too long for its page. A name has 50
# letters; one of them may be two when it is folded.
LONGEST_KEY: Final = 100


class Tenant(models.Model):
    """An organization. Partners and customers are both tenants; its `id` is what people call the Microsoft ID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cloud = models.CharField(max_length=10, choices=Cloud.choices)
    name = models.CharField(max_length=255)
    country = models.CharField(max_length=2)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


def new_proof() -> str:
    """A text of 131 random bits that only those can publish in the domain name system to whom a domain belongs."""
    return f"partnercenter-verification={get_random_string(22)}"


class Domain(models.Model):
    """A domain name of a tenant, in ASCII; people's principal names lie in the verified ones.

    An unverified one has been added at `added_at` and is nobody's yet: several tenants can have it. It is verified
    when `proof` was found as a TXT record of the domain. Those that came with the tenant were not added.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="domains")
    name = models.CharField(max_length=253)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, default=timezone.now)
    added_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=60, default=new_proof, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(verified_at__isnull=False),
                name="a_verified_domain_belongs_to_one_tenant",
            ),
            models.UniqueConstraint(fields=["tenant", "name"], name="a_tenant_has_a_domain_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_domain_per_tenant"
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | models.Q(verified_at__isnull=False),
                name="a_primary_domain_is_verified",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=False) | ~models.Q(proof=""),
                name="what_waits_for_proof_can_be_proved",
            ),
            models.CheckConstraint(condition=models.Q(name=Lower("name")), name="domain_names_are_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


class TenantRole(models.TextChoices):
    """What a person may do in their own tenant."""

    USER = "user", _("User")
    GLOBAL_ADMIN = "global_admin", _("Global admin")
    USER_ADMIN = "user_admin", _("User admin")
    HELPDESK = "helpdesk", _("Helpdesk")


class UserManager(BaseUserManager["User"]):
    def create_user(self, principal_name: str, password: str | None = None, **fields: Any) -> User:
        fields["email"] = fields.get("email", "").lower()
        user = self.model(principal_name=principal_name.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, principal_name: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(principal_name, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: partner staff and people of customers alike.

    `principal_name` is the name to sign in with, `email` is where mail goes; both are always lower case. A user
    without a password cannot sign in until a temporary password was handed out; `must_change_password`
    asks for an own one at the first sign-in, `password_ends_at` ends a temporary one (the product rules,
    section 10). `name_key` and `search_text` are made from the names when they are written, so that an index can
    order and search by them. Operators of the installation have no tenant.
    """

    class ColorScheme(models.TextChoices):
        SYSTEM = "system", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        DENSE = "dense", _("Dense")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, blank=True, related_name="users")
    principal_name = models.CharField(max_length=113)
    email = models.EmailField(blank=True)
    first_name = models.CharField(max_length=50, blank=True)
    last_name = models.CharField(max_length=50, blank=True)
    display_name = models.CharField(max_length=50)
    name_key = models.TextField(editable=False, db_collation="C")
    search_text = models.TextField(editable=False, db_collation="C")
    location = models.CharField(max_length=2, blank=True)
    role = models.CharField(max_length=20, choices=TenantRole.choices, default=TenantRole.USER)
    created_at = models.DateTimeField(default=timezone.now)
    must_change_password = models.BooleanField(default=False)
    password_ends_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    color_scheme = models.CharField(max_length=10, choices=ColorScheme.choices, default=ColorScheme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)

    objects = UserManager()

    # What `keys` are made from.
    FOUND_BY: ClassVar = frozenset({"display_name", "first_name", "last_name", "principal_name"})
    USERNAME_FIELD = "principal_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["principal_name"], name="principal_names_are_unique"),
            models.CheckConstraint(
                condition=models.Q(principal_name=Lower("principal_name")), name="principal_names_are_lower_case"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="mail_addresses_are_lower_case"),
        ]
        indexes = [
            # They hold what is searched, so that a word that nobody has is looked for in the index alone.
            models.Index(
                fields=["tenant", "name_key", "id"],
                include=["search_text"],
                condition=models.Q(deleted_at=None),
                name="users_by_name",
            ),
            models.Index(
                fields=["tenant", "principal_name", "id"],
                include=["search_text"],
                condition=models.Q(deleted_at=None),
                name="users_by_user_name",
            ),
            models.Index(
                fields=["tenant", "created_at", "id"],
                include=["search_text"],
                condition=models.Q(deleted_at=None),
                name="users_by_date",
            ),
            models.Index(
                fields=["tenant", "name_key", "id"],
                include=["search_text"],
                condition=models.Q(deleted_at__isnull=False),
                name="deleted_users_by_name",
            ),
            models.Index(
                fields=["tenant", "role", "name_key", "id"],
                condition=models.Q(deleted_at=None) & ~models.Q(role="user"),
                name="admins_by_name",
            ),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="users_by_deletion"),
            models.Index(fields=["email"], name="users_by_mail_address"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep what the user is found by as the names are."""
        keys = self.keys(self.display_name, self.first_name, self.last_name, self.principal_name)
        for name, key in keys.items():
            setattr(self, name, key)
        if update_fields is not None and not self.FOUND_BY.isdisjoint(update_fields):
            update_fields = {*update_fields, *keys}
        super().save(*args, update_fields=update_fields, **kwargs)

    @staticmethod
    def keys(display_name: str, first_name: str, last_name: str, principal_name: str) -> dict[str, str]:
        """The columns made from what a user is called: one to order by, one to search in."""
        name_key, *others = (fold(text)[:LONGEST_KEY] for text in (display_name, first_name, last_name))
        return {"name_key": name_key, "search_text": "\n".join((name_key, *others, principal_name))}

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether this person may sign in at all."""
        return self.blocked_at is None and self.deleted_at is None

    @property
    def is_staff(self) -> bool:
        """Whether Django's own admin site would let this person in: operators only."""
        return self.is_superuser

    def get_full_name(self) -> str:
        return self.display_name

    def password_has_ended(self) -> bool:
        """Whether the temporary password was not used within its 90 days."""
        return self.password_ends_at is not None and self.password_ends_at < timezone.now()
