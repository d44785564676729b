"""Asking pages of the WSGI application, in this process and without a network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from partnercenter.directory.models import User

# Queries of the list are those of these tables.
LIST_TABLES: Final = ("customers_customer", "customers_searchentry", "subscriptions_subscription")


class Browser:
    """A person who is signed in."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        self.cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.application = get_wsgi_application()

    def pieces(self, address: str, *, compressed: bool = False) -> Iterator[bytes]:
        """The pieces of an answer, as a server would send them. Raises `ValueError` if it is not 200."""
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": "GET"}
        setup_testing_defaults(environ)
        environ |= {"HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={self.cookie}"}
        if compressed:
            environ["HTTP_ACCEPT_ENCODING"] = "gzip, br"
        statuses: list[str] = []

        def start(status: str, headers: Any, failure: Any = None, /) -> Callable[[bytes], object]:
            statuses.append(status)
            return statuses.__contains__

        answer = self.application(environ, start)
        with closing(answer):
            if not statuses[0].startswith("200"):
                raise ValueError(f"{address} answers {statuses[0]}")
            yield from answer

    def get(self, address: str, *, compressed: bool = False) -> bytes:
        """The whole answer."""
        return b"".join(self.pieces(address, compressed=compressed))

    def seconds_in_database(self, address: str) -> float:
        """How long the list's own queries of a page take."""
        with list_queries() as seconds:
            self.get(address)
        return sum(seconds)

    def queries(self, address: str) -> int:
        """How many queries a page asks, all counted."""
        asked = []
        with connection.execute_wrapper(_noting(lambda sql, _: asked.append(sql))):
            self.get(address)
        return len(asked)


@contextmanager
def list_queries() -> Iterator[list[float]]:
    """The seconds of each query of the list's tables while the block lasts."""
    seconds: list[float] = []

    def note(sql: str, took: float) -> None:
        if any(table in sql for table in LIST_TABLES):
            seconds.append(took)

    with connection.execute_wrapper(_noting(note)):
        yield seconds


def _noting(note: Callable[[str, float], None]) -> Callable[..., Any]:
    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return run(sql, params, many, context)
        finally:
            note(str(sql), time.perf_counter() - begun)

    return execute
