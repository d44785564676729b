"""The web application for asynchronous servers: `partnercenter.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")

application = get_asgi_application()
