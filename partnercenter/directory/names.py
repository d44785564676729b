"""What a company, a person and a contact's mail address may be called (the product rules, section 5).

The checks answer with a `Problem` or with None. They take what a person typed without the white space
around it; whether something has to be typed at all is for the form to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from partnercenter.directory.characters import invisible_in, shows_something
from partnercenter.directory.countries import COUNTRIES
from partnercenter.folding import fold

COMPANY_NAME_LENGTHS = range(2, 256)
PERSON_NAME_LENGTH = 50

# Domains whose addresses can never be those of a customer's contact.
FORBIDDEN_MAIL_DOMAINS = frozenset({"microsoft.com"})

# A name made of nothing but these names nobody. First the list of the product rules, then what is common in
# English, German and Chinese, then abroad. Short ones that are brands as well (SAS, BT) are left out.
LEGAL_FORMS_AS_WRITTEN = """
    llc, l.l.c., inc, incorporated, corp, corporation, ltd, limited, plc, llp, pty, pty ltd, pte ltd, pvt
    pvt ltd, private limited, gmbh, wll, lda, sarl, kft, zrt, ooo, sdn bhd, c.p.a.
    co, company, co ltd, lp, lllp, pllc, pte, sdn, bhd, public limited company, limited liability company
    ag, aktiengesellschaft, e.g., e.k., e.v., ggmbh, gmbh & co kg, gmbh und co kg, gmbh & co kgaa, co kg, kg
    kgaa, ohg, gbr, mbh, partg mbb, se, ug, ug (haftungsbeschränkt), haftungsbeschränkt, eingetragener verein
    gesellschaft mit beschränkter haftung, kommanditgesellschaft, offene handelsgesellschaft, genossenschaft
    公司, 有限公司, 有限责任公司, 有限責任公司, 股份有限公司, 股份公司, 集团, 集團, 集团公司, 集團公司
    集团有限公司, 集團有限公司, 有限合伙, 合伙企业, 有限合伙企业, 个人独资企业, 个体工商户
    s.a., s.a.s.u., s.r.l., s.p.a., s.l., s.l.u., s.a. de c.v., s. de r.l. de c.v., ltda, b.v., n.v., oy, oyj
    asa, s.r.o., sp. z o.o., d.o.o., a.ş., ltd şti, ооо, оао, зао, пао, ао, ип, тов, тоо
    株式会社, 有限会社, 合同会社, 合資会社, 合名会社, 주식회사, 유한회사, ش.م.م, ذ.م.م, ش.م.ل
"""

# An ampersand makes one name of its neighbors ("H & M"), where "1 2 3" is no name.
AMPERSANDS = frozenset("&＆")

TOP_LEVEL_DOMAINS = frozenset({"com", "net", "org", "info", "biz", "eu", "uk"}) | {
    country.lower() for country in COUNTRIES
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value: a code for programs and a sentence for people."""

    code: str
    sentence: str


def check_company_name(name: str) -> Problem | None:
    """Return the first rule of section 5 that `name` breaks."""
    name = name.strip()
    return _check_characters(name) or _check_company_length(name) or _check_company_meaning(name)


def company_name_warning(name: str) -> Problem | None:
    """Return a second look at a name that ends like a web address; it may be saved all the same.

    A legal form with a point is no address: `Co.KG` is not in Kyrgyzstan.
    """
    labels = (fold(name).split() or [""])[-1].split(".")
    ending = labels[-1]
    if len(labels) == 1 or ending not in TOP_LEVEL_DOMAINS or _squash("".join(labels)) in LEGAL_FORMS:
        return None
    return Problem(
        "top_level_domain",
        _(
            "This name ends in “.%(ending)s” like a web address. If it is really the name of the company, "
            "save it once more; otherwise enter the name without it."
        )
        % {"ending": ending},
    )


def check_person_name(name: str) -> Problem | None:
    """Return what is wrong with a first or last name."""
    name = name.strip()
    if len(name) > PERSON_NAME_LENGTH:
        return Problem(
            "too_long",
            _("A name has at most %(limit)s characters; this one has %(length)s. Shorten it.")
            % {"limit": PERSON_NAME_LENGTH, "length": len(name)},
        )
    return _check_characters(name) or _check_visible(name)


