"""Find every problem of every row (the product rules, section 10)."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from customers.userfiles.addresses import VerifiedDomains, is_domain, is_local_part
from customers.userfiles.columns import Column
from customers.userfiles.limits import MAX_EMAIL, MAX_NAME
from customers.userfiles.listing import listed
from customers.userfiles.problems import Problem, ProblemCode
from customers.userfiles.reading import UserRow
from customers.userfiles.statuses import is_ours
from partnercenter.directory.characters import LOST, code_point, invisible_in, shows_something, visible

_LONGEST_VALUE: Final = 100  # characters of a value that a problem keeps
_LOOKED_AT: Final = 1_000  # characters of a text among which those to be named are found: a longer one is too long
_NAME_COLUMNS: Final = (Column.FIRST_NAME, Column.LAST_NAME, Column.DISPLAY_NAME)


def check_rows(
    rows: Iterable[UserRow],
    *,
    domains: Collection[str],
    taken: Container[str],
    taken_deleted: Container[str],
    waiting: Container[str] = frozenset(),
    seen: Mapping[str, int] | None = None,
) -> list[Problem]:
    """Every problem of every row, in the order of the rows; an empty list if all can be created.

    `domains` are the customer's verified ones. `taken` and `taken_deleted` hold the email addresses, in lower
    case, of the tenant's users and of its deleted ones, `waiting` those that other files are about to create. To
    check a row alone, give the addresses of the rows that stay (in lower case, with their lines) as `seen`; the
    row's own line in it does no harm.
    """
    rules = _Rules(VerifiedDomains(domains), taken, taken_deleted, waiting, dict(seen or {}))
    return [problem for row in rows for problem in rules.problems_of(row)]


@dataclass(slots=True)
class _Rules:
    domains: VerifiedDomains
    taken: Container[str]
    taken_deleted: Container[str]
    waiting: Container[str]
    first_lines: dict[str, int]  # where each address, in lower case, stood first

    def problems_of(self, row: UserRow) -> Iterator[Problem]:
        if row.surplus:
            # The cells may stand in the wrong columns: what they hold says nothing.
            yield _wrong_number_of_cells(row)
            return
        if not row.display_name:
            yield _problem(row, Column.DISPLAY_NAME, "", ProblemCode.DISPLAY_NAME_MISSING)
        for column, name in zip(_NAME_COLUMNS, row[2:5], strict=True):
            if len(name) > MAX_NAME:
                yield _problem(row, column, name, ProblemCode.TOO_LONG, str(len(name)))
            if not name.isascii() or not name.isprintable():
                yield from _problems_of_characters(row, column, name)
        if row.email:
            yield from self._problems_of_address(row, row.email)
        else:
            yield _problem(row, Column.EMAIL, "", ProblemCode.EMAIL_MISSING)
        if row.status_update and not is_ours(row.status_update):
            yield _problem(row, Column.STATUS_UPDATE, row.status_update, ProblemCode.STATUS_NOT_EMPTY)

    def _problems_of_address(self, row: UserRow, email: str) -> Iterator[Problem]:
        key = email.lower()
        local_part, _, domain = key.rpartition("@")
        in_ours = domain in self.domains
        # Some letters outside ASCII have their lower case within it.
        if not (in_ours and email.isascii() and len(email) <= MAX_EMAIL and is_local_part(local_part)):
            yield from self._why_it_is_not_valid(row, email)
        first_line = self.first_lines.setdefault(key, row.line)
        if first_line != row.line:
            yield _problem(row, Column.EMAIL, email, ProblemCode.EMAIL_TWICE, str(first_line))
        if in_ours:
            yield from self._why_it_is_not_free(row, email, key)

    def _why_it_is_not_free(self, row: UserRow, email: str, key: str) -> Iterator[Problem]:
        """Who else has an address in a domain of the customer; of other ones nobody may learn who exists."""
        if key in self.taken:
            yield _problem(row, Column.EMAIL, email, ProblemCode.EMAIL_TAKEN)
        elif key in self.taken_deleted:
            yield _problem(row, Column.EMAIL, email, ProblemCode.EMAIL_OF_DELETED_USER)
        elif key in self.waiting:
            yield _problem(row, Column.EMAIL, email, ProblemCode.EMAIL_IN_OTHER_FILE)

    def _why_it_is_not_valid(self, row: UserRow, email: str) -> Iterator[Problem]:
        if len(email) > MAX_EMAIL:
            yield _problem(row, Column.EMAIL, email, ProblemCode.TOO_LONG, str(len(email)))
        if unreadable := list(_unreadable(row, Column.EMAIL, email)):
            yield from unreadable
            return
        local_part, _, domain = email.rpartition("@")
        code, detail = self._judge_domain(domain)
        if not is_local_part(local_part) or code == ProblemCode.EMAIL_NOT_VALID:
            yield _problem(row, Column.EMAIL, email, ProblemCode.EMAIL_NOT_VALID)
        if code and code != ProblemCode.EMAIL_NOT_VALID:
            yield _problem(row, Column.EMAIL, email, code, detail)

    def _judge_domain(self, written: str) -> tuple[ProblemCode | None, str]:
        """What is wrong with the domain of an address, and the detail for it; None if nothing is."""
        domain = written.lower()
        if written.isascii() and domain in self.domains:
            return None, ""
        if nearest := self.domains.nearest(domain):
            return (ProblemCode.DOMAIN_MISTYPED if written.isascii() else ProblemCode.DOMAIN_LOOKALIKE), nearest
        if written.isascii() and is_domain(domain):
            return ProblemCode.DOMAIN_NOT_VERIFIED, self.domains.listed
        return ProblemCode.EMAIL_NOT_VALID, ""


def _problem(row: UserRow, column: Column | None, value: str, code: ProblemCode, detail: str = "") -> Problem:
    return Problem(row.number, row.line, column, visible(value, _LONGEST_VALUE), code, detail)


def _wrong_number_of_cells(row: UserRow) -> Problem:
    code = ProblemCode.TOO_MANY_CELLS if row.surplus > 0 else ProblemCode.TOO_FEW_CELLS
    return _problem(row, None, " | ".join(row.cells), code, str(len(row.cells)))


def _problems_of_characters(row: UserRow, column: Column, name: str) -> Iterator[Problem]:
    if unreadable := list(_unreadable(row, column, name)):
        yield from unreadable
    elif not shows_something(name):
        yield _problem(row, column, name, ProblemCode.NOTHING_VISIBLE)


def _unreadable(row: UserRow, column: Column, text: str) -> Iterator[Problem]:
    """Problems for characters in a text that nobody can see, or that were lost before the upload."""
    if found := invisible_in(text[:_LOOKED_AT]):
        characters = listed([*map(code_point, dict.fromkeys(found))])
        yield _problem(row, column, text, ProblemCode.INVISIBLE_CHARACTERS, characters)
    if LOST in text:
        yield _problem(row, column, text, ProblemCode.LOST_CHARACTERS)
