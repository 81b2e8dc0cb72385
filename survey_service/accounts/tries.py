"""Whose tries at a password or a code are counted together, and who is never slowed by strangers.

A stranger's try counts twice: against the name at that address, and against the address under whatever name, so that
one machine cannot try a common password on every name. A whole office behind one address stays below the second: its
right passwords are given back, and it begins anew every ten minutes. A browser that has signed in as the name before
is counted by itself and stands in a line of its own, so that nobody else's guessing keeps a clerk out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import throttle
from survey_service.accounts.throttle import Limit
from survey_service.database import ReadingSessions, WritingSessions
from survey_service.services import Services
from survey_service.web.addresses import client_address, place_of

KNOWN_BROWSER_SECONDS = 365 * 86_400
PEOPLE_AT_ONE_MACHINE = 6  # whom one browser is known to: clerks share machines
FREE_AT_A_PLACE = 40  # wrong ones of a whole office in ten minutes
LONGEST_WAIT_AT_A_PLACE = timedelta(seconds=10)
_SPAN = 600  # seconds


@dataclass(frozen=True, slots=True)
class Tries:
    """The counts that one try at ``user``'s password or code goes to."""

    known: bool  # this browser has signed in as this person before
    limits: tuple[Limit, ...]

    def refuse_early(self, reading: ReadingSessions, at: datetime) -> None:
        """TooManyAttempts while it has to wait, before anything is counted, written or worked on."""
        throttle.refuse_early(reading, self.limits, at)

    def take_turn(self, writing: WritingSessions, at: datetime) -> None:
        throttle.take_turns(writing, self.limits, at)

    def succeeded(self, session: Session) -> None:
        """Forgets what was counted for the name, and gives the place its try back."""
        for limit in sorted(self.limits, key=lambda limit: limit.key):  # locked in the order of ``take_turns``
            if limit is self.limits[0]:
                throttle.succeeded(session, limit.key)
            else:
                throttle.give_back(session, limit.key)


def of_password(request: Request, running: Services, user: str, at: datetime) -> Tries:
    if _is_known(request, running, user):
        return Tries(True, (Limit(throttle.key_of(running.keys, "password", user, "known browser")),))
    place = place_of(client_address(request.scope, running.settings))
    span = str(int(at.timestamp()) // _SPAN)
    shared = Limit(
        throttle.key_of(running.keys, "password of anybody", place, span), FREE_AT_A_PLACE, LONGEST_WAIT_AT_A_PLACE
    )
    return Tries(False, (Limit(throttle.key_of(running.keys, "password", user, place)), shared))


def of_code(request: Request, running: Services, account: str, user: str) -> Tries:
    """Counted per account, wherever it is tried: who comes here has the password. The owner's own browser apart."""
    known = _is_known(request, running, user)
    parts = (account, "known browser") if known else (account,)
    return Tries(known, (Limit(throttle.key_of(running.keys, "code", *parts)),))


# ------------------------------------------------------------------ the browser that is known


def know_browser(request: Request, response: Response, running: Services, user: str) -> None:
    """Remembers in this browser that it signed in as ``user``; the longest ago gives way."""
    mine = _known_value(running, user)
    values = [mine, *(one for one in _values(request, running) if one != mine)][:PEOPLE_AT_ONE_MACHINE]
    response.set_cookie(
        _known_cookie(running),
        ".".join(values),
        max_age=KNOWN_BROWSER_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=running.settings.secure,
    )


def _is_known(request: Request, running: Services, user: str) -> bool:
    mine = _known_value(running, user).encode()
    return any(hmac.compare_digest(one.encode(), mine) for one in _values(request, running))


def _values(request: Request, running: Services) -> list[str]:
    sent = request.cookies.get(_known_cookie(running), "")
    return [one for one in sent.split(".") if one][:PEOPLE_AT_ONE_MACHINE]


def _known_cookie(running: Services) -> str:
    return "__Host-known" if running.settings.secure else "known"


def _known_value(running: Services, user: str) -> str:
    return running.keys.keyed_hash("known-browser", user)
