"""Drawing a sample from a list: the list is judged, drawn from, and what was looked at is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.accounts.permissions import Person
from survey_service.errors import BadInput
from survey_service.models import ListedUnit, Mode, SelectionWithin, Survey, Wave
from survey_service.sampling.drawing import Drawing, DrawnHousehold, SmallGrids, draw
from survey_service.sampling.households import Households
from survey_service.sampling.sizes import sizes_of
from survey_service.sampling.stored_draws import store_drawn
from survey_service.sampling.unit_words import UNITS, UnitWords
from survey_service.sealed.doors import Door, keep_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.surveys import drafts, draw_look, household_doors, household_list
from survey_service.surveys import queries as surveys
from survey_service.surveys.case_upload import NO_MODES, refuse_unless_empty
from survey_service.surveys.draw_form import Asked
from survey_service.surveys.opening import CASE_MODES
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload
from survey_service.uploads.records import Record, Records

RESERVE_SHARE: Final = 0.25  # of the main sample, each replicate
_NOTHING: Final = 1e-9  # percents that come to all leave no share, and tenths are no exact numbers
_NAMED: Final = 5  # grids that are too small, in a message


@dataclass(frozen=True, slots=True)
class ToDraw:
    """What is stored when the look is confirmed. Its ``repr`` names everything that it hangs on."""

    drawn: tuple[DrawnHousehold, ...]
    unit: ListedUnit
    within: SelectionWithin
    doors: tuple[str, ...] = ()  # of ``drawn``; none where the list has none


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who draws, for which wave, when; and what seals the doors."""

    survey: Survey
    wave: Wave
    person: Person
    now: datetime
    seals: WaveKeys


class DrawUpload(ListUpload[ToDraw]):
    """The list, drawn at once: what is looked at is the very sample that is stored."""

    judged_again = False

    def __init__(self, by: By, asked: Asked) -> None:
        self.survey, self.wave, self.person, self.now, self.asked = by.survey, by.wave, by.person, by.now, asked
        self.seals = by.seals
        self.columns = (*household_list.COLUMNS, *household_doors.chosen(asked.door_column))

    def judge(self, session: Session, rows: Records) -> Looked[ToDraw]:
        """With what became of every column, and which of them has the doors."""
        looked = super().judge(session, rows)
        read = household_doors.ReadAs(rows.rows[0].heads, rows.unread)
        return replace(looked, pictures=[*looked.pictures, read.picture()], choices=[read.select()])

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[ToDraw]:
        refuse_unless_empty(session, self.wave)
        modes = self._modes()
        areas = surveys.all_communities(session, self.survey, self.wave)
        households, problems = household_list.judge_households(rows, household_list.by_code_and_name(areas))
        if households is None:
            return Looked(problems=problems)
        drawn = self._drawn(households, {area.id: area.code for area in areas}, modes)
        streets = surveys.streets_of(session, areas)
        of_list = households.doors
        doors = tuple(of_list[one.place] for one in drawn) if of_list is not None else ()
        stored = ToDraw(tuple(drawn), self.asked.unit, self.asked.within, doors)
        return _with_doors(draw_look.looked_at(stored, households, areas, streets, self.asked), stored, households)

    def store(self, session: Session, looked: Looked[ToDraw], name: str) -> None:
        assert looked.stored is not None
        held = drafts.draft(session, self.wave.survey_id, self.wave.id)
        refuse_unless_empty(session, held)
        areas = surveys.all_communities(session, self.survey, held)
        prefixes = {area.id: area.code[6:] for area in areas}
        stored = looked.stored
        numbers = store_drawn(session, held, stored.drawn, prefixes, source=name, at=self.now, by=self.person.actor)
        if stored.doors:
            placed = {
                number: Door(one.place, door)
                for number, one, door in zip(numbers, stored.drawn, stored.doors, strict=True)
                if door
            }
            keep_doors(session, held, self.seals.begin(session, held, at=self.now), placed)
        held.selection_within, held.listed_unit = stored.within, stored.unit
        about: dict[str, Any] = {
            "file": name,
            "seed": self.asked.seed,
            "modes_by_lot": True,  # as ``drawing`` deals them
            "adults_known": draw_look.adults_known(stored.drawn) or stored.unit is not ListedUnit.HOUSEHOLD,
            "reserves": 0,  # those of this page are kept, and released on a page
            "notices": [],
        }
        drafts.note_draw(held, about)
        if self.asked.expected is not None:
            held.plan = {**held.plan, "response_rate": self.asked.expected.response_rate}

    def _drawn(
        self, households: Households, names: Mapping[UUID, str], modes: Mapping[Mode, float]
    ) -> list[DrawnHousehold]:
        asked = self.asked
        if asked.grids is not None and households.grids is None:
            raise BadInput(
                zh="要先抽网格，名单里就要有“网格”一列，每一行都写。",
                en="To draw grids first the list needs a column “grid”, written in every row.",
            )
        expected = asked.expected or draw_look.NO_EXPECTATION
        per_grid = None if asked.grids is None else asked.grids.per_grid
        drawing = Drawing(
            sizes=sizes_of(households, asked.wanted, expected, per_grid=per_grid),
            reserves=asked.reserves,
            reserve_share=RESERVE_SHARE,
            modes=modes,
            seed=asked.seed,
            grids=asked.grids,
            within=asked.within,
            names=names,
        )
        try:
            return draw(households, drawing)
        except SmallGrids as small:
            raise _small_grids(small, UNITS[self.asked.unit]) from None

    def _modes(self) -> dict[Mode, float]:
        """Paper, telephone and the rest in their shares; one mode alone takes all. BadInput where the wave asks no
        household, and where the shares come to more than all."""
        there = [Mode(mode) for mode in self.wave.modes if mode in CASE_MODES]
        if not there:
            raise BadInput(zh=NO_MODES.zh, en=NO_MODES.en)
        asked = ((Mode.PAPER, self.asked.paper), (Mode.TELEPHONE, self.asked.telephone))
        usual = [mode for mode in there if mode not in (Mode.PAPER, Mode.TELEPHONE)]
        rest = usual[0] if usual else Mode.TELEPHONE if Mode.TELEPHONE in there else there[0]
        shares = {mode: share for mode, share in asked if mode in there and mode is not rest}
        shares[rest] = 1 - sum(shares.values())
        if shares[rest] < -_NOTHING:
            raise BadInput(
                zh="先用纸质的和先打电话的加起来超过百分之百了。",
                en="Paper and telephone come to more than 100 percent.",
            )
        return {mode: share for mode, share in shares.items() if share > _NOTHING}


