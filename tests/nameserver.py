"""A name server on 127.0.0.1 that says what a test wants."""

import socket
import struct
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENCE = object()
TRUNCATED = object()


class NameServer:
    """Answers questions for TXT records over UDP and TCP.

    `zone` maps names to what is said of them: a list of records (texts, or tuples of the strings of one record), a
    code such as `dns.rcode.SERVFAIL`, `SILENCE`, or `TRUNCATED` with a list of what only TCP tells. There are no other
    names. `asked` are the names of the questions; before each answer `on_question` is called.
    """

    def __init__(self, zone):
        self.zone = zone
        self.asked = []
        self.on_question = lambda: None
        self.udp, self.tcp = sockets_of_one_port()
        self.address = self.udp.getsockname()
        self.threads = [Thread(target=serve, daemon=True) for serve in (self._serve_udp, self._serve_tcp)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.zone = None
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", self.address)
        socket.create_connection(self.address).close()
        for thread in self.threads:
            thread.join()
        self.udp.close()
        self.tcp.close()

    def _serve_udp(self):
        while True:
            question, sender = self.udp.recvfrom(4096)
            if self.zone is None:
                return
            if answer := self._answer(question, over_tcp=False):
                self.udp.sendto(answer, sender)

    def _serve_tcp(self):
        while True:
            connection, _sender = self.tcp.accept()
            with connection:
                if self.zone is None:
                    return
                (length,) = struct.unpack("!H", connection.recv(2))
                answer = self._answer(connection.recv(length), over_tcp=True)
                connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, wire, *, over_tcp):
        question = dns.message.from_wire(wire)
        name = question.question[0].name
        self.asked.append(name.to_text(omit_final_dot=True))
        self.on_question()
        said = self.zone.get(self.asked[-1], dns.rcode.NXDOMAIN)
        answer = dns.message.make_response(question)
        if said is SILENCE:
            return b""
        if isinstance(said, tuple) and said[0] is TRUNCATED:
            if not over_tcp:
                answer.flags |= dns.flags.TC
                return answer.to_wire()
            said = said[1]
        if isinstance(said, list):
            records = [" ".join(f'"{part}"' for part in ([text] if isinstance(text, str) else text)) for text in said]
            answer.answer = [dns.rrset.from_text(name, 60, "IN", "TXT", *records)] if records else []
        else:
            answer.set_rcode(said)
        return answer.to_wire(max_size=65_535)


def sockets_of_one_port():
    """One for UDP and one for TCP; a port that is free for the former may be taken for the latter."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        try:
            return udp, socket.create_server(udp.getsockname())
        except OSError:
            udp.close()


@contextmanager
def name_server(settings, zone=None):
    """A name server that the portal asks, as long as it lasts."""
    server = NameServer({} if zone is None else zone)
    server.start()
    settings.DNS_SERVERS = [server.address]
    try:
        yield server
    finally:
        server.stop()
