"""How long a sign-in lasts: so long after the last thing somebody did, and never longer than a day's work.

The numbers are ours (docs/operations.md): thirty minutes, fifteen in the registers, ten hours in all. The
database holds the end of a session, so a stolen cookie dies with it.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from outreach.kernel import clock

#: In a session: when he signed in, when he last did something himself, and whether that was in the registers.
BEGAN, LAST, IN_REGISTERS = "ingelogd", "laatst", "beheer"
#: In a session: the key of the user who showed a code of his app too. Without it nothing opens.
SECOND_STEP = "tweede_stap"
#: Who signed in so many seconds ago need not say his password again to set up his app.
_JUST_NOW = 300


class SessionStore(db.SessionStore):
    """Django's own, whose end depends on where somebody is and on when he signed in."""

    def get_session_cookie_age(self) -> int:
        """Seconds until this session ends when nothing more happens."""
        return self.lasts(registers=self.get(IN_REGISTERS, False))

    def lasts(self, *, registers: bool) -> int:
        """Seconds that a sign-in lasts after something was done, within the registers or outside."""
        idle = settings.REGISTERS_IDLE_SECONDS if registers else settings.SESSION_COOKIE_AGE
        began = self.get(BEGAN)
        if began is None:
            return idle
        return max(0, min(idle, began + settings.SIGN_IN_SECONDS - _now()))


def signed_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """From now the day's work counts. Heard at each sign-in, by whatever way."""
    request.session[BEGAN] = request.session[LAST] = _now()


def acted(request: HttpRequest) -> None:
    """Somebody who is signed in did something himself, here."""
    if SESSION_KEY in request.session:
        request.session[LAST] = _now()
        request.session[IN_REGISTERS] = _in_registers(request)


def lasts_here(request: HttpRequest) -> int:
    """Seconds that a sign-in lasts after the page that is being made now; its end is only saved behind it."""
    return request.session.lasts(registers=_in_registers(request))


def took_second_step(request: HttpRequest) -> bool:
    """Whether the user of this session showed that he has what only he has."""
    return request.session.get(SECOND_STEP) == str(request.user.pk)


def signed_in_just_now(request: HttpRequest) -> bool:
    return _now() - request.session.get(BEGAN, 0) < _JUST_NOW


def end_all_of(user_id: int) -> None:
    """End each sign-in of a user, wherever it is."""
    rows = SessionStore.get_model_class().objects
    alive = rows.filter(expire_date__gt=clock.now())
    his = [one.pk for one in alive.iterator() if one.get_decoded().get(SESSION_KEY) == str(user_id)]
    rows.filter(pk__in=his).delete()


def end_when_idle(request: HttpRequest) -> None:
    """Sign out who comes into the registers after doing nothing for longer than is allowed there."""
    if _in_registers(request) and SESSION_KEY in request.session:
        idle = _now() - request.session.get(LAST, 0)
        if idle >= settings.REGISTERS_IDLE_SECONDS:
            request.session.flush()


def _in_registers(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.REGISTERS_PATH)


def _now() -> int:
    return int(clock.now().timestamp())
