"""The settings of a test run: the portal's own, on servers that last as long as the run."""

import os

from tests import databases

databases.start()
os.environ.setdefault("SECRET_KEY", "only for tests, and long enough for every check there is")
os.environ.setdefault("PLAIN_STATIC", "1")  # pages need no collected static files

from partnercenter.settings import *  # noqa: E402, F403
