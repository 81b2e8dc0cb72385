"""What a file is, and what each of its columns probably holds: suggestions that a person looks at."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from questionnaires.model import Question, Questionnaire, QuestionType
from survey_service.importing import damage
from survey_service.importing.choices import BETWEEN, Codes
from survey_service.importing.plan import ColumnPlan, ImportPlan, Target
from survey_service.importing.values import PLATFORM_MISSING
from survey_service.tabular.cells import Grid

SURE, LIKELY = 0.86, 0.62
LOOKED_AT = 200  # rows whose cells are looked at
_NUMBERED = re.compile(r"\s*(?:[QqＱ第]?\s*)(\d{1,3})\s*(?:题\s*)?[、.．:：)）]\s*(.*)", re.DOTALL)
_BARE = re.compile(r"[QqＱ]?(\d{1,3})(?:\s*[_.(（-]\s*(\d{1,3}|[A-Za-z])\s*[)）]?)?")
_PARTS = (
    re.compile(r"(.+?)\s*[—－–-]{1,2}\s*(.+)", re.DOTALL),
    re.compile(r"(.+?)\s*[(（\[【](.+)[)）\]】]\s*", re.DOTALL),
)
_PLATFORM_HEADS = {
    "序号": Target.SERIAL, "提交答卷时间": Target.SUBMITTED, "提交时间": Target.SUBMITTED, "所用时间": Target.SECONDS,
    "答题时间": Target.SECONDS, "来源": Target.IGNORE, "来源详情": Target.PERSONAL, "来自ip": Target.PERSONAL,
    "ip": Target.PERSONAL, "总分": Target.IGNORE,
}  # fmt: skip
_PERSONAL = re.compile(
    r"ip(?:地址)?|.*来自\s*ip.*|.*微信(?:昵称|名|号|头像|用户)?|.*openid|.*unionid|.*昵称|.*头像|姓名|您的姓名|名字|称呼|.*手机(?:号码?)?"
    r"|.*联系(?:电话|方式)|电话(?:号码)?|.*身份证(?:号码?)?|.*(?:邮箱|email|e-mail)|.*家庭住址|.*详细地址|住址|地址|qq号?|用户id"
    r"|name|phone|mobile|address|wechat.*|id card"
)
_CASE = re.compile(r"表号|样本编?号|户编号|个案号|问卷编?号|编号|case(?: ?(?:number|no\.?|id))?|number|serial")
_COMMUNITY = re.compile(
    r"(?:所在|您所在的?|所属)?(?:社区|村|社区（村）|社区名称|村居|社区代码)|community(?: code)?|area(?: code)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One place where an answer can go, with the number and the words by which a column may name it."""

    name: str
    question: Question
    number: int
    item: str = ""  # words of a matrix row
    item_place: int = 0
    other: bool = False


def variables(questionnaire: Questionnaire) -> list[Variable]:
    """Every variable in the order of the questionnaire, numbered as it is printed."""
    found: list[Variable] = []
    number = 0
    for question in questionnaire.questions():
        if question.type is QuestionType.NOTE:
            continue
        number += 1
        if question.items:
            found += [
                Variable(name=f"{question.id}.{item.id}", question=question, number=number, item=item.text.zh,
                         item_place=place)
                for place, item in enumerate(question.items, start=1)
            ]  # fmt: skip
        else:
            found.append(Variable(name=question.id, question=question, number=number))
        if any(option.other for option in question.options):
            found.append(Variable(name=f"{question.id}.other", question=question, number=number, other=True))
    return found


def is_platform(grid: Grid) -> bool:
    """Whether this is an export of 问卷星: by its own columns, or by its marks in the cells."""
    heads = {_bare(head) for head in grid.heads}
    if len(heads & {"提交答卷时间", "所用时间", "来自ip", "来源详情"}) >= 2:
        return True
    return any(
        BETWEEN in cell or "〖" in cell or cell in PLATFORM_MISSING
        for record in grid.records[:LOOKED_AT]
        for cell in record
    )


def suggest(grid: Grid, questionnaire: Questionnaire, case_numbers: Iterable[str] = ()) -> ImportPlan:
    """A plan for the file. What is not certain is suggested as such; a variable is given to one column only."""
    platform = is_platform(grid)
    known = variables(questionnaire)
    numbers = frozenset(case_numbers)
    columns: list[ColumnPlan] = []
    scores: list[float] = []
    for place, head in enumerate(grid.heads):
        cells = [record[place] for record in grid.records[:LOOKED_AT]]
        plan, score = _column(head, cells, known, numbers)
        columns.append(plan)
        scores.append(score)
    return ImportPlan(columns=tuple(_once(columns, scores)), survey_platform=platform)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def _column(
    head: str, cells: Sequence[str], known: Sequence[Variable], numbers: frozenset[str]
) -> tuple[ColumnPlan, float]:
    bare = _bare(head)
    plan, score = _question(head, cells, known)
    if score >= SURE:
        return plan, score
    if bare in _PLATFORM_HEADS:
        return ColumnPlan(head=head, target=_PLATFORM_HEADS[bare], sure=True), 1.0
    filled = [damage.plain(cell) for cell in cells if damage.plain(cell)]
    if numbers and filled and sum(cell.upper() in numbers for cell in filled) >= 0.5 * len(filled):
        return ColumnPlan(head=head, target=Target.CASE, sure=True), 2.0
    if is_personal_head(head) or (filled and sum(damage.is_personal(one) for one in filled) >= 0.5 * len(filled)):
        return ColumnPlan(head=head, target=Target.PERSONAL, sure=True), 1.0
    if numbers and _CASE.fullmatch(bare):
        return ColumnPlan(head=head, target=Target.CASE, sure=True), 1.0
    if _COMMUNITY.fullmatch(bare):
        return ColumnPlan(head=head, target=Target.COMMUNITY, sure=True), 1.0
    return plan, score


