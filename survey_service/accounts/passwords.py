"""Passwords: Argon2id, at most two at a time, and the same work for a name that does not exist.

One hash takes about 165 ms of a core and 64 MB. Without a bound, a few hundred sign-ins at once would take every
thread and all memory, and residents would wait behind them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from survey_service.errors import TooManyAttempts

AT_ONCE = 2
WAITING = 12  # sign-ins that may stand in line; the next one is asked to come back

hasher = PasswordHash((Argon2Hasher(),))
_working = threading.BoundedSemaphore(AT_ONCE)
_strangers_working = threading.BoundedSemaphore(AT_ONCE - 1)  # one turn is always near for a browser that is known
_in_line = threading.BoundedSemaphore(AT_ONCE + WAITING)
_known_in_line = threading.BoundedSemaphore(AT_ONCE + WAITING)


@contextmanager
def _turn(*, known: bool) -> Iterator[None]:
    """``known``: in the line of browsers that have signed in before, which no flood of strangers fills."""
    line = _known_in_line if known else _in_line
    if not line.acquire(blocking=False):
        raise TooManyAttempts(seconds=5)
    try:
        with nullcontext() if known else _strangers_working, _working:
            yield
    finally:
        line.release()


def hash_password(password: str) -> str:
    with _turn(known=True):  # only who is signed in already gives a new password, or the one-time secret's owner
        return hasher.hash(password)


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than those of today."""
    return hasher.current_hasher.check_needs_rehash(password_hash)


@cache
def nobody() -> str:
    """The hash that an unknown name is checked against, so that its answer takes as long."""
    return hasher.hash("nobody has this password")


def verify_password(
    password: str, password_hash: str | None, first: Callable[[], None] = lambda: None, *, known: bool = False
) -> bool:
    """Whether the password fits; for ``None``, an unknown name, the same work and False. ``first`` runs before."""
    with _turn(known=known):
        first()
        stranger = nobody()  # made by whoever comes first, so that the first unknown name does not take twice as long
        fits = hasher.verify(password, password_hash or stranger)
    return fits and password_hash is not None
