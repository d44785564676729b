"""Files of users: read and checked, created, given passwords, changed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import tablib
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from import_export.resources import ModelResource

from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import medians, seconds_of
from customers.models import Customer, UserImport
from customers.selectors.customers import customers_of
from customers.selectors.users import users_of
from customers.services.passwords import hand_out_passwords
from customers.services.user_changes import start_user_change
from customers.services.user_imports import start_creation, upload_users
from customers.tables.user_imports import PASSWORD_HEADER
from customers.userfiles import MAX_ROWS, check_rows, column_title, read_user_file
from customers.userfiles.columns import Column
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from partnercenter.web.exports import export_csv

# The library is slow: so many rows tell enough.
SHELF_ROWS: Final = 5_000
COLUMNS: Final = ", ".join(str(field.column) for field in User._meta.concrete_fields)


@cache
def _customer(stage: Stage) -> Customer:
    """Whoever gets the users."""
    return (
        customers_of(stage.partner).filter(admin_privileges_at__isnull=False).order_by("pk")[stage.size.customers // 3]
    )


@cache
def _file(stage: Stage) -> bytes:
    return _file_of(stage.size.people, _customer(stage).domain)


def _file_of(people: int, domain: str) -> bytes:
    """A file of users as a spreadsheet program saves it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(column_title(column, "en")) for column in Column])
    for number in range(people):
        writer.writerow(("Kim", f"Pärk {number}", f"Kim Pärk {number}", f"kim.park.{number}@{domain}", ""))
    return text.getvalue().encode()


def read_and_check(stage: Stage) -> Figures:
    """Rows of a file that are read and checked by one process, without the database."""
    content, domains = _file(stage), frozenset({_customer(stage).domain})

    def check() -> None:
        rows = read_user_file(content).rows
        if list(check_rows(rows, domains=domains, taken=frozenset(), taken_deleted=frozenset())):
            raise ValueError("the file has problems")

    def read() -> None:
        for _ in csv.reader(io.TextIOWrapper(io.BytesIO(content), newline="")):
            pass

    times = medians({"ours": check, "limit": read}, seconds=stage.size.seconds, least=3)
    return Figures(stage.size.people / times["ours"], limit=stage.size.people / times["limit"])


def memory(stage: Stage) -> Figures:
    """How much memory a process needs more for the largest number of rows: in order, or each with a problem."""
    domain = _customer(stage).domain
    good, faulty = (_memory_of(_file_of(MAX_ROWS, its), domain) for its in (domain, "elsewhere.example"))
    if (good["problems"], faulty["problems"]) != (0, MAX_ROWS):
        raise ValueError("the files are not as they should be")
    note = f"of {MAX_ROWS:,} rows each has a problem; {good['memory']:,.0f} MB if all are in order"
    return Figures(max(good["memory"], faulty["memory"]), note=note)


