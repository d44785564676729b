"""The domains of mail addresses: whose they are tells which organization somebody belongs to, or nothing at all."""

from __future__ import annotations

from typing import Final

# Whoever asks gets an address here: that two people have one does not make them colleagues.
FREE_MAIL: Final = frozenset({
    "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "aol.com", "arcor.de", "bk.ru", "bluewin.ch",
    "bol.com.br", "btinternet.com", "comcast.net", "daum.net", "docomo.ne.jp", "email.cz", "ezweb.ne.jp",
    "fastmail.com", "foxmail.com", "free.fr", "freemail.hu", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com",
    "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "icloud.com", "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru",
    "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr",
    "outlook.com", "outlook.de", "outlook.es", "outlook.fr", "outlook.jp", "proton.me", "protonmail.com", "qq.com",
    "rambler.ru", "rediffmail.com", "seznam.cz", "sfr.fr", "sina.cn", "sina.com", "sohu.com", "softbank.ne.jp",
    "t-online.de", "telenet.be", "terra.com.br", "tutanota.com", "ukr.net", "uol.com.br", "verizon.net", "vip.qq.com",
    "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br",
    "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "zoho.com",
})  # fmt: skip


def domain_of(address: str) -> str:
    """The domain of a mail address in lower case; empty where there is none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address in a domain, so that it says nothing about an organization."""
    return domain in FREE_MAIL
