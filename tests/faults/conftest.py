"""Creations of users, and a worker whose connections to the database are special."""

import os
from urllib.parse import quote

import pytest

from customers.services.user_imports import start_creation, upload_users
from tests.uploads import people


@pytest.fixture
def checked(tailspin, ana):
    """A checked file of so many users."""

    def check(count):
        return upload_users(tailspin, file_name="users.csv", content=people(count), actor=ana.user)

    return check


@pytest.fixture
def start(checked, ana):
    """Start the creation of so many users, as the page does; the job."""

    def start_job(count):
        return start_creation(checked(count), location="DE", skip_faulty=False, actor=ana.user).job

    return start_job


@pytest.fixture
def worker_connecting_with(worker, monkeypatch):
    """The worker, started again with other settings of its connections to the database."""

    def start_again(options):
        worker.kill()
        address = os.environ["DATABASE_URL"]
        with monkeypatch.context() as patch:
            patch.setenv("DATABASE_URL", f"{address}{'&' if '?' in address else '?'}options={quote(options)}")
            worker.start()

    yield start_again
    worker.kill()
