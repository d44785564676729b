"""People who use real web processes, through connections that a test can break off and let hang."""

import http.client
import json
import socket
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

TOKEN = "t" * 32  # against forged requests: any, as long as cookie and header say the same
BOUNDARY = "between-the-parts-of-a-form"
SECONDS = 60


class Visitor:
    """A browser of somebody, signed in at the web processes; that of `client` when one is given."""

    def __init__(self, web, person, client=None):
        self.web = web
        if client is None:
            client = Client()
            client.force_login(person.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Host": f"{web.host}:{web.port}",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
        }

    def get(self, page, seconds=SECONDS):
        """The status and the text of a page."""
        return self._ask("GET", page, seconds=seconds)

    def post(self, page, fields):
        """The status and the text of the answer to a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", page, urlencode(fields).encode(), kind)

    def upload(self, page, content):
        """The status and the text of the answer to a form with this file in it."""
        return self._ask("POST", page, form_with(content), {"Content-Type": form_type()})

    def _ask(self, method, page, body=None, headers=None, seconds=SECONDS):
        connection = http.client.HTTPConnection(self.web.host, self.web.port, timeout=seconds)
        try:
            connection.request(method, page, body, {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def begin(self, method, page, body=b"", **headers):
        """A connection on which a request has been sent, of whose answer little is taken before it is read."""
        return self._connect(self._head(method, page, headers) + b"\r\n" + body)

    def begin_head(self, page):
        """A connection on which the lines that come before a page are not complete."""
        return self._connect(self._head("GET", page))

    def _head(self, method, page, headers=()):
        asked = self.headers | dict(headers)
        lines = [f"{method} {page} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _connect(self, content):
        connection = socket.socket()
        connection.settimeout(SECONDS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # with large ones much is kept on the way
        connection.connect((self.web.host, self.web.port))
        connection.sendall(content)
        return connection

    def begin_post(self, page, fields):
        """The same for a form."""
        body = urlencode(fields).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        return self.begin("POST", page, body, **kind)

    def begin_upload(self, page, content):
        """The same for a file, of which only one half has been sent; and the other one."""
        form = form_with(content)
        kind = {"Content-Type": form_type(), "Content-Length": str(len(form))}
        middle = len(form) // 2
        return self.begin("POST", page, form[:middle], **kind), form[middle:]


def answer_on(connection):
    """The answer on a connection, of which only the head has been read."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer


def form_with(content):
    """The bytes of a form with a file of users."""
    name = json.dumps("users.csv")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename={name}\r\n'
    return f"{head}Content-Type: text/csv\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def form_type():
    return f"multipart/form-data; boundary={BOUNDARY}"
