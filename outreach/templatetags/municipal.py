"""Whether the page to sign in has a way through the municipality."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def signs_in_at_municipality() -> bool:
    return bool(settings.OIDC_ISSUER)
