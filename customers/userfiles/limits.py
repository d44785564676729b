"""How large a user file and what stands in it may be (the product rules, section 10)."""

from typing import Final

MAX_ROWS: Final = 100_000
MAX_BYTES: Final = 25 * 1024 * 1024
MAX_NAME: Final = 50  # characters of a first, last or display name
MAX_EMAIL: Final = 113  # characters of a principal name in the directory
MAX_LOCAL_PART: Final = 64  # of them before the @
