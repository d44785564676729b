"""The portal's web process, which dies in the moment between the commit of a job and its message."""

import os
import signal

from partnercenter import doorbell
from partnercenter.wsgi import application

__all__ = ["application"]


def die(*args, **kwargs):
    os.killpg(0, signal.SIGKILL)


doorbell.ring = die
