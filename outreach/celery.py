"""The Celery application. Two queues: `koppel` (the box) and `kantoor` (everything else)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")

app = Celery("bereik")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
