"""A file of visits: which household, what came of it, when. The same file brought twice notes nothing twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import unique
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode, disposition_of
from questionnaires.text import Text
from survey_service.field.errors import WrongMoment
from survey_service.field.noting import moment_of
from survey_service.fieldwork.visits import NewVisit
from survey_service.fieldwork.words import MODES, outcome_words
from survey_service.tabular.problems import ProblemKind, TableProblem, excerpt
from survey_service.uploads.forms import Words
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.records import Column, Record

COLUMNS: Final = (
    Column(name="case", heads=("编号", "样本编号", "case", "number"), needed=True),
    Column(name="code", heads=("结果码", "结果", "code", "outcome"), needed=True),
    Column(name="day", heads=("日期", "哪一天", "day", "date"), needed=True),
    Column(name="clock", heads=("时间", "几点", "time")),
    Column(name="mode", heads=("结果的方式", "方式", "mode")),
)
_NAMESPACE: Final = UUID("5b0f0d5e-6f5c-4f0b-9c64-3a0c0f6f2b57")
"""Of the ids that visits of a file take from what they say."""
_MODES: Final[Mapping[str, OutcomeMode]] = {
    "": OutcomeMode.IN_PERSON,
    "入户": OutcomeMode.IN_PERSON,
    "邮寄": OutcomeMode.MAIL,
    "邀请码": OutcomeMode.WEB,
    **{words.zh: mode for mode, words in MODES.items()},
    **{words.en: mode for mode, words in MODES.items()},
    **{mode.value: mode for mode in OutcomeMode},
}


@unique
class InOutcomes(ProblemKind):
    NO_CASE = (
        "样本里没有编号“{seen}”，或它不归您管",
        "请对照名单里的编号。",
        "there is no case “{seen}”, or it is not yours",
        "Compare it with the list of cases.",
    )
    NO_MODE = (
        "“{seen}”不是一种方式",
        "请写：{modes}；不写就是上门。",
        "“{seen}” is no mode",
        "Write one of: {modes}; nothing means in person.",
    )
    NO_OUTCOME = (
        "{mode}没有结果码“{seen}”",
        "请写 AAPOR 的结果码，如 2.11；“下载现在的表”里有编号，“结果和比率”页有用过的码。",
        "there is no outcome “{seen}” ({mode})",
        "Write a code of AAPOR such as 2.11.",
    )
    ANSWERED = (
        "“{seen}”是完成。完成要有答卷，不能只写结果",
        "请删掉这一行；答卷录入或收到以后，结果会自己变成完成。",
        "“{seen}” says that they answered, which follows from an answer",
        "Delete the row; when the answer is keyed or arrives, the outcome follows.",
    )
    NO_MOMENT = (
        "日期或时间“{seen}”读不出来，或者在现在之后",
        "日期写成 2026-09-18，时间写成 18:30；时间可以不写。",
        "the day or time “{seen}” cannot be read, or lies ahead",
        "Write 2026-09-18 and 18:30; the time may be left out.",
    )


WORDS: Final = Words(
    title=Text("导入上门的结果", "Bring in outcomes of visits"),
    back=("", Text("结果和比率", "Outcomes and rates")),
    rules=(
        Text(
            "一行是一次上门（或一封退信、一个电话）：编号、结果码、日期；可以写时间和方式，不写方式就是上门。",
            "A row is one visit, a letter that came back or a call: number, code, day; time and mode may be added.",
        ),
        Text(
            "结果码用 AAPOR 的，如 2.24 家中无人、2.111 住户拒访、4.60 空户。完成（1.1）不用写，有答卷就是完成。",
            "Codes are AAPOR's: 2.24 nobody at home, 2.111 household refused, 4.60 vacant. Complete (1.1) follows from "
            "the answer.",
        ),
        Text(
            "同一个编号可以有几行；最后的结果由各次上门按规则得出，不是最后一行说了算。同一个文件传两次，不会记两遍。",
            "A case may have several rows; its outcome follows from all of them by the rules. A file brought "
            "twice notes nothing twice.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """``numbers``: case numbers of the wave that the person may note of, in capitals without blanks, and their ids."""

    numbers: Mapping[str, UUID]
    zone: ZoneInfo
    now: datetime

    def judge(self, records: Iterable[Record]) -> Looked[tuple[NewVisit, ...]]:
        """Every row, with every problem."""
        problems: list[TableProblem] = []
        visits = {visit.id: visit for record in records if (visit := self._visit(record, problems)) is not None}
        counted = Counter((visit.mode, visit.code) for visit in visits.values())
        cases = len({visit.case_id for visit in visits.values()})
        return Looked(
            stored=tuple(visits.values()),
            problems=problems,
            counts={"visits": len(visits)},
            summary=Text(
                f"{cases:,} 个编号，{len(visits):,} 次。",
                f"{len(visits):,} {'visit' if len(visits) == 1 else 'visits'} to {cases:,} "
                f"{'case' if cases == 1 else 'cases'}.",
            ),
            pictures=[_picture(counted)],
        )

    def _visit(self, record: Record, problems: list[TableProblem]) -> NewVisit | None:
        before = len(problems)
        number, code = record.get("case"), record.get("code")
        case_id = self.numbers.get(as_key(number))
        if case_id is None:
            problems.append(record.problem(InOutcomes.NO_CASE, "case", seen=excerpt(number)))
        mode = _MODES.get(record.get("mode").strip())
        if mode is None:
            names = tuple(MODES.values())
            seen = excerpt(record.get("mode"))
            problems.append(record.problem(InOutcomes.NO_MODE, "mode", seen=seen, modes=names))
        else:
            code = self._code(record, mode, problems)
        at = self._moment(record, problems)
        if len(problems) > before or case_id is None or mode is None or at is None:
            return None
        made = uuid5(_NAMESPACE, f"{case_id} {mode.value} {code} {at.isoformat()}")
        return NewVisit(case_id=case_id, code=code, mode=mode, at=at, id=made)

    def _code(self, record: Record, mode: OutcomeMode, problems: list[TableProblem]) -> str:
        """The code as its table has it: 2.1 is 2.10."""
        typed = unicodedata.normalize("NFKC", record.get("code")).strip()
        code = typed if re.fullmatch(r"[1-4]\.\d{1,3}", typed) else _by_words(typed, mode)
        try:
            kind = disposition_of(code, mode)
        except ValueError:
            problems.append(
                record.problem(InOutcomes.NO_OUTCOME, "code", seen=excerpt(record.get("code")), mode=MODES[mode])
            )
            return code
        if kind.is_answer:
            problems.append(record.problem(InOutcomes.ANSWERED, "code", seen=code))
        known = {one.code for one in OUTCOME_CODES[mode]}
        return next((one for one in (code, code.rstrip("0"), f"{code}0") if one in known), code)

    def _moment(self, record: Record, problems: list[TableProblem]) -> datetime | None:
        day, _, rest = unicodedata.normalize("NFKC", record.get("day")).strip().replace("/", "-").partition(" ")
        clock = record.get("clock") or rest
        try:
            padded = "-".join(part.zfill(2) for part in day.split("-"))
            return moment_of(padded, clock.strip()[:5], zone=self.zone, now=self.now)
        except WrongMoment:
            seen = excerpt(f"{record.get('day')} {record.get('clock')}".strip())
            problems.append(record.problem(InOutcomes.NO_MOMENT, "day", seen=seen))
            return None


def as_key(number: str) -> str:
    """How numbers are compared: in capitals, without blanks."""
    return "".join(number.split()).upper()


def _by_words(typed: str, mode: OutcomeMode) -> str:
    """The code of an outcome that is written in words; else what was typed."""
    for one in OUTCOME_CODES[mode]:
        ours = outcome_words(one.code, mode)
        if typed in (one.zh, one.en, ours.zh, ours.en):
            return one.code
    return typed


def _picture(counted: Counter[tuple[OutcomeMode, str]]) -> Picture:
    return Picture(
        caption=Text("会记下的结果", "Outcomes that will be noted"),
        heads=(Text("方式", "Mode"), Text("结果码", "Code"), Text("结果", "Outcome"), Text("次数", "Visits")),
        rows=[(MODES[mode], code, outcome_words(code, mode), count) for (mode, code), count in counted.most_common()],
    )
