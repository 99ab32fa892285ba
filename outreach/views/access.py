"""The lock on a view: one permission, asked before anything else."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from outreach.models import User
from outreach.permissions import Permission, check

View = Callable[..., HttpResponse]


def require(permission: Permission) -> Callable[[View], View]:
    """Only users with this permission reach the view; the others get 403."""

    def lock(view: View) -> View:
        @wraps(view)
        def locked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            check(request.user, permission)
            return view(request, *args, **kwargs)

        locked.permission = permission  # type: ignore[attr-defined]
        return locked

    return lock


def signed_in(request: HttpRequest) -> User:
    """Who asks, behind a lock. Raises PermissionDenied for a visitor, whom no lock lets in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