def _memory_of(content: bytes, domain: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(dir=settings.VAR) as file:
        Path(file.name).write_bytes(content)
        command = [sys.executable, "-m", "bench.memory", file.name, domain]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


@cache
def _uploaded(stage: Stage) -> UserImport:
    return upload_users(_customer(stage), file_name="users.csv", content=_file(stage), actor=stage.admin)


def creation(stage: Stage) -> Figures:
    """Users created as the worker does it, against COPY of the same users into the same table."""
    user_import = _uploaded(stage)
    with transaction.atomic():
        job = start_creation(user_import, location="DE", skip_faulty=False, actor=stage.admin).job
    if job is None:
        raise ValueError("the creation was not started")
    ours = seconds_of(lambda: run_job(job.pk))
    users = User.objects.filter(tenant=_customer(stage).tenant_id)
    count = users.count()
    if count != stage.size.people:
        raise ValueError(f"{count} users were created")
    limit = _copied_again(stage)
    shelf = min(SHELF_ROWS, count)
    theirs = _imported(stage, shelf)
    return Figures(count / ours, shelf / theirs, count / limit, f"{count:,} users; off the shelf with {shelf:,}")


def _copied_again(stage: Stage) -> float:
    """Seconds of COPY for the same users under other names, which are taken back at the end."""
    other = COLUMNS.replace("principal_name", "'x' || principal_name").replace(
        "id, tenant", "gen_random_uuid(), tenant"
    )
    rows = io.StringIO()
    with transaction.atomic(), connection.cursor() as cursor:
        users = f"SELECT {other} FROM directory_user WHERE tenant_id = %s"  # noqa: S608 - names of columns
        query = cursor.mogrify(users, [str(_customer(stage).tenant_id)]).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", rows)
        rows.seek(0)
        seconds = seconds_of(lambda: cursor.copy_expert(f"COPY directory_user ({COLUMNS}) FROM STDIN", rows))
        transaction.set_rollback(True)
    return seconds


class ShelfResource(ModelResource):
    """Users as the documentation of django-import-export imports them in bulk."""

    class Meta:
        model = User
        import_id_fields = ("principal_name",)
        fields = ("principal_name", "first_name", "last_name", "display_name", "email", "tenant", "password")
        use_bulk = True
        batch_size = 1_000
        skip_unchanged = False


def _imported(stage: Stage, count: int) -> float:
    """Seconds for so many users off the shelf, which are taken back at the end."""
    tenant = str(_customer(stage).tenant_id)
    rows = tablib.Dataset(headers=ShelfResource.Meta.fields)
    for number in range(count):
        address = f"shelf.{number}@{_customer(stage).domain}"
        rows.append((address, "Kim", f"Pärk {number}", f"Kim Pärk {number}", address, tenant, "!"))
    with transaction.atomic():
        seconds = seconds_of(lambda: ShelfResource().import_data(rows, raise_errors=True))
        transaction.set_rollback(True)
    return seconds


def passwords(stage: Stage) -> Figures:
    """Temporary passwords that are made and streamed as a file, against one UPDATE that writes a text to all users."""
    user_import = _uploaded(stage)

    def hand_out() -> None:
        seen = UserImport.objects.values_list("passwords_handed_out_at", flat=True).get(pk=user_import.pk)
        handed_out = hand_out_passwords(user_import, seen=seen, actor=stage.admin)
        answer = export_csv("passwords", PASSWORD_HEADER, handed_out)
        lines = sum(piece.count(b"\n") for piece in _pieces(answer.streaming_content))
        if lines != stage.size.people + 1:
            raise ValueError(f"{lines} lines were handed out")

    ours = seconds_of(hand_out)
    # Afterwards: although it is taken back, it leaves no room in the pages.
    limit = seconds_of(lambda: _one_statement(stage))
    return Figures(stage.size.people / ours, limit=stage.size.people / limit)


def _pieces(content: Any) -> Iterator[bytes]:
    yield from content


def _one_statement(stage: Stage) -> None:
    with transaction.atomic():
        User.objects.filter(tenant=_customer(stage).tenant_id).update(password=f"temporary$x${'0' * 64}")
        transaction.set_rollback(True)


def changes(stage: Stage) -> Figures:
    """Users of the file whose sign-in is blocked as a worker does it, against one UPDATE that does it to all."""
    customer = _customer(stage)
    ids = list(users_of(customer).order_by("-created_at", "-pk").values_list("pk", flat=True))
    job = start_user_change(customer, ids, "block", url="/", actor=stage.admin)
    ours = seconds_of(lambda: run_job(job.pk))
    blocked = users_of(customer).exclude(blocked_at=None).count()
    if blocked != len(ids):
        raise ValueError(f"{blocked} users were blocked")
    few = list(users_of(customer)[:SHELF_ROWS])
    theirs = seconds_of(lambda: _loop(few))
    limit = seconds_of(lambda: _blocked_at_once(customer))
    return Figures(len(ids) / ours, len(few) / theirs, len(ids) / limit, f"{len(ids):,} users")


def _loop(users: list[User]) -> None:
    for user in users:
        user.blocked_at = timezone.now()
        user.save()


def _blocked_at_once(customer: Customer) -> None:
    with transaction.atomic():
        users_of(customer).update(blocked_at=timezone.now())
        transaction.set_rollback(True)


ROWS: Final = (
    Row(
        "user file, read and checked on one core", "rows/s", "≥ 75,000/s", lambda figures: figures.ours >= 75_000,
        read_and_check, limit_is="Python's reader of CSV files alone",
    ),
    Row(
        "user file of 100,000 rows, additional memory", "MB", "≤ 200 MB", lambda figures: figures.ours <= 200, memory,
    ),
    Row(
        "users of a file created, with activity and progress", "rows/s",
        "≥ 25 % of COPY FROM alone, ≥ 20 × off the shelf",
        lambda figures: figures.ours >= 0.25 * (figures.limit or 0) and figures.ours >= 20 * (figures.peer or 0),
        creation,
        limit_is="COPY FROM of the same rows into the same table with its indexes; off the shelf is "
        "django-import-export in its bulk mode",
    ),
    Row(
        "temporary passwords of a file, streamed", "passwords/s", "≥ 20,000/s",
        lambda figures: figures.ours >= 20_000, passwords,
        limit_is="one UPDATE statement that writes a text to all users",
    ),
    Row(
        "sign-in of many selected users blocked, as a job", "rows/s", "≥ 20,000/s",
        lambda figures: figures.ours >= 20_000, changes,
        limit_is="one UPDATE statement for all of them; off the shelf is a loop with save()",
    ),
)  # fmt: skip
