"""Creating the users of an uploaded file: chunk by chunk, each of them once."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from customers.models import UserImport
from customers.services.holding import hold_privileges
from customers.services.user_imports import FILE
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify

# Rows in one transaction: a fraction of a second, far below the lease of a job.
CHUNK: Final = 2_000

# Django takes no password for one that begins like this; nobody knows one before it is handed out.
NO_PASSWORD: Final = "!none handed out"  # noqa: S105

# What a line of the log tells, besides the file.
CREATED: Final = gettext_noop("Created")
NOT_CREATED: Final = gettext_noop("Not created")

_LAST_OF_CHUNK: Final = """
    SELECT count(*), max(number) FROM (
        SELECT number FROM customers_userimportrow
        WHERE user_import_id = %(user_import)s AND outcome = 'waiting' ORDER BY number LIMIT %(size)s
    ) chunk
"""

# In the order of the names: two files that create the same people at once wait for each other in one direction.
_CREATE: Final = """
    INSERT INTO directory_user (
        id, tenant_id, principal_name, email, first_name, last_name, display_name, location, role, created_at,
        password, must_change_password, is_superuser, language, color_scheme, density, name_key, search_text
    )
    SELECT
        user_id, %(tenant)s, lower(email), lower(email), first_name, last_name, display_name, %(location)s, 'user',
        %(now)s, %(password)s, true, false, '', 'system', 'comfortable', name_key, search_text
    FROM customers_userimportrow
    WHERE user_import_id = %(user_import)s AND outcome = 'waiting' AND number <= %(last)s
    ORDER BY lower(email)
    ON CONFLICT (principal_name) DO NOTHING
"""

_SETTLE: Final = """
    WITH settled AS (
        UPDATE customers_userimportrow AS row
        SET outcome = CASE
            WHEN EXISTS (SELECT FROM directory_user WHERE id = row.user_id) THEN 'created' ELSE 'taken'
        END
        WHERE user_import_id = %(user_import)s AND outcome = 'waiting' AND number <= %(last)s
        RETURNING outcome
    )
    SELECT count(*) FILTER (WHERE outcome = 'created'), count(*) FILTER (WHERE outcome = 'taken') FROM settled
"""


def create_next_users(user_import: UserImport, *, size: int = CHUNK) -> Progress:
    """Create the users of the next `size` rows that wait, in the caller's transaction.

    A row whose address got a user since the file was checked is settled as taken. A row that is settled does not
    wait any more: running this on a finished file does nothing. Raises `WithoutPrivileges` where the customer took
    them back.
    """
    hold_privileges(user_import.customer)
    values: dict[str, Any] = {
        "user_import": user_import.pk,
        "size": size,
        "tenant": user_import.customer.tenant_id,
        "location": user_import.location,
        "password": NO_PASSWORD,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_CHUNK, values)
        found, last = cursor.fetchone()
        cursor.execute(_CREATE, values | {"last": last})
        cursor.execute(_SETTLE, values | {"last": last})
        created, taken = cursor.fetchone()
    return Progress(succeeded=created, failed=taken, more=found == size)


def finish_creation(user_import: UserImport, *, job: Job) -> None:
    """Say how a file ended, as its `job` did: done, failed or canceled; the log and those who wait are told."""
    user_import.move_to(UserImport.Status(job.status), finished_at=timezone.now())
    details = {
        FILE: user_import.file_name,
        CREATED: job.succeeded,
        NOT_CREATED: user_import.total - job.succeeded,
    }
    customer = user_import.customer
    record(Deed.USERS_CREATED, partner=customer.partner, actor=job.requested_by, customer=customer, details=details)
    _notify(user_import, job)


def _notify(user_import: UserImport, job: Job) -> None:
    """Tell whoever uploaded the file and whoever started it; a person who canceled it knows."""
    kinds = {
        UserImport.Status.DONE: Notification.Kind.USERS_CREATED,
        UserImport.Status.FAILED: Notification.Kind.JOB_FAILED,
    }
    facts = {"customer": user_import.customer.name, "subject": job.subject, "created": job.succeeded}
    if kind := kinds.get(UserImport.Status(user_import.status)):
        for person in {user_import.uploaded_by, job.requested_by}:
            notify(person, kind, facts=facts, url=job.url)
