"""What a wave's page says is to be done, and what it offers to whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from survey_service.models import Survey, Wave, WaveState
from survey_service.surveys.schemas import WaveProgress
from survey_service.surveys.wave_offers import Offer, Style, WaveReader, advice, offers

DRAFT, OPEN, CLOSED, REVIEW, RELEASED = WaveState
SURVEY = Survey(key="s")
LAST_DAY = date(2026, 9, 30)
OPENED = datetime(2026, 10, 8, tzinfo=UTC)


def wave(state: WaveState, **more: Any) -> Wave:
    return Wave(key="w", state=state, closes_on=LAST_DAY, questionnaire_version_id=UUID(int=7), **more)


def reader(*steps: str, **more: bool) -> WaveReader:
    allowed = {
        "may_stand": False,
        "may_correct": False,
        "may_change": False,
        "may_review": False,
        "manages": False,
        "reads_contacts": False,
        **more,
    }
    return WaveReader(steps=steps, **allowed)


def progress(completed: int = 0, **not_tied: int) -> WaveProgress:
    return WaveProgress(
        communities=[], by_mode={}, not_tied=not_tied, sampled=9, completed=completed, response_rate=None
    )


@pytest.mark.parametrize(
    ("found", "who", "today", "blocked", "said"),
    [
        (wave(DRAFT), reader(), LAST_DAY, True, "blocked"),
        (wave(DRAFT), reader(), LAST_DAY, False, "ready_to_open"),
        (wave(OPEN), reader(), LAST_DAY, False, "collecting"),
        (wave(OPEN), reader(), date(2026, 10, 1), False, "last_day_over"),
        (wave(CLOSED), reader("review"), LAST_DAY, False, "look_at_checks"),
        (wave(CLOSED), reader("back"), LAST_DAY, False, "statistician_looks_at_checks"),
        (wave(REVIEW), reader(), LAST_DAY, False, "statistician_reviews"),
        (wave(REVIEW), reader(may_review=True), LAST_DAY, False, "open_figures"),
        (wave(REVIEW, figures_opened_at=OPENED), reader(may_review=True), LAST_DAY, False, "sign"),
        (wave(RELEASED), reader(may_review=True), LAST_DAY, False, "nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_one_thing_to_do_next(found: Wave, who: WaveReader, today: date, blocked: bool, said: str) -> None:
    assert advice(found, who, today=today, blocked=blocked) == said


def names(found: list[Offer]) -> list[str]:
    return [way.name for offer in found for way in offer.ways]


@pytest.mark.parametrize(
    ("found", "who", "so_far", "offered"),
    [
        (
            wave(DRAFT),
            reader("open", may_change=True),
            None,
            ["open", "edit", "cases", "invitations", "recordings", "addresses", "preview", "delete"],
        ),
        (wave(DRAFT), reader(manages=True), None, []),
        (
            wave(OPEN),
            reader("close", "back", may_change=True, manages=True),
            progress(),
            [
                "invitations",
                "see_cases",
                "recordings",
                "addresses",
                "close",
                "supervision",
                "field",
                "paper",
                "imports",
                "back",
            ],
        ),
        (
            wave(OPEN),
            reader("back"),
            progress(completed=1),
            ["supervision", "field"],
        ),  # what was given is not taken back
        (wave(OPEN), reader("back"), progress(web_open=1), ["supervision", "field"]),
        (wave(CLOSED), reader("back"), progress(completed=1), ["supervision", "field", "back"]),
        (
            wave(CLOSED),
            reader("review", may_review=True, reads_contacts=True),
            progress(),
            ["checks", "plan", "supervision", "field", "review", "contacts"],
        ),
        (wave(REVIEW), reader("back", may_review=True), progress(), ["checks", "plan", "field", "back"]),
        (
            wave(REVIEW, figures_opened_at=OPENED),
            reader("back", may_review=True),
            progress(),
            ["figures", "plan", "field"],
        ),
        (wave(RELEASED, figures_opened_at=OPENED), reader(may_review=True), progress(), ["figures", "plan", "field"]),
    ],
)
def test_the_ways_that_are_offered(
    found: Wave, who: WaveReader, so_far: WaveProgress | None, offered: list[str]
) -> None:
    assert names(offers(SURVEY, found, who, today=LAST_DAY, blocked=False, progress=so_far)) == offered


def test_a_wave_that_is_blocked_is_not_opened_and_closing_early_is_not_put_forward() -> None:
    assert offers(SURVEY, wave(DRAFT), reader("open"), today=LAST_DAY, blocked=True, progress=None) == []
    early, *_rest = offers(SURVEY, wave(OPEN), reader("close"), today=LAST_DAY, blocked=False, progress=progress())
    due, *_rest = offers(
        SURVEY, wave(OPEN), reader("close"), today=date(2026, 10, 1), blocked=False, progress=progress()
    )
    assert (early.style, due.style) == (Style.EARLY, Style.FIRST)
    assert due.ways[0].address == "/surveys/s/waves/w/steps/close"
