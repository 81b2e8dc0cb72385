"""What every synthetic resident would answer, in either mode: the questionnaire ``civilized_city`` filled in.

Each answer is decided by the person's own fixed draw and a level that moves with community, age and mode. So the true
rate of a community is the mean over its adults of both modes' answers, weighted as the cases are assigned to modes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from survey_service.demonstration.city import PAPER_SHARE, Levels
from survey_service.demonstration.population import Residents
from survey_service.demonstration.wishes import WISHES
from survey_service.models import Mode

HEADLINES: Final = ("awareness", "support", "participation", "satisfaction")

# Satisfied or fairly satisfied among those with an opinion, before the community moves it.
ASPECTS: Final[Mapping[str, float]] = {
    "q6.lanes": 0.80,
    "q6.waste": 0.79,
    "q6.stairways": 0.83,
    "q6.markets": 0.81,
    "q7.parking": 0.64,
    "q7.ebikes": 0.71,
    "q7.dogs": 0.67,
    "q7.safety": 0.94,
    "q8.roads": 0.85,
    "q8.sports": 0.86,
    "q8.bus_stops": 0.88,
    "q8.windows": 0.90,
}
ASPECT_UNKNOWN: Final[Mapping[str, float]] = {"q8.windows": 0.09, "q8.bus_stops": 0.06, "q6.markets": 0.05}

TOPICS: Final = (*HEADLINES, *ASPECTS, "detail", "source", "activity", "registration", "words", "silence", "response")
PLACE: Final = {topic: place for place, topic in enumerate(TOPICS)}

# By AGE_GROUPS from 18-29 on, in log-odds: the young know less and take part less, the old are content.
AGE_SHIFT: Final[Mapping[str, tuple[float, ...]]] = {
    "awareness": (-0.45, -0.10, 0.15, 0.20, -0.05),
    "support": (-0.20, -0.05, 0.05, 0.15, 0.15),
    "participation": (-0.35, -0.15, 0.05, 0.50, -0.30),
    "satisfaction": (-0.30, -0.15, 0.00, 0.30, 0.40),
    "aspect": (-0.20, -0.10, 0.00, 0.20, 0.25),
}
# On the web people admit more: nobody from the committee will read the sheet.
WEB_SHIFT: Final[Mapping[str, float]] = {
    "awareness": -0.10,
    "support": -0.15,
    "participation": -0.10,
    "satisfaction": -0.45,
    "aspect": -0.20,
}

SOURCES: Final = ("1", "2", "3", "4")
ACTIVITIES: Final = ("1", "2", "3", "4", "5")


def share(residents: Residents, topic: str, mode: Mode) -> NDArray[np.float64]:
    """Expected probability of a favourable answer, per person: community level moved by age and mode."""
    kind = topic if topic in HEADLINES else "aspect"
    level = _level(residents.plan.levels, topic)
    ages = np.array((0.0, *AGE_SHIFT[kind]))[residents.age_group]
    moved = np.log(level / (1 - level)) + ages + (WEB_SHIFT[kind] if mode is not Mode.PAPER else 0.0)
    return np.asarray(1 / (1 + np.exp(-moved)))


def favourable(residents: Residents, topic: str, mode: Mode) -> NDArray[np.bool_]:
    """Whether each person answers favourably in that mode; decided by his own draw, the same in every survey."""
    return np.asarray(residents.fate[:, PLACE[topic]] < share(residents, topic, mode))


def truth(residents: Residents, topic: str) -> float:
    """The true rate among the adults of a community, over both modes as cases are assigned to them."""
    adults = residents.adult
    on_paper = float(favourable(residents, topic, Mode.PAPER)[adults].mean())
    on_web = float(favourable(residents, topic, Mode.WEB_INVITED)[adults].mean())
    return PAPER_SHARE * on_paper + (1 - PAPER_SHARE) * on_web


class Answering:
    """The answers of one community's residents in one mode, worked out once."""

    def __init__(self, residents: Residents, mode: Mode) -> None:
        self._residents = residents
        self._yes = {topic: favourable(residents, topic, mode) for topic in (*HEADLINES, *ASPECTS)}
        self._on_paper = mode is Mode.PAPER

    def of(self, person: int) -> dict[str, object]:
        """Raw answers of one person, as a form posts them."""
        fate = {topic: float(self._residents.fate[person, place]) for topic, place in PLACE.items()}
        yes = {topic: bool(values[person]) for topic, values in self._yes.items()}
        given: dict[str, object] = {
            "q1": "1" if yes["awareness"] else _pick(("2", "3"), fate["detail"]),
            "q3": _pick(("1", "1", "2"), fate["detail"]) if yes["support"] else _pick(("3", "9", "4"), fate["detail"]),
            "q4": self._activities(yes["participation"], fate["activity"]),
            "q5": _pick(("1", "2", "1"), fate["source"])
            if yes["satisfaction"]
            else _pick(("3", "3", "4", "9"), fate["source"]),
        }
        if given["q1"] != "3":
            given["q2"] = _several(SOURCES, fate["source"])
        for aspect in ASPECTS:
            given[aspect] = self._aspect(aspect, yes[aspect], fate)
        given |= self._about(person, fate)
        return {name: value for name, value in given.items() if value is not None}

    def _activities(self, took_part: bool, fate: float) -> list[str]:
        if not took_part:
            return ["9"] if fate < 0.06 else ["8"]
        return _several(ACTIVITIES, fate)

    def _aspect(self, aspect: str, yes: bool, fate: Mapping[str, float]) -> str | None:
        # A second, independent digit of the same draw decides between the two codes of one side.
        digit = fate[aspect] * 1000 % 1
        if digit < ASPECT_UNKNOWN.get(aspect, 0.025):
            return "9"
        if self._on_paper and digit > 0.99:
            return None  # the row was overlooked
        return ("1" if digit < 0.45 else "2") if yes else ("4" if digit < 0.25 else "3")

    def _about(self, person: int, fate: Mapping[str, float]) -> dict[str, object]:
        residents = self._residents
        about: dict[str, object] = {
            "q9": "1" if residents.sex[person] == 0 else "2",
            "q10": None if fate["silence"] < 0.02 else str(int(residents.age[person])),
            "q11": _pick(("1", "1", "1", "2", "3"), fate["registration"]),
        }
        if fate["words"] < 0.12:
            about["q12"] = WISHES[min(int(fate["words"] / 0.12 * len(WISHES)), len(WISHES) - 1)].words
        return about


def _level(levels: Levels, topic: str) -> float:
    if topic in HEADLINES:
        return float(getattr(levels, topic))
    return min(max(ASPECTS[topic] + levels.items, 0.05), 0.985)


def _pick(codes: tuple[str, ...], fate: float) -> str:
    return codes[min(int(fate * len(codes)), len(codes) - 1)]


def _several(codes: tuple[str, ...], fate: float) -> list[str]:
    """One to three of the codes, decided by the digits of one draw."""
    first = int(fate * len(codes))
    chosen = {codes[first]}
    if fate * 100 % 1 < 0.5:
        chosen.add(codes[(first + 1) % len(codes)])
    if fate * 10_000 % 1 < 0.2:
        chosen.add(codes[(first + 2) % len(codes)])
    return sorted(chosen)
