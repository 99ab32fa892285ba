"""What every page shows around its own content."""

from django.conf import settings
from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, object]:
    """The name of the municipality and the menu of this user's role."""
    return {"gemeente": f"Gemeente {settings.GEMEENTE_NAAM}", "menu": []}
