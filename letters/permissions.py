"""Who may take a file of letters. A file holds people from the whole town, protected addresses too."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from outreach.models import Role, User
from outreach.permissions import Permission, may


def may_fetch(user: User | AnonymousUser) -> bool:
    """Whether the user may take letters. Somebody who works with people only in his own area may not."""
    if not isinstance(user, User) or not may(user, Permission.LETTER_FETCH):
        return False
    if user.role == Role.APPLICATIEBEHEERDER:
        return True
    actor = user.actor()
    return actor.all_areas and actor.municipal


def may_release(user: User | AnonymousUser) -> bool:
    """Whether the user may put letters in a batch and release it: of the whole town, as with taking them."""
    return may(user, Permission.LETTER_RELEASE) and may_fetch(user)


def check_releases(user: User | AnonymousUser) -> None:
    """Raise PermissionDenied unless the user may release letters."""
    if not may_release(user):
        raise PermissionDenied


def check_fetches(user: User | AnonymousUser) -> None:
    """Raise PermissionDenied unless the user may take letters."""
    if not may_fetch(user):
        raise PermissionDenied
