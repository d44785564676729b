"""The portal's own settings, and the pages that it is compared with."""

from partnercenter.settings import *  # noqa: F403
from partnercenter.settings import BASE_DIR, LOGGING, TEMPLATES

ROOT_URLCONF = "bench.peers"
TEMPLATES = [TEMPLATES[0] | {"DIRS": [BASE_DIR / "templates", BASE_DIR / "bench" / "templates"]}]
LOGGING = LOGGING | {"root": {"handlers": ["console"], "level": "ERROR"}}
