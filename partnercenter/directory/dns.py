"""The domain name system: how it writes names, and what it says of them."""

from __future__ import annotations

from typing import Final

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from django.conf import settings

# How long the portal waits for an answer, in seconds, however many servers are asked.
LIFETIME: Final = 5.0
# Letters of every script, as browsers write them today: ß stays ß.
_CODEC: Final = dns.name.IDNA_2008_UTS_46


class NoSuchDomain(Exception):
    """The domain name system says that there is no such name."""


class NoAnswer(Exception):
    """Nobody said in time whether there is such a name, or what it has."""


def ascii_name(text: str) -> str:
    """A domain name as the domain name system writes it: ASCII in lower case, without the full stop at its end.

    Raises `ValueError` for what cannot be a name there: labels that are empty or longer than 63 characters, more than
    253 characters together, letters that no name has. Whether anybody can have such a domain is not asked.
    """
    try:
        name = dns.name.from_text(text.strip(), idna_codec=_CODEC).to_text(omit_final_dot=True).lower()
        readable = readable_name(name)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(text) from error
    if "\\" in readable:  # stands before what is no letter
        raise ValueError(text)
    return name


def readable_name(name: str) -> str:
    """A name in ASCII in the letters that people read: `münchen.example` for `xn--mnchen-3ya.example`."""
    return dns.name.from_text(name).to_unicode(omit_final_dot=True, idna_codec=_CODEC)


def text_records(name: str) -> list[str]:
    """The TXT records of a domain; several strings of one record are one text.

    Asks the servers of the setting `DNS_SERVERS`, or those of the machine, and waits 5 seconds at most: not to be
    called while a transaction is open. Raises `NoSuchDomain` and `NoAnswer`.
    """
    try:
        answer = _resolver().resolve(
            dns.name.from_text(name), "TXT", lifetime=LIFETIME, search=False, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN as error:
        raise NoSuchDomain(name) from error
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer.rrset or ()]


def _resolver() -> dns.resolver.Resolver:
    if not settings.DNS_SERVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in settings.DNS_SERVERS]
    return resolver
