"""What a file is, and what each of its columns probably holds: suggestions that a person looks at."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire
from survey_service.importing import columns_beside_answers, damage, naming
from survey_service.importing.choices import Codes, choose
from survey_service.importing.plan import ColumnPlan, ImportPlan, Target
from survey_service.importing.variables import Variable, variables
from survey_service.tabular.cells import Grid

SURE, LIKELY = 0.86, 0.62
_BARE = re.compile(r"[QqＱ]?(\d{1,3})(?:\s*[_.(（-]\s*(\d{1,3}|[A-Za-z])\s*[)）]?)?")
_CHOSEN = frozenset({"selectedchoice", "response", "所选选项", "选项"})  # the answer itself, behind its question
_WRITTEN = frozenset({"其他", "其它", "其他文字", "其他填写", "填空", "other", "other-text", "其他-文字"})


def wanted(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Heads that a file of answers to this questionnaire may have: by them the right sheet of a workbook is known."""
    titles = [
        text
        for one in variables(questionnaire)
        for text in (
            one.name,
            one.item,
            one.question.text.zh,
            one.question.text.en,
            one.question.short.zh,
            one.question.short.en,
        )
    ]
    return tuple(dict.fromkeys(["表号", *(title for title in titles if title)]))


def suggest(grid: Grid, questionnaire: Questionnaire, case_numbers: Iterable[str] = ()) -> ImportPlan:
    """A plan for the file. What is not certain is suggested as such; a variable is given to one column only."""
    platform = columns_beside_answers.is_platform(grid)
    known = variables(questionnaire)
    names = naming.Names(known)
    numbers = frozenset(case_numbers)
    columns: list[ColumnPlan] = []
    scores: list[float] = []
    for place, head in enumerate(grid.heads):
        cells = [record[place] for record in grid.records[: columns_beside_answers.LOOKED_AT]]
        plan, score = _column(head, cells, known, names, numbers)
        columns.append(plan)
        scores.append(score)
    return ImportPlan(columns=tuple(_once(columns, scores)), survey_platform=platform)


def _column(
    head: str, cells: Sequence[str], known: Sequence[Variable], names: naming.Names, numbers: frozenset[str]
) -> tuple[ColumnPlan, float]:
    plan, score = _question(head, cells, known, names)
    if score >= SURE:
        return plan, score
    column = columns_beside_answers.Column(head, [damage.plain(cell) for cell in cells if damage.plain(cell)], numbers)
    found = column.recognised()
    return found if found is not None else (plan, score)


def _question(
    head: str, cells: Sequence[str], known: Sequence[Variable], names: naming.Names
) -> tuple[ColumnPlan, float]:
    best: tuple[float, Variable | None, str] = (0.0, None, "")
    named = names.find(head)
    if named is not None and (named[0] >= SURE or named[2] or named[1].other or _fits(cells, named[1].question)):
        best = named
    if best[0] < SURE:
        for variable in known:
            score, option = _title_score(head, variable)
            if score > best[0]:
                best = (score, variable, option)
    if best[0] < LIKELY:
        best = max([best, _by_number(head, cells, known)], key=lambda one: one[0])
    score, chosen, option = best
    if chosen is None or score < LIKELY:
        return ColumnPlan(head=head), 0.0
    target = Target.OPTION if option else Target.ANSWER
    return ColumnPlan(head=head, target=target, variable=chosen.name, option=option, sure=score >= SURE), score


def _title_score(head: str, variable: Variable) -> tuple[float, str]:
    """How well a head names a variable, 0 to 1; and the option it ticks, if it names one."""
    question = variable.question
    found = naming.numbered(head)
    number, rest = found or (None, head)
    titles = [question.text.zh, question.text.en, question.short.zh, question.short.en]
    best: tuple[float, str] = (0.0, "")
    for text in (rest, naming.without_code(rest)):
        whole_head = _alike(text, titles) if text and not variable.item and not variable.other else 0.0
        for title, inner in naming.parted(text):
            alike = _alike(title, titles)
            if alike > whole_head and naming.bare(inner) not in _CHOSEN:
                whole_head = 0.0  # a part of the question, not the question
            whole = max(alike, 0.9 if number == variable.number and alike > 0.4 else 0.0)
            best = max(best, _part_score(whole, inner, variable))
        best = max(best, (whole_head, ""))
    if variable.item:
        best = max(best, (min(_alike(rest, [variable.item]), 0.85 if number is None else 0.0), ""))
    score, option = best
    if number is not None and number != variable.number and score < 0.97:
        score -= 0.15
    elif number == variable.number and score >= 0.45:
        score = min(1.0, score + 0.2)
    return score, option