def is_personal_head(head: str) -> bool:
    """Whether a column is named as one of contact data: such a column is never taken in."""
    match = _NUMBERED.fullmatch(head)
    return bool(_PERSONAL.fullmatch(_bare(head)) or (match and _PERSONAL.fullmatch(_bare(match.group(2)))))


def names_question(head: str, questionnaire: Questionnaire) -> bool:
    """Whether a question of ours is called exactly so, whatever else the head sounds like."""
    return any(_title_score(head, one)[0] >= SURE for one in variables(questionnaire))


def _question(head: str, cells: Sequence[str], known: Sequence[Variable]) -> tuple[ColumnPlan, float]:
    best: tuple[float, Variable | None, str] = (0.0, None, "")
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
    if _bare(head) == _bare(variable.name):
        return 1.0, ""
    match = _NUMBERED.fullmatch(head)
    number, rest = (int(match.group(1)), match.group(2)) if match else (None, head)
    titles = [question.text.zh, question.text.en, question.short.zh, question.short.en]
    best: tuple[float, str] = (0.0, "")
    if not variable.item and not variable.other:
        best = (_alike(rest, titles), "")
    for pattern in _PARTS:
        parted = pattern.fullmatch(rest)
        if parted is None:
            continue
        title, inner = parted.group(1), parted.group(2)
        whole = max(_alike(title, titles), 0.9 if number == variable.number and _alike(title, titles) > 0.4 else 0.0)
        best = max(best, _part_score(whole, inner, variable))
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
        return min(whole, _alike(re.sub(r"^\d+[、.)）]\s*", "", inner), labels)), ""
    option = Codes(question, {}).labelled(inner)
    if variable.other:
        named = _bare(inner) in {"其他", "其它", "其他文字", "其他填写", "填空", "other"} or "填" in inner
        return (min(whole, 0.9) if named and question.type is not QuestionType.MULTIPLE_CHOICE else 0.0), ""
    if question.type is QuestionType.MULTIPLE_CHOICE and option is not None:
        return whole, option.code
    return 0.0, ""


def _by_number(head: str, cells: Sequence[str], known: Sequence[Variable]) -> tuple[float, Variable | None, str]:
    """Q5, 5(1), 5_2: by number alone, and only where the cells fit the question."""
    match = _BARE.fullmatch(head.strip())
    if match is None:
        return 0.0, None, ""
    number, part = int(match.group(1)), match.group(2)
    mine = [one for one in known if one.number == number and not one.other]
    for variable in mine:
        if part is None and not variable.item and _fits(cells, variable.question):
            return 0.8, variable, ""
        if part and variable.item and part == str(variable.item_place):
            return 0.8, variable, ""
        if part and variable.question.type is QuestionType.MULTIPLE_CHOICE:
            options = variable.question.options
            if part.isdigit() and 1 <= int(part) <= len(options):
                return 0.8, variable, options[int(part) - 1].code
    return 0.0, None, ""


def _fits(cells: Sequence[str], question: Question) -> bool:
    if not question.options:
        return True
    codes = Codes(question, {})
    filled = [damage.plain(cell) for cell in cells if damage.plain(cell)]
    fitting = sum(bool(cell in codes.codes or codes.labelled(cell) or BETWEEN in cell) for cell in filled)
    return not filled or fitting >= 0.6 * len(filled)


def _alike(text: str, titles: Sequence[str]) -> float:
    bare = re.sub(r"[？?。.!！:：*]|\[(?:单选|多选)题?\]|[(（](?:单选|多选|必答)题?[)）]", "", _bare(text))
    best = 0.0
    for title in titles:
        other = re.sub(r"[？?。.!！:：*]", "", _bare(title))
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
    for place, column in enumerate(columns):
        if column.target in (Target.IGNORE, Target.PERSONAL):
            continue
        single = column.target in (Target.ANSWER, Target.OPTION)
        key = (column.variable, column.option) if single else (column.target.value,)
        rival = holders.get(key)
        if rival is None or scores[place] > scores[rival]:
            holders[key] = place
    kept = set(holders.values())
    return [
        column if place in kept or column.target in (Target.IGNORE, Target.PERSONAL)
        else replace(column, target=Target.IGNORE, variable="", option="", sure=False)
        for place, column in enumerate(columns)
    ]  # fmt: skip
