"""One access token for all processes: fetched once however many ask, never overwritten by a
latecomer."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from touchstone.common.errors import TemporaryOutsideError
from touchstone.common.messages import say

EARLY_S = 300
LOCK_S = 20
PATIENCE_S = 15.0
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Token:
    """``expires_s``: Unix seconds."""

    value: str
    expires_s: float


class Cache(Protocol):
    """The part of Django's cache that is used; ``add`` is atomic between processes."""

    def get(self, key: str) -> object: ...
    def set(self, key: str, value: object, timeout: float | None = None) -> object: ...
    def add(self, key: str, value: object, timeout: float | None = None) -> bool: ...
    def delete(self, key: str) -> object: ...


class SharedToken:
    """The token of one app.

    Args:
        cache: shared by every process that uses the app.
        name: names the app: corp id and agent id.
        fetch: asks the platform; returns the value and the seconds it lives.
        clock_s: Unix seconds.
        pause: waits a moment while another process fetches.
    """

    def __init__(
        self,
        cache: Cache,
        name: str,
        fetch: Callable[[], tuple[str, float]],
        *,
        clock_s: Callable[[], float],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cache = cache
        self._key = f"wecom-token:{name}"
        self._lock = f"wecom-token-lock:{name}"
        self._fetch = fetch
        self._clock_s = clock_s
        self._pause = pause

    def get(self, *, refused: str = "") -> str:
        """A token that lives for five minutes more.

        Args:
            refused: the token the platform has just refused. Only if it is still the stored one
                is another fetched.

        Raises:
            TemporaryOutsideError: another process holds the lock for too long.
        """
        waited_s = 0.0
        while True:
            token = self._stored()
            if token and token.value != refused:
                return token.value
            owner = secrets.token_hex(8)
            if self._cache.add(self._lock, owner, LOCK_S):
                try:
                    return self._renew(refused, owner)
                finally:
                    if self._cache.get(self._lock) == owner:
                        self._cache.delete(self._lock)
            if waited_s >= PATIENCE_S:
                raise TemporaryOutsideError(say("wecom.token_busy"), retry_after_s=10)
            self._pause(LOOK_S)
            waited_s += LOOK_S

    def _stored(self) -> Token | None:
        found = self._cache.get(self._key)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return None
        token = Token(str(found[0]), float(found[1]))
        return token if token.expires_s - EARLY_S > self._clock_s() else None

    def _renew(self, refused: str, owner: str) -> str:
        token = self._stored()
        if token and token.value != refused:
            return token.value
        value, lives_s = self._fetch()
        # Who lost the lock meanwhile keeps the token to itself: a newer one may be stored.
        if self._cache.get(self._lock) == owner:
            expires_s = self._clock_s() + lives_s
            self._cache.set(self._key, (value, expires_s), lives_s)
        return value
