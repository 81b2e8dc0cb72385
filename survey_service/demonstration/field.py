"""The field of a demonstration wave: who is drawn, who answers, how and when, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from survey_service.demonstration.answers import PLACE, Answering, favourable
from survey_service.demonstration.city import PAPER_SHARE
from survey_service.demonstration.population import Residents, listing, next_birthday
from survey_service.models import Disposition, Mode
from survey_service.sampling.service import Drawn, draw_in_every_grid, draw_in_some_grids

# By AGE_GROUPS: those under 18 are never asked.
PROPENSITY: Final = np.array([0.0, 0.60, 0.61, 0.64, 0.68, 0.63])
FAILED_BY_PAPER: Final = (Disposition.NONCONTACT, Disposition.REFUSAL, Disposition.OTHER, Disposition.UNKNOWN)
FAILED_SHARES: Final = (0.42, 0.36, 0.10, 0.12)
EMPTY_SHARES: Final = (0.85, 0.15)  # of empty flats: recognised as such, left unknown
FIRST_HOUR, HOURS = 8, 13  # answers come in from 8 to 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One answered questionnaire. ``mode`` is how it was answered; ``case`` its place in the draw, None: open."""

    case: int | None
    mode: Mode
    at: datetime
    answers: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """What one wave brought in from one community."""

    drawn: Sequence[Drawn]
    sheets: Sequence[Sheet]
    outcomes: dict[int, Disposition]  # place in the draw -> outcome of a case without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much of a wave has been done. ``shift`` turns the draws that decide who answers, wave by wave."""

    starts: datetime
    ends: datetime
    visited: float  # share of the cases that have been asked so far
    shift: float
    open_answers: int
    scale: float = 1.0  # of the sample; tests ask fewer


def draw(residents: Residents, effort: Effort, rng: np.random.Generator) -> list[Drawn]:
    """The sample of one community, by the design of its street."""
    plan = residents.plan
    # A community with a story is asked in full in any city, however small.
    scale = effort.scale if plan.completes is None else 1.0
    size = max(round(plan.sampled * scale), 2 * plan.grids if plan.grids_drawn is None else 0)
    lists = listing(residents, rng=rng)
    if plan.grids_drawn is None:
        return draw_in_every_grid(lists, size, paper_share=PAPER_SHARE, rng=rng)
    return draw_in_some_grids(
        residents.code,
        lists,
        grids_drawn=plan.grids_drawn,
        size_per_grid=max(size // plan.grids_drawn, 2),
        paper_share=PAPER_SHARE,
        rng=rng,
    )


def work(residents: Residents, effort: Effort, rng: np.random.Generator) -> Fieldwork:
    """Draw and ask one community."""
    drawn = draw(residents, effort, rng)
    visited = rng.random(len(drawn)) < effort.visited
    asked: dict[int, int] = {}
    outcomes: dict[int, Disposition] = {}
    for place, one in enumerate(drawn):
        if not visited[place]:
            continue
        if one.address.household is None:
            empty = (Disposition.NOT_ELIGIBLE, Disposition.UNKNOWN)
            outcomes[place] = empty[_choose(EMPTY_SHARES, float(rng.random()))]
        else:
            asked[place] = next_birthday(residents, one.address.household, day=effort.starts.timetuple().tm_yday)
    answering = _who_answers(residents, asked, effort)
    for place in asked:
        if place not in answering:
            outcomes[place] = FAILED_BY_PAPER[_choose(FAILED_SHARES, float(rng.random()))]
    speakers = {mode: Answering(residents, mode) for mode in (Mode.PAPER, Mode.WEB_INVITED)}
    sheets = [
        Sheet(
            case=place,
            mode=drawn[place].first_mode,
            at=_moment(effort, rng),
            answers=speakers[drawn[place].first_mode].of(asked[place]),
        )
        for place in sorted(answering)
    ]
    sheets += _open_sheets(residents, effort, speakers[Mode.WEB_INVITED], rng)
    return Fieldwork(drawn=drawn, sheets=sheets, outcomes=outcomes)


def _who_answers(residents: Residents, asked: dict[int, int], effort: Effort) -> set[int]:
    """Places in the draw that give an answer. Where the plan says how many, those most willing give it."""
    people = np.array(list(asked.values()), dtype=np.int64)
    if not len(people):
        return set()
    fate = (residents.fate[people, PLACE["response"]] + effort.shift) % 1
    chance = PROPENSITY[residents.age_group[people]].copy()
    if residents.plan.unaware_never_answer:
        aware = favourable(residents, "awareness", Mode.PAPER) & favourable(residents, "awareness", Mode.WEB_INVITED)
        chance[~aware[people]] = 0.0
    places = list(asked)
    exactly = residents.plan.completes
    if exactly is None or effort.visited < 1:
        return {place for place, drawn, willing in zip(places, fate, chance, strict=True) if drawn < willing}
    reluctance = np.where(chance > 0, fate / np.maximum(chance, 1e-9), np.inf)
    order = [index for index in np.argsort(reluctance, kind="stable") if np.isfinite(reluctance[index])]
    return {places[index] for index in order[:exactly]}


def _open_sheets(residents: Residents, effort: Effort, speaker: Answering, rng: np.random.Generator) -> list[Sheet]:
    """Answers by the poster's code: whoever liked to, the young and the content more than others."""
    adults = np.flatnonzero(residents.adult)
    keen = np.where(residents.age[adults] < 45, 3.0, 1.0) * np.where(
        favourable(residents, "satisfaction", Mode.WEB_OPEN)[adults], 1.5, 1.0
    )
    people = rng.choice(adults, size=effort.open_answers, replace=False, p=keen / keen.sum())
    return [
        Sheet(case=None, mode=Mode.WEB_OPEN, at=_moment(effort, rng), answers=speaker.of(int(person)))
        for person in people
    ]


def _choose(shares: Sequence[float], fate: float) -> int:
    return min(int(np.searchsorted(np.cumsum(shares), fate, side="right")), len(shares) - 1)


def _moment(effort: Effort, rng: np.random.Generator) -> datetime:
    """Some moment of a field day between eight in the morning and nine in the evening, not after its end."""
    days = max((effort.ends - effort.starts).days, 1)
    day = effort.starts + timedelta(days=int(rng.integers(0, days)))
    at = day + timedelta(hours=FIRST_HOUR, seconds=int(rng.integers(0, HOURS * 3600)))
    return min(at, effort.ends)
