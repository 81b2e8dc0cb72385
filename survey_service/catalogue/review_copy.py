"""The copy that an approving office reads: questions with their codes, who is asked, checks and figures in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from questionnaires.canonical import from_canonical
from questionnaires.codebook import MISSING_LABELS
from questionnaires.figures import in_digits
from questionnaires.indicators import SHARES, TOTALS, DontKnow, Indicator, IndicatorKind, Sense, Unranked
from questionnaires.kinds import kind_of
from questionnaires.model import Block as DrawnBlock
from questionnaires.model import Contradiction, Option, Question, Questionnaire, Rule, Section, Severity
from questionnaires.rosters import as_written, round_id
from questionnaires.text import Text
from reports.blocks import Block, Cell, Column, Prose, Row, Story, Table, Tone
from reports.paper_form.questions import MOST_PRINTED
from reports.paper_form.skips import Numbered, in_words, numbered, who_answers
from reports.pdf import story_pdf
from reports.wording import facts
from reports.wording.phrases import say
from survey_service.catalogue.draft_words import FIELDS
from survey_service.services import Services
from survey_service.web.option_search import LongOptions

_TITLE: Final = Text("送审稿", "Copy for review")
_NOTICE: Final = Text("告诉答的人的话", "What people are told")
_HEADER: Final = Text("表头", "Header")
_CHECKS: Final = Text("前后对不上时的提醒", "What is said where answers do not go together")
_INDICATORS: Final = Text("指标", "Indicators")
_CALCULATED: Final = Text("算出来的数", "Calculated numbers")
_HEADS: Final = (
    Text("题号 / 代码", "Number / code"),
    Text("题目和选项", "Question and options"),
    Text("说明", "Remarks"),
)
_FIGURE_HEADS: Final = (Text("编号", "Id"), Text("指标", "Indicator"), Text("怎么算", "How it is computed"))
_DRAW: Final = Text(
    "{label}：{of} 个部分，每人由抽签答 {take} 个，机会均等；答案按抽中概率加权",
    "{label}: each person is asked {take} of {of} blocks, drawn with equal chances; answers are weighted for it",
)
_DRAW_HEADS: Final = (Text("编号", "Id"), Text("哪一部分", "Block"), Text("对谁抽", "Drawn for"))
_EVERYBODY: Final = Text("每个人", "everybody")
_CHECK_HEADS: Final = (Text("编号", "Id"), Text("说什么", "What is said"), Text("什么时候", "When"))
_LEFT: Final = Text("由每一期填写", "supplied by each wave")
_REQUIRED: Final = Text("必答", "must be answered")
_EXCLUSIVE: Final = Text("和别的选项互斥", "rules out the others")
_OTHER: Final = Text("请人写明", "asks for words")
_STANDS: Final = {"age": Text("用来核对年龄", "tells the age"), "sex": Text("用来核对性别", "tells the sex")}
_HARD: Final = Text("不改不能提交", "refused until mended")
_SOFT: Final = Text("提醒一次，可以照样提交", "told once, may be handed in as it is")
_KINDS: Final = {
    IndicatorKind.PROPORTION: Text("所占比重", "share"),
    IndicatorKind.MEAN_SCORE: Text("平均分", "mean score"),
    IndicatorKind.NET: Text("正面比重减负面比重", "share in favour minus share against"),
    IndicatorKind.INDEX: Text("几个指标加权", "weighted sum of indicators"),
    IndicatorKind.SHARE_CORRECT: Text("答对的比重", "share of right answers"),
    IndicatorKind.SHARE_PASSING: Text("答对够数的人所占比重", "share with enough right answers"),
    IndicatorKind.RATIO: Text("两个总量之比", "ratio of two totals"),
    IndicatorKind.SHARE_OF_TOTAL: Text("一个总量占另一个总量的比重", "share of one total in another"),
    IndicatorKind.MEAN_RANK: Text("平均名次", "mean rank"),
}
_DONT_KNOW: Final = {
    DontKnow.IN_BASE: Text("“说不清”算在分母里", "don't know counts in the base"),
    DontKnow.EXCLUDED: Text("“说不清”不算在分母里", "don't know is left out of the base"),
    DontKnow.ZERO: Text("“说不清”算 0 分", "don't know scores 0"),
}
_TARGET: Final = {
    Sense.AT_LEAST: Text("目标：至少 {value}", "target: at least {value}"),
    Sense.AT_MOST: Text("目标：至多 {value}", "target: at most {value}"),
}
_COUNTED: Final = Text("数：{values}", "counts: {values}")
_AGAINST: Final = Text("减去：{values}", "minus: {values}")
_EXCLUDED: Final = Text("不计入：{values}", "left out: {values}")
_POINTS: Final = Text("分值：{values}", "points: {values}")
_RIGHT: Final = Text("正确答案：{values}", "right answers: {values}")
_PASS: Final = Text("答对 {values} 个以上", "{values} right answers or more")
_PARTS: Final = Text("组成：{values}", "parts: {values}")
_PER: Final = Text("按每 {values} 计", "per {values}")
_RANKED: Final = Text("选项：{values}", "option: {values}")
_UNRANKED: Final = {
    Unranked.MIDDLE: Text("没有排到的，按余下名次的平均算", "where it was given no rank: the mean of those left open"),
    Unranked.EXCLUDED: Text("没有排到的，不计入", "where it was given no rank: left out"),
}
_SECOND: Final = Text(
    "分母为{own}；旁边另印一个数，分子相同，分母为{name}。达标与否只看前一个",
    "base: {own}; printed beside it with the same numerator, base: {name}. A target is held against the first alone",
)
_BASE: Final = Text("只看{who}", "only those for whom {who}")
_OF: Final = Text("第 {number} 题", "question {number}")


def review_pdf(running: Services, definition: str, language: str) -> bytes:
    """The copy of a questionnaire, given as canonical JSON; called by name in the process beside the server."""
    story = review_story(from_canonical(json.loads(definition)), language)
    return story_pdf(story, running.settings.type_settings)


def review_story(questionnaire: Questionnaire, language: str) -> Story:
    title = f"{questionnaire.title.in_language(language)}　{_TITLE.in_language(language)}".replace("\u200b", "")
    blocks: list[Block] = [_about(questionnaire, title, language), _notice(questionnaire, language)]
    blocks += _sections(questionnaire, language)
    blocks += _tables(questionnaire, language)
    return Story(
        language=language,
        title=title,
        subject=_TITLE.in_language(language),
        author=facts.PRODUCER,
        blocks=tuple(blocks),
        running_head=title,
        running_title=f"{questionnaire.key} {questionnaire.version}",
        foot_left=f"{questionnaire.key} {questionnaire.version}",
        foot_middle="",
        page_of=say(language, "page", page="{page}", pages="{pages}"),
        page_note="",
        year_month_day=None,
    )


def _about(questionnaire: Questionnaire, title: str, language: str) -> Prose:
    header = questionnaire.header
    lines = [f"{questionnaire.key} {questionnaire.version}"]
    for name in ("form_number", "issuing_body", "approval_number", "valid_until"):
        value = getattr(header, name)
        named = FIELDS[f"header.{name}"].in_language(language)
        lines.append(_pair(named, str(value) if value else _LEFT.in_language(language), language))
    return Prose(title, tuple(lines))


def _notice(questionnaire: Questionnaire, language: str) -> Prose:
    notice = questionnaire.notice
    lines = [
        _pair(FIELDS[f"notice.{name}"].in_language(language), getattr(notice, name).in_language(language), language)
        for name in ("purpose", "body", "retention", "contact")
    ]
    if notice.minutes:
        lines.append(_pair(FIELDS["notice.minutes"].in_language(language), str(notice.minutes), language))
    return Prose(_NOTICE.in_language(language), tuple(lines))


_ROUNDS: Final = Text("逐个问，最多 {most} 轮；{how}", "asked in rounds, {most} at most; {how}")
_BY_COUNT: Final = Text("轮数是 {count}", "as many as {count}")
_BY_ASKING: Final = Text("每轮完了问：{asked}", "each ends with: {asked}")
_LISTED = Text("名单，共 {count} 项", "A list of {count} entries")


def _sections(questionnaire: Questionnaire, language: str) -> Iterator[Table]:
    known = numbered(questionnaire)
    numbers = {one.question.id: one for one in known}
    for section in as_written(questionnaire).sections:
        rows = list(_rounds(section, language))
        for question in section.questions:
            printed = round_id(question.id, 1) if section.repeats else question.id
            rows += _question(question, numbers.get(printed), known, language)
        yield _table(section.title.in_language(language), _HEADS, rows, language)


def _rounds(section: Section, language: str) -> Iterator[Row]:
    """How a section repeats, above its questions: they stand once, with the numbers of the first round."""
    repeats = section.repeats
    if repeats is None:
        return
    if repeats.count is not None:
        how = _BY_COUNT.in_language(language).format(count=repeats.count.source)
    else:
        how = _BY_ASKING.in_language(language).format(asked=repeats.asks_for_more("more").text.in_language(language))
    said = _ROUNDS.in_language(language).format(most=repeats.most, how=how)
    yield Row((Cell(section.id), Cell(said, grey=True), Cell()))


def _question(question: Question, one: Numbered | None, known: tuple[Numbered, ...], language: str) -> Iterator[Row]:
    """A question in bold with its remarks, its rows, its options with their codes."""
    remarks = [kind.in_language(language) for kind in _rules(question)]
    if one is not None and (who := who_answers(known, one, language)):
        remarks.append(who.strip("（）() "))
    if one is not None and one.meant is not None:
        remarks.append(one.meant.in_language(language).rstrip("。."))
    if question.required:
        remarks.append(_REQUIRED.in_language(language))
    if question.stands_for:
        remarks.append(_STANDS[question.stands_for.value].in_language(language))
    number = f"{one.number}  {question.id}" if one is not None else question.id
    text = question.text.in_language(language)
    hint = question.hint.in_language(language) if question.hint else ""
    yield Row((Cell(number, bold=True), Cell(text, bold=True), Cell(_joined(remarks, language), grey=True)), Tone.PLAIN)
    if hint:
        yield Row((Cell(), Cell(hint, grey=True), Cell()))
    for item in question.items:
        yield Row((Cell(item.id, indent=True), Cell(item.text.in_language(language)), Cell()))
    listed = question.options if len(question.options) <= MOST_PRINTED else LongOptions(question).apart
    if len(listed) < len(question.options):
        count = f"{len(question.options) - len(listed):,}"
        yield Row(
            (Cell(question.list or "", indent=True), Cell(_LISTED.in_language(language).format(count=count)), Cell())
        )
    for option in listed:
        yield Row(
            (
                Cell(option.code, indent=True),
                Cell(option.label.in_language(language)),
                Cell(_joined(_of_option(option, language), language), grey=True),
            )
        )


def _rules(question: Question) -> Iterator[Text]:
    rule = kind_of(question).rule(question)
    if rule is not None:
        yield Text(rule.zh.rstrip("。"), rule.en.rstrip("."))


def _of_option(option: Option, language: str) -> list[str]:
    told = []
    if option.missing is not None:
        told.append(MISSING_LABELS[option.missing].in_language(language))
    if option.exclusive:
        told.append(_EXCLUSIVE.in_language(language))
    if option.other:
        told.append(_OTHER.in_language(language))
    return told


def _tables(questionnaire: Questionnaire, language: str) -> Iterator[Table]:
    if questionnaire.calculated:
        rows = [
            Row((Cell(one.id), Cell(one.text.in_language(language)), Cell(one.expression.source)))
            for one in as_written(questionnaire).calculated
        ]
        yield _table(_CALCULATED.in_language(language), _FIGURE_HEADS, rows, language)
    for draw in questionnaire.draws:
        rows = [_block(questionnaire, block, language) for block in draw.blocks]
        title = _DRAW.in_language(language).format(label=draw.label.in_language(language), take=draw.take, of=len(rows))
        yield _table(title, _DRAW_HEADS, rows, language)
    written = as_written(questionnaire)
    first = {one.id: one.condition for one in questionnaire.contradictions}
    first |= {one.id: one.condition for one in questionnaire.rules}
    found: list[tuple[Contradiction | Rule, Severity]] = [(one, Severity.SOFT) for one in written.contradictions]
    found += [(one, one.severity) for one in written.rules]
    if found:
        rows = [
            Row(
                (
                    Cell(one.id),
                    Cell(one.message.in_language(language)),
                    Cell(
                        _joined(
                            [
                                in_words(questionnaire, first.get(one.id) or first[round_id(one.id, 1)], language),
                                (_HARD if severity is Severity.HARD else _SOFT).in_language(language),
                            ],
                            language,
                        )
                    ),
                )
            )
            for one, severity in found
        ]
        yield _table(_CHECKS.in_language(language), _CHECK_HEADS, rows, language)
    if questionnaire.indicators:
        rows = [_indicator(questionnaire, one, language) for one in questionnaire.indicators]
        yield _table(_INDICATORS.in_language(language), _FIGURE_HEADS, rows, language, middle=0.25)


def _block(questionnaire: Questionnaire, block: DrawnBlock, language: str) -> Row:
    inside = {section.id: [one.id for one in section.questions] for section in questionnaire.sections}
    questions = [*block.questions, *(name for section in block.sections for name in inside[section])]
    placed = [str(one.number) for one in numbered(questionnaire) if one.question.id in questions]
    words = f"{block.label.in_language(language)} ({', '.join(placed)})"
    who = in_words(questionnaire, block.belongs_if, language) if block.belongs_if else _EVERYBODY.in_language(language)
    return Row((Cell(block.id), Cell(words), Cell(who)))


def _indicator(questionnaire: Questionnaire, one: Indicator, language: str) -> Row:
    """The definition as it is printed, then the same in codes: what is read and what is computed stand together."""
    numbers = _numbers(questionnaire)
    told = [_KINDS[one.kind].in_language(language)]
    if one.variables:
        told.append(
            "、".join(
                _OF.in_language(language).format(number=numbers[name]) if name in numbers else name
                for name in one.variables
            )
        )
    for words, values in (
        (_COUNTED, one.numerator),
        (_AGAINST, one.against),
        (_EXCLUDED, one.excluded),
        (_POINTS, [f"{code} = {in_digits(points)}" for code, points in one.scores.items()]),
        (_RIGHT, [f"{name} = {'+'.join(codes)}" for name, codes in one.correct.items()]),
        (_PASS, [] if one.pass_at is None else [str(one.pass_at)]),
        (_PER, [str(one.per)] if one.per != 1 else []),
        (_RANKED, [one.option] if one.option else []),
        (_PARTS, [f"{part.indicator} × {in_digits(part.weight)}" for part in one.parts]),
    ):
        if values:
            told.append(words.in_language(language).format(values="、".join(values)))
    if one.base is not None:
        told.append(_BASE.in_language(language).format(who=in_words(questionnaire, one.base, language)))
    if one.kind is IndicatorKind.MEAN_RANK:
        told.append(_UNRANKED[one.unranked].in_language(language))
    elif one.kind is not IndicatorKind.INDEX and one.kind not in TOTALS:
        told.append(_DONT_KNOW[one.dont_know].in_language(language))
    told += _second(one, language)
    if one.target is not None:
        told.append(_target(one, language))
    definition = one.definition.in_language(language)
    return Row(
        (Cell(one.id), Cell(one.name.in_language(language), bold=True), Cell(f"{definition} {_joined(told, language)}"))
    )


def _second(one: Indicator, language: str) -> list[str]:
    beside = one.second_base
    if beside is None:
        return []
    words = {"own": beside.own.in_language(language), "name": beside.name.in_language(language)}
    left_out = _EXCLUDED.in_language(language).format(values="、".join(beside.excluded))
    return [_SECOND.in_language(language).format(**words), *([left_out] if beside.excluded else [])]


def _numbers(questionnaire: Questionnaire) -> dict[str, str]:
    """6 of a question, 6.1 of the first row of a matrix, as they are printed."""
    found = {}
    for one in numbered(questionnaire):
        rows = [f"{one.question.id}.{item.id}" for item in one.question.items]
        for name in one.question.variables():
            found[name] = f"{one.number}.{rows.index(name) + 1}" if name in rows else str(one.number)
    return found


def _target(one: Indicator, language: str) -> str:
    assert one.target is not None
    share = one.kind in SHARES
    value = f"{in_digits(round(one.target.value * 100, 4))}%" if share else in_digits(one.target.value)
    return _TARGET[one.target.sense].in_language(language).format(value=value)


def _table(
    title: str, heads: tuple[Text, Text, Text], rows: Iterable[Row], language: str, *, middle: float = 0.55
) -> Table:
    first, second, third = (one.in_language(language) for one in heads)
    columns = (Column(first, width=110), Column(second, share=middle), Column(third, share=1 - middle))
    return Table(title, "", columns, tuple(rows))


def _pair(name: str, value: str, language: str) -> str:
    return f"{name}: {value}" if language == "en" else f"{name}：{value}"


def _joined(parts: Iterable[str], language: str) -> str:
    return ("; " if language == "en" else "；").join(part for part in parts if part)
