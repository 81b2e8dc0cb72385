"""Wrong receipt codes are slowed by place; a right one always passes, whoever else tries from the same address.

A code has 80 random bits: nobody finds one by trying, at whatever speed. What is slowed is the trying itself, so that a
machine that tries hears nothing more; behind one address of a mobile network live thousands of residents.
"""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request

from survey_service.collection.errors import TooManyLookups, UnknownReceipt
from survey_service.collection.reception import Reception
from survey_service.services import Services
from survey_service.web.addresses import client_address, place_of


def told(request: Request, running: Services, now: datetime, error: UnknownReceipt) -> UnknownReceipt | TooManyLookups:
    """What is said of a code that was looked for and not found: that, or how long to wait. In the event loop only."""
    wrong = running.of(Reception).wrong_receipts
    place = place_of(client_address(request.scope, running.settings))
    if wait := wrong.wait(place, now.timestamp()):
        return TooManyLookups(seconds=wait)
    wrong.count(place, now.timestamp())
    return error
