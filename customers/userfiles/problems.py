"""What can be wrong with a row, and the sentences that say so."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.userfiles.columns import Column, column_title
from customers.userfiles.limits import MAX_EMAIL, MAX_LOCAL_PART, MAX_NAME


class ProblemCode(StrEnum):
    """What is wrong; beside each, what the detail of such a problem says."""

    TOO_MANY_CELLS = "too_many_cells"  # how many there are
    TOO_FEW_CELLS = "too_few_cells"  # how many there are
    STATUS_NOT_EMPTY = "status_not_empty"
    DISPLAY_NAME_MISSING = "display_name_missing"
    TOO_LONG = "too_long"  # its length in characters
    INVISIBLE_CHARACTERS = "invisible_characters"  # which ones
    LOST_CHARACTERS = "lost_characters"
    NOTHING_VISIBLE = "nothing_visible"
    EMAIL_MISSING = "email_missing"
    EMAIL_NOT_VALID = "email_not_valid"
    DOMAIN_NOT_VERIFIED = "domain_not_verified"  # the domains that are
    DOMAIN_MISTYPED = "domain_mistyped"  # the domain that was probably meant
    DOMAIN_LOOKALIKE = "domain_lookalike"  # the domain it looks like
    EMAIL_TWICE = "email_twice"  # the line of the first
    EMAIL_TAKEN = "email_taken"
    EMAIL_OF_DELETED_USER = "email_of_deleted_user"
    EMAIL_IN_OTHER_FILE = "email_in_other_file"


#: Placeholders say what `problem_sentence` fills in.
SENTENCES: Final[Mapping[ProblemCode, Promise]] = {
    ProblemCode.TOO_MANY_CELLS: _(
        "The row has %(cells)s cells, more than there are columns. Put a cell that contains the delimiter into "
        "quotation marks, or remove what is too much."
    ),
    ProblemCode.TOO_FEW_CELLS: _(
        "The row has only %(cells)s cells, fewer than there are columns. Add the missing delimiters, also where "
        "a cell is empty."
    ),
    ProblemCode.STATUS_NOT_EMPTY: _(
        "“%(column)s” has to be empty: the result is written there. Delete what stands in it."
    ),
    ProblemCode.DISPLAY_NAME_MISSING: _("“%(column)s” is empty. Enter the name under which colleagues see the user."),
    ProblemCode.NOTHING_VISIBLE: _(
        "Nothing of “%(column)s” can be seen: an accent stands at a letter. Enter the name with its letters."
    ),
    ProblemCode.TOO_LONG: _(
        "“%(column)s” is %(length)s characters long; at most %(limit)s are possible. Shorten it."
    ),
    ProblemCode.INVISIBLE_CHARACTERS: _(
        "“%(column)s” contains line breaks, control characters or invisible characters (%(characters)s). Delete "
        "the text and type it again instead of pasting it."
    ),
    ProblemCode.LOST_CHARACTERS: _(
        "“%(column)s” contains �, which stands for a character that was lost when the file was saved. Type the "
        "text again."
    ),
    ProblemCode.EMAIL_MISSING: _("“%(column)s” is empty. Enter the address with which the user will sign in."),
    ProblemCode.EMAIL_NOT_VALID: _(
        "This is not an email address that a user can have. Write it like anna.smith@contoso.com; before the @ "
        "are up to %(local)s letters, digits and . _ %% + ' - possible, with dots only between other characters."
    ),
    ProblemCode.DOMAIN_NOT_VERIFIED: _(
        "The part after the @ is not one of the customer's verified domains. Use one of these: %(domains)s."
    ),
    ProblemCode.DOMAIN_MISTYPED: _(
        "The part after the @ is not one of the customer's verified domains, but very similar to %(domain)s. "
        "Correct the spelling."
    ),
    ProblemCode.DOMAIN_LOOKALIKE: _(
        "The part after the @ looks like %(domain)s, but contains letters of another alphabet. Type it again."
    ),
    ProblemCode.EMAIL_TWICE: _(
        "The same email address stands in line %(line)s already. Give each user an address of their own, or "
        "delete one of the two rows."
    ),
    ProblemCode.EMAIL_TAKEN: _(
        "The customer already has a user with this email address. Choose another address, or delete the row."
    ),
    ProblemCode.EMAIL_OF_DELETED_USER: _(
        "This email address belongs to a deleted user of the customer. Restore that user, or choose another "
        "address."
    ),
    ProblemCode.EMAIL_IN_OTHER_FILE: _(
        "Another uploaded file is about to create a user with this email address. Wait until that has ended or "
        "discard that file, and check this one again; or delete the row."
    ),
}  # fmt: skip


class Problem(NamedTuple):
    """One thing that is wrong with one row.

    `number` and `line` are those of the row; `column` is empty if the whole row is meant. `value` is the text
    that was found, made fit to be shown; what `detail` says depends on the code.
    """

    number: int
    line: int
    column: Column | None
    value: str
    code: ProblemCode
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return problem_sentence(self.code, self.column, self.detail)


def problem_sentence(code: ProblemCode | str, column: Column | str | None = None, detail: str = "") -> str:
    """What is wrong and what to do, in the reader's language, from the three things that have to be stored."""
    words = dict.fromkeys(("cells", "length", "characters", "domain", "domains", "line"), detail)
    words["column"] = column_title(Column(column)) if column else ""
    words["limit"] = str(MAX_EMAIL if column == Column.EMAIL else MAX_NAME)
    words["local"] = str(MAX_LOCAL_PART)
    return str(SENTENCES[ProblemCode(code)]) % words
