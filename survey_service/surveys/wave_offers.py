"""What the page of a wave says is to be done next, and which ways it offers to whoever reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from survey_service.models import Survey, Wave, WaveState
from survey_service.surveys.opening import Blocker
from survey_service.surveys.schemas import WaveProgress


class Advice(StrEnum):
    """The one thing to do next, or whom to wait for."""

    BLOCKED = "blocked"
    READY_TO_OPEN = "ready_to_open"
    COLLECTING = "collecting"
    LAST_DAY_OVER = "last_day_over"
    LOOK_AT_CHECKS = "look_at_checks"
    STATISTICIAN_LOOKS_AT_CHECKS = "statistician_looks_at_checks"
    STATISTICIAN_REVIEWS = "statistician_reviews"
    OPEN_FIGURES = "open_figures"
    SIGN = "sign"
    NOTHING = "nothing"


class Style(StrEnum):
    """How much a way is put forward; a link in small letters may stand beside others."""

    FIRST = "first"
    SECOND = "second"
    EARLY = "early"  # possible, and not yet the day for it
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Offer:
    style: Style
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveReader:
    """Who reads the page: what they may do with this wave."""

    may_change: bool  # as a manager of the survey
    may_review: bool  # as a statistician of the survey
    manages: bool  # a manager of anything
    reads_contacts: bool
    may_export: bool = False  # take the data of the whole survey away
    reads_remarks: bool = False  # what residents of their areas wrote, where the questionnaire asks for it
    has_files: bool = False  # pictures and files among the answers
    may_stand: bool = False  # take a step of a release of the whole survey
    may_correct: bool = False  # what was released before
    steps: Collection[str]  # of the wave's life, that they can take now


def wave_address(survey: Survey, wave: Wave) -> str:
    return f"/surveys/{survey.key}/waves/{wave.key}"


def blocker_address(survey: Survey, wave: Wave, blocker: Blocker) -> str:
    """Where a thing is done before the wave may open."""
    if blocker.address.startswith("../"):
        return f"/surveys/{survey.key}{blocker.address[2:]}"
    return wave_address(survey, wave) + blocker.address


def advice(wave: Wave, reader: WaveReader, *, today: date, blocked: bool) -> Advice:
    match wave.state:
        case WaveState.DRAFT:
            return Advice.BLOCKED if blocked else Advice.READY_TO_OPEN
        case WaveState.OPEN:
            return Advice.LAST_DAY_OVER if today > wave.closes_on else Advice.COLLECTING
        case WaveState.CLOSED:
            return Advice.LOOK_AT_CHECKS if "review" in reader.steps else Advice.STATISTICIAN_LOOKS_AT_CHECKS
        case WaveState.UNDER_REVIEW:
            if not reader.may_review:
                return Advice.STATISTICIAN_REVIEWS
            return Advice.SIGN if wave.figures_opened_at else Advice.OPEN_FIGURES
        case WaveState.RELEASED:
            return Advice.NOTHING


def offers(
    survey: Survey, wave: Wave, reader: WaveReader, *, today: date, blocked: bool, progress: WaveProgress | None
) -> list[Offer]:
    """Everything the person may do with the wave now, in the order of the page."""
    here = wave_address(survey, wave)
    state = wave.state
    collecting_or_closed = state in (WaveState.OPEN, WaveState.CLOSED)
    found: list[Offer] = []

    def offer(style: Style, *ways: tuple[str, str]) -> None:
        found.append(Offer(style, tuple(Way(name, here + below) for name, below in ways)))

    if "open" in reader.steps and not blocked:
        offer(Style.FIRST, ("open", "/steps/open"))
    if state is WaveState.DRAFT and reader.may_change:
        offer(Style.SECOND, ("edit", "/edit"))
        offer(Style.SECOND, ("cases", "/cases"))
        offer(Style.SECOND, ("invitations", "/invitations"))
        preview = f"/surveys/{survey.key}/questionnaires/{wave.questionnaire_version_id}?wave={wave.key}"
        offer(Style.LINK, ("recordings", "/recordings"), ("addresses", "/addresses"))
        found.append(Offer(Style.LINK, (Way("preview", preview), Way("delete", f"{here}/delete"))))
    if state is WaveState.OPEN and reader.may_change:
        offer(Style.LINK, ("invitations", "/invitations"), ("see_cases", "/cases"), ("recordings", "/recordings"))
    if state is not WaveState.DRAFT and reader.may_change and progress is not None and progress.sampled:
        offer(Style.LINK, ("addresses", "/addresses"))
    if "close" in reader.steps:
        offer(Style.EARLY if today <= wave.closes_on else Style.FIRST, ("close", "/steps/close"))
    if reader.may_review and state in (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED):
        offer(Style.SECOND, ("figures" if wave.figures_opened_at else "checks", "/estimates"))
        offer(Style.LINK, ("plan", "/plan"))
    if reader.reads_remarks and state in (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED):
        offer(Style.LINK, ("remarks", "/remarks"))
    if reader.may_export and state in (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED):
        offer(Style.LINK, ("export", "/exports"))
    if reader.may_export and reader.has_files:
        offer(Style.LINK, ("files", "/files"))
    if reader.may_stand and state is WaveState.UNDER_REVIEW and wave.figures_opened_at:
        offer(Style.FIRST, ("sign", "/release"))
    if reader.may_correct and state in (WaveState.UNDER_REVIEW, WaveState.RELEASED):
        offer(Style.LINK, ("correct" if state is WaveState.RELEASED else "drop_correction", "/correct"))
    if state is not WaveState.DRAFT and progress is not None and progress.sampled:
        if collecting_or_closed:
            offer(Style.SECOND, ("supervision", "/field/supervision"))
        offer(Style.SECOND if collecting_or_closed else Style.LINK, ("field", "/field"))
    if reader.manages and collecting_or_closed:
        offer(Style.SECOND, ("paper", "/paper"))
    if "review" in reader.steps:
        offer(Style.FIRST, ("review", "/steps/review"))
    if reader.manages and collecting_or_closed:
        offer(Style.LINK, ("imports", "/imports"))
    if reader.reads_contacts:
        offer(Style.LINK, ("contacts", "/contacts"))
    received = progress is not None and bool(progress.completed or progress.not_tied)
    if "back" in reader.steps and not wave.figures_opened_at and not (state is WaveState.OPEN and received):
        offer(Style.LINK, ("back", "/steps/back"))
    return found
