"""The project package. Tasks need the Celery application before the first of them is called."""

from outreach.celery import app as celery_app

__all__ = ["celery_app"]
