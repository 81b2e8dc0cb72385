"""The upload of a drawn sample: judged against a draft wave, shown by community and mode, stored whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.accounts.permissions import Person
from survey_service.errors import BadInput, Conflict
from survey_service.models import Area, Mode, SelectionWithin, Survey, Wave, WaveState
from survey_service.sealed.doors import Door, keep_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.surveys import drafts, household_doors
from survey_service.surveys import queries as surveys
from survey_service.surveys.mode_words import MODES
from survey_service.surveys.opening import CASE_MODES
from survey_service.tabular.notices import noticed
from survey_service.tabular.problems import by_cause
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.pages import Upload

if TYPE_CHECKING:
    from survey_service.sampling.case_files import CaseFile
    from survey_service.tabular import Sheet

FIRST_ROWS = 5  # of the file, as they were read
NO_MODES = Text(
    "这一期还没有选入户、纸质或邀请码的方式，不用样本。先在“修改这一期”里选方式。",
    "The wave has no mode that asks sampled households. Choose one under “change this wave” first.",
)


class HasCases(Conflict):
    """Of two who load at once one finds the other's sample."""

    code = "E122"
    zh = "这一期已经有样本。要换，先把现在的样本全部拿掉。"
    en = "The wave has a sample already. To load another, take the present one out first."


class CaseUpload(Upload["CaseFile"]):
    """The drawn list. Judged outside of the writing transaction: it may hold 100,000 households."""

    judged_again = False

    def __init__(self, survey: Survey, wave: Wave, person: Person, now: datetime, seals: WaveKeys) -> None:
        self.survey, self.wave, self.person, self.now, self.seals = survey, wave, person, now, seals

    def read(self, name: str, data: bytes) -> Sheet:
        # Imported here: the server starts without pandas.
        from survey_service.sampling.case_files import read_file

        return read_file(name, data)

    def judge(self, session: Session, rows: Sheet) -> Looked[CaseFile]:
        from survey_service.sampling.case_files import read_cases

        refuse_unless_empty(session, self.wave)
        modes = [Mode(mode) for mode in self.wave.modes if mode in CASE_MODES]
        if not modes:
            raise BadInput(zh=NO_MODES.zh, en=NO_MODES.en)
        areas = surveys.all_communities(session, self.survey, self.wave)
        file = read_cases(rows, {area.code: area.id for area in areas}, modes)
        doors, problems = household_doors.of_sheet(rows, [case.row for case in file.listed])
        if problems:
            return Looked(problems=by_cause(problems))
        return looked_at(replace(file, doors=doors), areas)

    def store(self, session: Session, looked: Looked[CaseFile], name: str) -> None:
        from survey_service.sampling.case_files import store_cases

        assert looked.stored is not None
        file = looked.stored
        held = drafts.draft(session, self.wave.survey_id, self.wave.id)
        refuse_unless_empty(session, held)
        store_cases(session, held, file, source=name, at=self.now, by=self.person.actor)
        doors = {
            case.number: Door(place, door)
            for place, (case, door) in enumerate(zip(file.listed, file.doors, strict=False))
            if door
        }
        if doors:
            keep_doors(session, held, self.seals.begin(session, held, at=self.now), doors)
        held.selection_within = SelectionWithin.KISH if file.with_kish else SelectionWithin.NEXT_BIRTHDAY
        left = {"reserves": file.left_out, "in_reserve": len(file.reserves)}
        about = {"adults_known": file.adults_known, "notices": list(map(str, file.notices)), **left}
        drafts.note_draw(held, {"file": name, **about})


def refuse_unless_empty(session: Session, wave: Wave) -> None:
    """Asked before the file is read, too: whose wave has a sample needs no list of what is wrong with another."""
    if wave.state is not WaveState.DRAFT:
        raise drafts.NoDraft
    if surveys.has_cases(session, wave):
        raise HasCases


def looked_at(file: CaseFile, areas: Sequence[Area]) -> Looked[CaseFile]:
    """What a file would bring: how many by community and mode, and the first rows."""
    by_area = Counter(case.area_id for case in file.cases)
    by_mode = Counter(case.first_mode for case in file.cases)
    names = {area.id: Text(area.name_zh, area.name_en) for area in areas}
    total, places = len(file.cases), len(by_area)
    first = Picture(
        caption=Text("文件的前几行，读到的是", "The first rows of the file, as they were read"),
        heads=(
            Text("行", "Row"),
            Text("编号", "Number"),
            Text("社区", "Community"),
            Text("层", "Stratum"),
            Text("几户里抽一户", "One of how many"),
            Text("先用的方式", "First mode"),
        ),
        rows=[
            (
                case.row,
                case.number,
                names.get(case.area_id),
                case.stratum,
                round(1 / case.inclusion_probability, 1),
                MODES[case.first_mode],
            )
            for case in file.cases[:FIRST_ROWS]
        ],
        plain=frozenset({0}),
        wide_only=frozenset({3}),
    )
    modes = Picture(
        caption=Text("各种方式会有多少户", "Households of each mode"),
        heads=(Text("先用的方式", "First mode"), Text("已抽户数", "Drawn")),
        rows=[(MODES[mode], count) for mode, count in by_mode.items()],
    )
    communities = Picture(
        caption=Text("各社区会有多少户", "Households of each community"),
        heads=(Text("社区", "Community"), Text("户数", "Households"), Text("已抽户数", "Drawn")),
        rows=[(names[area.id], area.households, by_area.get(area.id, 0)) for area in areas],
        zeros_marked=frozenset({2}),
    )
    remarks = told_of(file.left_out, file.adults_known, len(file.reserves))
    sealed = Text("门牌封存。", " Addresses are sealed.") if file.doors else Text("")
    none = sum(area.id not in by_area for area in areas)
    without = Text(f"有 {none} 个社区一户也没有。", f"{none} of the communities have none. ") if none else Text("")
    return Looked(
        stored=file,
        notices=[noticed(one) for one in file.notices],
        counts={"cases": total, "reserves": len(file.reserves)},
        summary=Text(
            f"{total:,} 户，在 {places} 个社区。{without.zh}{remarks.zh}{sealed.zh}",
            f"{total:,} {'household' if total == 1 else 'households'} in {places} "
            f"{'community' if places == 1 else 'communities'}. {without.en}{remarks.en}{sealed.en}",
        ),
        pictures=[first, modes, communities],
    )


def told_of(left_out: int, adults_known: bool, in_reserve: int = 0) -> Text:
    """What a drawn list leaves open. ``left_out``: rows neither issued nor of a batch; ``in_reserve``: reserves that
    came in."""
    zh, en = [], []
    if in_reserve:
        zh.append(f"另有备用 {in_reserve:,} 个，也载入：开始以后，应答比预计少，在“备用样本”里按社区一批一批放出。")
        en.append(f"In reserve: {in_reserve:,}; they come in too and are released by community while the wave is open.")
    if left_out:
        zh.append(f"文件里另有 {left_out:,} 行没有发出，也没有写批次（replicate），没有载入，以后不能放出。")
        en.append(
            f"Rows neither issued nor with a batch (replicate): {left_out:,}; they were not loaded and cannot be "
            "released later."
        )
    if not adults_known:
        zh.append("名单里没有“adults”一列：选一位成年人来答的，问卷最前面会加一题问家里几位成年人，权数按问到的算。")
        en.append(
            "The list has no column “adults”: where one adult is chosen, a question in front asks how many there are, "
            "and weights count what is told."
        )
    return Text("".join(zh), " ".join(en))
