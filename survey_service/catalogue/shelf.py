"""The questionnaires that come with the service, as somebody reads about them before choosing one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final

from questionnaires.loader import available
from questionnaires.model import Questionnaire, StandsFor
from questionnaires.programmes import AUDIENCES, PROGRAMMES
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.catalogue.readme import Block, Heading, Words, read
from survey_service.errors import NotFound
from survey_service.surveys import shipped

README: Final = "README.md"
_WHO: Final = ("谁能答", "问谁", "who")
_MEASURES: Final = ("测什么", "what it measures")
MOST_MEASURES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One questionnaire of the catalogue."""

    key: str
    questionnaire: Questionnaire
    source: str  # its definition file
    readme: Mapping[str, tuple[Block, ...]]  # by language; empty where it has none

    @property
    def name(self) -> Text:
        """What managers call it: its title is for whoever answers, and gives nothing away."""
        return next((one.name for one in PROGRAMMES if one.key == self.key), self.title)

    @property
    def title(self) -> Text:
        return Text(
            self.questionnaire.title.zh.replace("\u200b", ""), self.questionnaire.title.en.replace("\u200b", "")
        )

    @property
    def questions(self) -> int:
        return sum(bool(one.variables()) for one in with_samples(self.questionnaire).questions())

    @property
    def measures(self) -> Text:
        """What its README says that it measures; else the names of the figures on page one of a report."""
        if told := self._told(_MEASURES):
            return told
        every = self.questionnaire.indicators
        named = [one.name for one in [*(one for one in every if one.headline)] or every][:MOST_MEASURES]
        return Text("、".join(one.zh for one in named), ", ".join(one.in_language("en") for one in named))

    @property
    def who(self) -> Text:
        """Whom it may be asked: as its README says, else by the age that it asks for."""
        if told := self._told(_WHO):
            return told
        ages = (one.minimum for one in self.questionnaire.questions() if one.stands_for is StandsFor.AGE)
        least = next(ages, None)
        if isinstance(least, float | int):
            return Text(f"{least:.0f} 岁及以上的居民", f"residents aged {least:.0f} and over")
        return Text("没有写明，由调查自己定", "not stated; the survey says")

    def _told(self, names: tuple[str, ...]) -> Text | None:
        zh, en = (_said(self.readme[language], names) for language in ("zh", "en"))
        return Text(zh or en, en or zh) if zh or en else None


def _said(blocks: tuple[Block, ...], names: tuple[str, ...]) -> str:
    """The words behind a bold name at the beginning of a paragraph: **谁能答、谁来问**：……"""
    for block in blocks:
        first = block.runs[0] if isinstance(block, Words) else None
        if isinstance(block, Words) and first and first.style == "strong" and first.text.lower().startswith(names):
            return block.plain.removeprefix(first.text).lstrip("：: ")
    return ""


def programmes() -> Mapping[str, Programme]:
    """By key, in the order of the folder. A test holds that every file is in order."""
    found = (_programme(key) for key in available())
    return MappingProxyType({one.key: one for one in found if one is not None})


def programme(key: str) -> Programme:
    """NotFound where none of that key comes with the service."""
    found = _programme(key)
    if found is None:
        raise NotFound
    return found


@cache
def _programme(key: str) -> Programme | None:
    questionnaire = shipped.questionnaire(key)
    if questionnaire is None:
        return None
    path = available()[key]
    return Programme(
        key=key,
        questionnaire=questionnaire,
        source=path.read_text(encoding="utf-8"),
        readme=_readme(path.with_name(README)),
    )


def _readme(path: Path) -> Mapping[str, tuple[Block, ...]]:
    """The README by language: its English begins with a heading in English; without one both read the same."""
    if not path.is_file():
        return {"zh": (), "en": ()}
    blocks = read(path.read_text(encoding="utf-8"))
    english = (at for at, one in enumerate(blocks) if at and isinstance(one, Heading) and one.words.isascii())
    parts = next(english, None)
    return {"zh": blocks[:parts], "en": blocks if parts is None else blocks[parts:]}


@dataclass(frozen=True, slots=True)
class Group:
    """Programmes that the same people answer."""

    name: Text
    programmes: tuple[Programme, ...]


@cache
def groups() -> tuple[Group, ...]:
    """The catalogue in the order in which it is offered; what the order does not know comes last."""
    every = dict(programmes())
    ordered = [(one.audience, every.pop(one.key)) for one in PROGRAMMES if one.key in every]
    found = [
        Group(AUDIENCES[audience], tuple(one for _, one in those))
        for audience, those in groupby(ordered, key=lambda one: one[0])
    ]
    if every:
        found.append(Group(Text("其他", "Others"), tuple(every.values())))
    return tuple(found)
