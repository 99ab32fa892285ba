"""How often a client may call: a count per minute in Redis, so that two processes count together.

Redis may be lost at any moment (docs/operations.md); then nobody is refused for it.
"""

import ipaddress
import logging
import time
from collections.abc import Mapping

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from letters.api.authentication import Caller

log = logging.getLogger("letters.api")
WINDOW = 60


def count(key: str) -> tuple[int, int]:
    """One more call under this key: how many in this window, and the seconds until the next one."""
    now = time.time()
    left = WINDOW - int(now % WINDOW)
    name = f"drukwerk:{key}:{int(now // WINDOW)}"
    try:
        cache.add(name, 0, timeout=2 * WINDOW)
        return cache.incr(name), left
    except (RedisError, ValueError):
        log.warning("De teller van aanroepen is niet bereikbaar; deze aanroep telt niet mee.")
        return 0, left


def address(request: HttpRequest) -> str:
    """From where a caller comes: what the outermost of our own proxies saw.

    Each of settings.TRUSTED_PROXIES puts the address it was called from at the end of X-Forwarded-For. What
    stands before that anybody can make up. Without such a header it is the address of the connection.
    """
    connected = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXIES
    told = request.headers.get("X-Forwarded-For", "").split(",")
    if hops < 1 or len(told) < hops:
        return connected
    try:
        return str(ipaddress.ip_address(told[-hops].strip()))
    except ValueError:
        return connected


class ClientThrottle(BaseThrottle):
    """Every answer to a client says how much it has left."""

    def allow_request(self, request: Request, view: object) -> bool:
        if not isinstance(request.user, Caller):
            return True
        most = settings.API_CALLS_PER_MINUTE
        used, self.left = count(request.user.client_id)
        request._request.rate_headers = rate_headers(most, used, self.left)
        return used <= most

    def wait(self) -> float:
        return float(self.left)


def rate_headers(most: int, used: int, left: int) -> Mapping[str, str]:
    """Source: IETF draft RateLimit header fields, version 3, which the API Design Rules point at."""
    return {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(max(most - used, 0)),
        "RateLimit-Reset": str(left),
    }