def _part_score(whole: float, inner: str, variable: Variable) -> tuple[float, str]:
    """“题目—项目” of a matrix, “题目(选项)” of a multiple choice, “题目—其他” of the words behind 其他."""
    if whole < LIKELY:
        return 0.0, ""
    question = variable.question
    if variable.item:
        item = next(item for item in question.items if item.text.zh == variable.item)
        labels = [item.text.zh, item.text.en, item.short.zh, item.short.en]
        numbered = naming.numbered(inner)
        return min(whole, _alike(numbered[1] if numbered else inner, labels)), ""
    named = naming.bare(inner)
    if named in _CHOSEN:
        return (0.0 if variable.other else whole), ""
    for part, words in kind_of(question).parts.items():
        if named in (naming.bare(words.zh), naming.bare(words.en), part):
            return whole, part
    option = Codes(question, {}).labelled(inner)
    if variable.other:
        written = named in _WRITTEN or "填" in inner or named.endswith(("-text", "—text"))
        ticked = kind_of(question).ticked and not named.endswith(("text", "文字"))
        return (min(whole, 0.9) if written and not ticked else 0.0), ""
    if (kind_of(question).ticked or kind_of(question).ordered) and option is not None:
        return whole, option.code
    return 0.0, ""


def _by_number(head: str, cells: Sequence[str], known: Sequence[Variable]) -> tuple[float, Variable | None, str]:
    """Q5, 5(1), 5_2: by number alone, and only where the cells fit the question."""
    match = _BARE.fullmatch(head.strip()) if len(head) < 40 else None
    if match is None:
        return 0.0, None, ""
    number, part = int(match.group(1)), match.group(2)
    mine = [one for one in known if one.number == number and not one.other]
    for variable in mine:
        if part is None and not variable.item and _fits(cells, variable.question):
            return 0.8, variable, ""
        if part and variable.item and part == str(variable.item_place):
            return 0.8, variable, ""
        if part and kind_of(variable.question).ticked:
            options = variable.question.options
            if part.isdigit() and 1 <= int(part) <= len(options):
                return 0.8, variable, options[int(part) - 1].code
    return 0.0, None, ""


def _fits(cells: Sequence[str], question: Question) -> bool:
    if not question.options:
        return True
    codes = Codes(question, {})
    filled = [damage.plain(cell) for cell in cells if damage.plain(cell)]
    several = kind_of(question).several
    fitting = sum(
        bool(cell in codes.codes or codes.labelled(cell) or (several and choose(codes, cell)[1] is None))
        for cell in filled
    )
    return not filled or fitting >= 0.6 * len(filled)


def _alike(text: str, titles: Sequence[str]) -> float:
    bare = re.sub(r"[？?。.!！:：*]|\[(?:单选|多选)题?\]|[(（](?:单选|多选|必答)题?[)）]", "", naming.bare(text))
    best = 0.0
    for title in titles:
        other = re.sub(r"[？?。.!！:：*]", "", naming.bare(title))
        if not other or not bare:
            continue
        if bare == other:
            return 1.0
        if abs(len(bare) - len(other)) > 0.6 * max(len(bare), len(other)):
            continue
        best = max(best, difflib.SequenceMatcher(None, bare, other, autojunk=False).ratio() * 0.98)
    return best


def _once(columns: list[ColumnPlan], scores: list[float]) -> list[ColumnPlan]:
    """Of two columns that would fill one place, the better one keeps it."""
    holders: dict[tuple[str, ...], int] = {}
    whole = {column.variable for column in columns if column.target is Target.ANSWER}
    for place, column in enumerate(columns):
        if column.target in (Target.IGNORE, Target.PERSONAL):
            continue
        single = column.target in (Target.ANSWER, Target.OPTION)
        key = (column.variable, column.option) if single else (column.target.value,)
        if column.target is Target.OPTION and column.variable in whole:
            continue  # the same answers once more, tick by tick
        rival = holders.get(key)
        if rival is None or scores[place] > scores[rival]:
            holders[key] = place
    kept = set(holders.values())
    return [
        column
        if place in kept or column.target in (Target.IGNORE, Target.PERSONAL)
        else replace(column, target=Target.IGNORE, variable="", option="", sure=False)
        for place, column in enumerate(columns)
    ]
