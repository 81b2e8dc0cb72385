"""What residents' doors hold for as long as the server runs: made once, at its start."""

from __future__ import annotations

from dataclasses import dataclass

from survey_service.collection.answer_intake import AnswerIntake
from survey_service.collection.limiter import RateLimiter
from survey_service.collection.opened_by_code import RememberedCodes
from survey_service.settings import Settings
from survey_service.writer import GroupWriter

WRONG_CODES = 30  # receipts from one place in ten minutes: typing slips of a whole community
WRONG_SECONDS = 600
FILES = 300  # from one place in ten minutes: those of a meeting in one hall
FILES_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    intake: AnswerIntake
    remembered: RememberedCodes
    by_open_code: RateLimiter | None  # answers that one address hands in by one open code; None: any number
    wrong_receipts: RateLimiter
    wrong_sheets: RateLimiter  # codes of no sheet, from one place
    wrong_links: RateLimiter  # addresses of no link to a sheet, from one place
    files: RateLimiter  # that one address sends


def reception(settings: Settings, writer: GroupWriter) -> Reception:
    most = settings.answers_per_minute
    return Reception(
        intake=AnswerIntake(writer),
        remembered=RememberedCodes(),
        by_open_code=RateLimiter(most, 60) if most else None,
        wrong_receipts=RateLimiter(WRONG_CODES, WRONG_SECONDS),
        wrong_sheets=RateLimiter(WRONG_CODES, WRONG_SECONDS),
        wrong_links=RateLimiter(WRONG_CODES, WRONG_SECONDS),
        files=RateLimiter(FILES, FILES_SECONDS),
    )