def check_contact_email(address: str, own_domains: Iterable[str]) -> Problem | None:
    """Return why `address` cannot be the mail address of a customer's contact.

    `own_domains` are the domains of the partner. Subdomains count as their domain, for the partner as for
    Microsoft.
    """
    try:
        validate_email(address)
    except ValidationError:
        return Problem("invalid", _("Enter a valid email address, for example name@example.com."))
    try:
        domain = _plain_domain(address.rpartition("@")[2])
    except UnicodeError:  # labels that no domain can have, such as an empty one between two full stops
        return Problem("invalid", _("Enter a valid email address, for example name@example.com."))
    if _lies_in(domain, FORBIDDEN_MAIL_DOMAINS):
        return Problem(
            "microsoft",
            _("An address at microsoft.com cannot be a customer's contact. Enter one of the customer's own."),
        )
    if _lies_in(domain, map(_plain_domain, own_domains)):
        return Problem(
            "own_domain",
            _(
                "%(domain)s is a domain of your own organization. Enter an address of the customer, "
                "so that mail about this account reaches it."
            )
            % {"domain": domain},
        )
    return None


def core_words(name: str) -> list[str]:
    """What a company is called besides its legal form, folded and without punctuation, as names are compared.

    `Adventure-Works GmbH & Co. KG` and `ADVENTURE WORKS, Inc.` are the same. Of a name that is a legal form and nothing
    else all of it is left.
    """
    words = [word for word in fold(name).split() if _squash(word)]
    inside = _without_forms(words) or words
    return [part for word in inside for part in re.findall(r"[^\W_]+", _without_joined_form(word))]


def _without_forms(words: list[str]) -> list[str]:
    """The words between the legal forms that a name begins and ends with."""
    named = [place for place, word in enumerate(words) if _squash(word) not in LEGAL_FORMS]
    return words[named[0] : named[-1] + 1] if named else []


def _without_joined_form(word: str) -> str:
    """A word without the legal form that Chinese, Japanese and Korean write onto it."""
    for form in _JOINED_FORMS:
        if word != form and (word.startswith(form) or word.endswith(form)):
            return word.removeprefix(form).removesuffix(form)
    return word


def has_invisible_characters(text: str) -> bool:
    """Whether `text` holds characters nobody sees, by the rule that `characters` states."""
    return bool(invisible_in(text))


def _check_characters(name: str) -> Problem | None:
    if not name:
        return Problem("blank", _("A name cannot consist of white space only. Enter the name."))
    if has_invisible_characters(name):
        return Problem(
            "invisible",
            _("This name contains characters that cannot be seen. Type it again instead of pasting it."),
        )
    return None


def _check_visible(name: str) -> Problem | None:
    if shows_something(name):
        return None
    return Problem(
        "nothing_visible", _("Nothing of this name can be seen. Enter one with at least one letter, digit or sign.")
    )


def _check_company_length(name: str) -> Problem | None:
    if len(name) > COMPANY_NAME_LENGTHS[-1]:  # composing endless names would take minutes
        return Problem(
            "too_long",
            _("A company name has at most %(limit)s characters; this one has %(length)s. Shorten it.")
            % {"limit": COMPANY_NAME_LENGTHS[-1], "length": len(name)},
        )
    if len(unicodedata.normalize("NFC", name)) < COMPANY_NAME_LENGTHS.start:
        return Problem("one_character", _("A single character is not a company name. Enter the full name."))
    return None


def _check_company_meaning(name: str) -> Problem | None:
    same = unicodedata.normalize("NFKC", name).casefold()
    characters = [character for character in same if unicodedata.category(character)[0] in "LMN"]
    words = same.split()
    if not any(character.isalnum() for character in characters):
        return Problem(
            "special_characters",
            _("This name has only special characters. Enter a name with letters or digits."),
        )
    if _is_legal_form(name):
        return Problem(
            "legal_form",
            _("“%(name)s” is only a legal form. Enter the name of the company before it.") % {"name": name},
        )
    if len(characters) > 2 and len(set(characters)) == 1:
        return Problem(
            "repeated_character",
            _("This name repeats a single character. Enter the name of the company as it is registered."),
        )
    if len(words) > 1 and all(len(word) == 1 for word in words) and AMPERSANDS.isdisjoint(same):
        return Problem(
            "single_characters",
            _("This name is made of single characters with spaces. Enter it without the spaces."),
        )
    return None


def _is_legal_form(name: str) -> bool:
    words = [squashed for word in fold(name).split() if (squashed := _squash(word))]
    return "".join(words) in LEGAL_FORMS or all(word in LEGAL_FORMS for word in words)


def _squash(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


LEGAL_FORMS = frozenset(_squash(fold(form)) for form in re.split("[,\n]", LEGAL_FORMS_AS_WRITTEN)) - {""}
# Those that are written without a space, the longest first; Hiragana is where East Asian scripts begin.
_JOINED_FORMS = sorted((form for form in LEGAL_FORMS if min(form) >= "\u3040"), key=len, reverse=True)


def _plain_domain(domain: str) -> str:
    return punycode(domain.strip().strip(".")).lower()


def _lies_in(domain: str, domains: Iterable[str]) -> bool:
    return any(domain == parent or domain.endswith(f".{parent}") for parent in domains)
