"""The app that makes codes, for a user of a test who signs in by hand."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt

from outreach.models import User


def give_app(user: User) -> User:
    """This user has an app from now on."""
    totp.TOTP.activate(user, totp.generate_totp_secret())
    return user


def code_of(user: User) -> str:
    """What his app shows now."""
    found = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return code_for(decrypt(found.data["secret"]))


def code_for(secret: str) -> str:
    counters = sorted(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counters[len(counters) // 2]))


def not_code_of(user: User) -> str:
    """Six digits that his app does not show, now or a moment from now."""
    return f"{(int(code_of(user)) + 500_000) % 1_000_000:06}"
