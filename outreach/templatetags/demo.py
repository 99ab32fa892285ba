"""Who can sign in to the demo, on the page to sign in. Shows nothing where there is no demo password."""

from django import template
from django.conf import settings

from outreach.management.demo.people import USERS

register = template.Library()


@register.inclusion_tag("outreach/demo_users.html")
def demo_users() -> dict[str, object]:
    return {"password": settings.DEMO_PASSWORD, "users": USERS if settings.DEMO_PASSWORD else ()}
