"""Who may see and handle deliveries and koppelingen. What the state allows is in policies.py."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from outreach.models import Role, User


def may_manage(user: User | AnonymousUser) -> bool:
    """Deliveries, the koppeling and its counts are for the applicatiebeheerder."""
    return user.is_authenticated and user.is_active and user.role == Role.APPLICATIEBEHEERDER


def check_manages(user: User | AnonymousUser) -> None:
    """Raise PermissionDenied for anybody else."""
    if not may_manage(user):
        raise PermissionDenied
