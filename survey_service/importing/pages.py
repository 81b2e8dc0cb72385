"""The pages of a file that is taken in, as plain values: what a column may hold, and what somebody said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire
from questionnaires.text import Text
from survey_service.importing import damage
from survey_service.importing.plan import MISSING_MARK, ColumnPlan, ImportPlan, Target
from survey_service.importing.variables import Variable, variables
from survey_service.models import Area
from survey_service.tabular.cells import Grid, column_letters

SAMPLES = 3
LONGEST_SAMPLE = 24
ASIDE: tuple[tuple[Target, Text], ...] = (
    (Target.IGNORE, Text("不收入", "Leave out")),
    (Target.CASE, Text("表号（认出是哪一个样本）", "Case number (names the household)")),
    (Target.COMMUNITY, Text("所在社区", "Community")),
    (Target.SERIAL, Text("序号", "Serial in the file")),
    (Target.SUBMITTED, Text("提交时间", "Time of submission")),
    (Target.SECONDS, Text("所用时间", "Time taken")),
)
MISSING: tuple[tuple[str, Text], ...] = (
    ("no_answer", Text("没有回答", "No answer")),
    ("refused", Text("拒绝回答", "Refused")),
    ("dont_know", Text("不知道、说不清", "Does not know")),
    ("illegible", Text("看不清", "Illegible")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a column can hold; ``value`` as the form sends it."""

    value: str
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A value that is no option: which one is meant?"""

    seen: str
    count: int
    answer: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    place: int
    letters: str
    head: str
    samples: tuple[str, ...]
    personal: bool
    sure: bool
    chosen: str
    asked: tuple[Asked, ...]


def aside_choices() -> list[Choice]:
    return [Choice(target.value, words) for target, words in ASIDE]


def question_choices(questionnaire: Questionnaire) -> list[Choice]:
    """Every place where an answer can go, as printed: 2、标题—项目; and each option that a column may tick."""
    made = []
    for one in variables(questionnaire):
        title = _title(one)
        made.append(Choice(f"{Target.ANSWER}:{one.name}", title))
        made += [
            Choice(f"{Target.OPTION}:{one.name}:{part}", Text(f"{title.zh}—{words.zh}", f"{title.en}: {words.en}"))
            for part, words in kind_of(one.question).parts.items()
        ]
        what = _of_an_option(one.question)
        if what is not None and not one.other:
            made += [
                Choice(
                    f"{Target.OPTION}:{one.name}:{option.code}",
                    Text(f"{title.zh}（{what.zh}：{option.label.zh}）", f"{title.en} ({what.en}: {option.label.en})"),
                )
                for option in one.question.options
            ]
    return made


def _of_an_option(question: Question) -> Text | None:
    """What a column may say of one option; None where it says nothing of one alone."""
    if kind_of(question).ticked:
        return Text("勾选", "ticks")
    return Text("名次", "rank of") if kind_of(question).ordered else None


def _title(one: Variable) -> Text:
    question = one.question
    if not one.number:  # no question: which blocks were drawn
        return Text(f"抽到的：{question.short.zh}", f"Drawn: {question.short.en or question.short.zh}")
    zh = f"{one.number}、{question.short.zh or question.text.zh}"
    en = f"{one.number}. {question.short.en or question.text.en}"
    if one.item:
        item = next(item for item in question.items if item.text.zh == one.item)
        return Text(f"{zh}—{item.short.zh or item.text.zh}", f"{en}: {item.short.en or item.text.en}")
    if one.other:
        return Text(f"{zh}—“其他”后面的字", f"{en}: words behind “other”")
    return Text(zh, en)


def columns(
    grid: Grid, plan: ImportPlan, questionnaire: Questionnaire, asked: Sequence[Mapping[str, Any]]
) -> list[Column]:
    of = {one.name: one.question for one in variables(questionnaire)}
    return [
        Column(
            place=place,
            letters=column_letters(place + 1),
            head=column.head,
            samples=_samples(grid, place),
            personal=column.target is Target.PERSONAL,
            sure=column.sure,
            chosen=chosen(column),
            asked=_asked(column, of.get(column.variable), asked),
        )
        for place, column in enumerate(plan.columns)
    ]


def chosen(column: ColumnPlan) -> str:
    return ":".join(part for part in (column.target.value, column.variable, column.option) if part)


def _samples(grid: Grid, place: int) -> tuple[str, ...]:
    """The first different things that stand in a column."""
    found: dict[str, None] = {}
    for record in grid.records[:200]:
        if text := damage.plain(record[place]):
            found[text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"] = None
        if len(found) == SAMPLES:
            break
    return tuple(found)


def _asked(column: ColumnPlan, question: Question | None, asked: Sequence[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """Values of a closed question that somebody has explained or must explain."""
    if question is None or not question.options or column.target is not Target.ANSWER:
        return ()
    choices = (
        *(
            Choice(option.code, Text(f"{option.code} {option.label.zh}", f"{option.code} {option.label.en}"))
            for option in question.options
        ),
        *(Choice(f"{MISSING_MARK}{kind}", words) for kind, words in MISSING),
    )
    counts = {one["seen"]: int(one["count"]) for one in asked if one["column"] == column.head}
    values = {**dict.fromkeys(counts, ""), **column.values}
    return tuple(
        Asked(seen=seen, count=counts.get(seen, 0), answer=answer, choices=choices) for seen, answer in values.items()
    )


def plan_said(posted: FormData, plan: ImportPlan, questionnaire: Questionnaire, areas: Sequence[Area]) -> ImportPlan:
    """The plan with what the form says; whatever the form cannot say (contact data, foreign values) stays."""
    allowed = {one.value for one in (*aside_choices(), *question_choices(questionnaire))}
    made = []
    for place, column in enumerate(plan.columns):
        sent = posted.get(f"to-{place}")
        if column.target is Target.PERSONAL or not isinstance(sent, str) or sent not in allowed:
            made.append(column)
            continue
        target, _, rest = sent.partition(":")
        variable, _, option = rest.partition(":")
        same = variable == column.variable and target == Target.ANSWER
        made.append(
            ColumnPlan(
                head=column.head,
                target=Target(target),
                variable=variable,
                option=option,
                values=_values(posted, place) if same else {},
                sure=True,  # a person has looked
            )
        )
    community = posted.get("community", "")
    known = {area.code for area in areas}
    return ImportPlan(
        columns=tuple(made),
        community=community if isinstance(community, str) and community in known else "",
        survey_platform="platform" in posted,
    )


def _values(posted: FormData, place: int) -> dict[str, str]:
    said = {}
    for number in range(500):
        seen, code = posted.get(f"seen-{place}-{number}"), posted.get(f"code-{place}-{number}")
        if not isinstance(seen, str) or not isinstance(code, str):
            break
        if code and (not code.startswith(MISSING_MARK) or code.removeprefix(MISSING_MARK) in dict(MISSING)):
            said[seen] = code[:60]
    return said
