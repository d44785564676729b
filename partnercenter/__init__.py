"""The portal's platform: directory, partners and staff, jobs, activity, notifications, page shapes."""

from partnercenter.celery import app as celery_app

__all__ = ["celery_app"]
