"""The lock on a view: one permission, asked before anything else."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

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
