"""An export of 问卷星 as an office would bring it for the open wave: to be taken in on the wave's page."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.answers import Policy, judge
from questionnaires.kinds import kind_of
from questionnaires.model import Questionnaire
from survey_service.areas.queries import communities_below
from survey_service.demonstration.kinds import INVENTED
from survey_service.importing.variables import Variable, variables
from survey_service.models import Case, Disposition, Survey, Wave
from survey_service.surveys import definitions

FILE_NAME: Final = "问卷星导出示例.csv"
ROWS: Final = 24
TIED: Final = 6  # rows that name a case; the others are no sample
FOREIGN: Final = "还可以"  # a word that is no option: whoever takes the file in says which one is meant


def foreign_file(session: Session, survey_id: UUID, wave_id: UUID, *, seed: int, on: date) -> bytes:
    """The file as bytes, in GB 18030 as such exports come; the same seed and day give the same file."""
    wave, survey = session.get_one(Wave, (survey_id, wave_id)), session.get_one(Survey, survey_id)
    untouched = session.scalars(
        select(Case.number)
        .where(Case.survey_id == survey_id, Case.wave_id == wave_id, Case.disposition == Disposition.UNKNOWN)
        .order_by(Case.number)
        .limit(TIED)
    ).all()
    places = [area.name_zh for area in communities_below(session, survey.city_id)]
    questionnaire = definitions.frozen(session, survey_id, wave.questionnaire_version_id)
    return written(questionnaire, list(untouched), places, seed=seed, on=on).encode("gb18030")


def written(questionnaire: Questionnaire, cases: Sequence[str], places: Sequence[str], *, seed: int, on: date) -> str:
    rng = random.Random(seed)  # noqa: S311 -- invented answers, no secret
    known = [one for one in variables(questionnaire) if not one.other]
    first = next(one for one in known if one.question.options and not kind_of(one.question).several)
    paper = io.StringIO()
    writer = csv.writer(paper, lineterminator="\r\n")
    heads = [f"{one.number}、{one.question.text.zh}{f'—{one.item}' if one.item else ''}" for one in known]
    writer.writerow(["序号", "提交答卷时间", "所用时间", "来源", "来自IP", "表号", "所在社区", *heads, "您的微信昵称"])
    checked = judge(questionnaire)
    for row in range(ROWS):
        answers = {one.name: answer for one in known if (answer := _answer(rng, one)) is not None}
        judged = checked.check(answers, Policy.WEB)
        said = {name: value for name, value in judged.canonical.items() if name not in judged.off_path}
        cells = {one.name: _cell(one, said) for one in known}
        if row == ROWS - 1:
            cells[first.name] = FOREIGN
        case = cases[row] if row < len(cases) else ""
        moment = f"{on.year}/{on.month}/{on.day} {8 + row // 6}:{row * 7 % 60:02d}:{row * 13 % 60:02d}"
        writer.writerow(
            [
                row + 1,
                moment,
                f"{60 + row * 5}秒",
                "微信",
                f"192.0.2.{row + 1}(示范-示范)",
                case,
                "" if case else places[row % len(places)],
                *cells.values(),
                f"居民{row + 1}",
            ]
        )
    return paper.getvalue()


def _answer(rng: random.Random, one: Variable) -> object:
    return None if rng.random() < 0.06 else INVENTED[one.question.type](rng, one.question)


def _cell(one: Variable, said: Mapping[str, object]) -> str:
    """As 问卷星 writes it; an age in full-width digits now and then, as a careless hand does."""
    value = said.get(one.name)
    if value is None or isinstance(value, dict):
        return "(跳过)" if one.question.ask_if else "(空)"
    if isinstance(value, list):
        return "┋".join(str(_label(one, str(code))) for code in value)
    if one.question.options:
        return _label(one, str(value))
    if isinstance(value, int) and value % 10 == 3:
        return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return str(value)


def _label(one: Variable, code: str) -> str:
    option = one.question.option(code)
    return option.label.zh if option else code