def _with_doors(looked: Looked[ToDraw], stored: ToDraw, households: Households) -> Looked[ToDraw]:
    """With what is said of the doors, and those that stand more than once."""
    told = _doors_told(stored)
    summary = Text(f"{looked.summary.zh.removesuffix('。')}；{told.zh}。", f"{looked.summary.en[:-1]}; {told.en}.")
    doubles = household_doors.pictures(households.doors, households.communities, households.units)
    return replace(looked, summary=summary, pictures=[*looked.pictures, *doubles])


def _doors_told(stored: ToDraw) -> Text:
    if not stored.doors:
        return Text("没有门牌，信函上只有编号", "no addresses: letters bear the number alone")
    missing = sum(not door for door in stored.doors)
    if missing:
        return Text(
            f"门牌封存，抽中的有 {UNITS[stored.unit].counted(missing).zh}没有写",
            f"addresses are sealed, {missing:,} drawn have none",
        )
    return Text("门牌封存", "addresses are sealed")


def _small_grids(small: SmallGrids, words: UnitWords) -> BadInput:
    named = small.grids[:_NAMED]
    zh = "、".join(f"“{grid}”{words.counted(count).zh}" for grid, count in named)
    en = ", ".join(f"“{grid}” {count}" for grid, count in named)
    more_zh, more_en = ("等", " and others") if len(small.grids) > _NAMED else ("", "")
    return BadInput(
        zh=f"有 {len(small.grids)} 个网格不够每个抽 {words.counted(small.per_grid).zh}：{zh}{more_zh}。"
        f"每个网格少抽几{words.counter}，或者把小网格和相邻的并成一个。",
        en=f"{len(small.grids)} grids are smaller than the {small.per_grid} to draw in each: {en}{more_en}. "
        "Draw fewer in each, or join small grids with their neighbours.",
    )
