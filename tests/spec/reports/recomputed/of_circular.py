"""The draft of a 通报: what it lists is worked out again, what it says beside is true and of its sheet."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator

import docx

from analysis.results import Verdict
from questionnaires.indicators import Indicator
from reports.blocks import Card, Notes, Story, Table
from reports.content import AreaSummary, Place
from reports.story.circular import Circular, circular
from reports.word.circular import circular_docx
from reports.wording.circular import CIRCULAR
from reports.wording.phrases import VERDICT_WORDS
from tests.spec.reports.recomputed import figures, numbers
from tests.spec.reports.recomputed.registry import CLAIMS, unproved
from tests.spec.reports.recomputed.sheet import Sheet, Where

Faults = Iterator[tuple[object, ...]]
ORDER = (
    Verdict.REACHED,
    Verdict.CANNOT_TELL,
    Verdict.CANNOT_REACH,
    Verdict.NOT_REACHED,
    Verdict.NOT_PUBLISHED,
)
BY_HOW_MUCH = re.compile(r"[升降高低](?=[−\d])|第一名|排名第")
"""What claims something where no space stands before a figure; and that nothing is put in an order."""
UNORDERED = "以上按区划代码列出，不作排名。"
OF_THE_REPORT = "本通报的数字均摘自发布号{}的报告，以报告为准。"  # held by all its figures


def closed(text: str) -> str:
    return text.replace(" ", "")


def faults(sheet: Sheet, seen: Counter[str]) -> Faults:
    assert isinstance(sheet.summary, AreaSummary)
    made = circular(sheet.summary)
    parts = {part.heading.partition("、")[2]: part.paragraphs for part in made.parts}
    if [part.heading[:2] for part in made.parts] != ["一、", "二、", "三、", "四、"][: len(parts)]:
        yield "numbers", made.parts
    listed = parts.get("各街道（镇）情况") or parts.get("各社区情况") or ()
    below = sheet.streets if sheet.is_city else sheet.communities
    wanted = [closed(of_places(sheet, one, below)) for one in sheet.headlines] if below else []
    if [closed(one) for one in listed] != [*wanted, *([UNORDERED] if below else [])]:
        yield "lists", listed, wanted
    first, *lines = made.parts[0].paragraphs
    for one, line in zip(sheet.headlines, lines, strict=True):
        yield from of_line(sheet, one, closed(line), seen)
    of_it = OF_THE_REPORT.format(sheet.summary.imprint.release_number)
    for text in (made.title, made.opening, made.attached, first, *made.parts[-1].paragraphs):
        yield from () if closed(text) == of_it else left_of(sheet, closed(text), "", seen)
    yield from of_mend(sheet, made.of, parts.get("先改什么", ()))
    yield from numbers.unknown(every_text(made), sheet)


def of_mend(sheet: Sheet, story: Story, told: tuple[str, ...]) -> Faults:
    """The rows of the report's table with what it says of them; or the sentence why it has none."""
    tables = [one for one in story.blocks if isinstance(one, Table) and one.title.startswith("先改")]
    if not tables:
        notes = {closed(text) for one in story.blocks if isinstance(one, Notes) for text in one.lines}
        yield from (("mends nothing", one) for one in told if closed(one) not in notes)
        return
    items = [sheet.by_name[row.cells[0].text] for row in tables[0].rows]
    rows = [
        f"{sheet.said(one.name)}{sheet.with_unit(one)}（{sheet.level}%置信区间{limits(sheet, one, sheet.place)}）"
        for one in items
    ]
    basis = closed("".join(tables[0].notes))
    first, why = map(closed, told)
    means = why.removesuffix(basis)
    if first != closed(f"{tables[0].title}：{'、'.join(rows)}。") or not why.endswith(basis):
        yield "to mend", told
    if means and means.removeprefix("各数是").removesuffix("。") not in closed(tables[0].unit):
        yield "what a figure is", means


def every_text(made: Circular) -> list[str]:
    told = [one for part in made.parts for one in (part.heading, *part.paragraphs)]
    return [made.title, made.opening, made.attached, *told]


def of_places(sheet: Sheet, one: Indicator, below: list[Place]) -> str:
    """Of each verdict how many places got it and which; without a target the figure of each."""
    names = {place.code: sheet.said(place.name) for place in below}
    hidden = sheet.said(VERDICT_WORDS[Verdict.NOT_PUBLISHED])
    if one.target is None:
        told = [
            f"{names[place.code]}{hidden}"
            if sheet.cell(one, place).suppression is not None
            else f"{names[place.code]}{sheet.with_unit(one, place)}（{limits(sheet, one, place)}）"
            for place in below
        ]
        return f"{sheet.said(one.name)}：{'、'.join(told)}。"
    given = {verdict: [each for each in below if sheet.verdict(one, each) is verdict] for verdict in ORDER}
    parts = [
        f"{sheet.said(VERDICT_WORDS[verdict])}{len(places)}个（{'、'.join(names[each.code] for each in places)}）"
        for verdict, places in given.items()
        if places
    ]
    return f"{sheet.said(one.name)}：{'；'.join(parts)}。"


def limits(sheet: Sheet, one: Indicator, place: Place) -> str:
    return figures.with_unit(sheet.interval(one, place), figures.unit_of(one), sheet.language)


def of_line(sheet: Sheet, one: Indicator, line: str, seen: Counter[str]) -> Faults:
    """知晓率93.6%（95%置信区间91.9–95.0%；目标≥90%），达标；比上期升3（1–6）。 With its figures where there are any."""
    name, cell = sheet.said(one.name), sheet.cell(one)
    hidden = cell.suppression is not None
    figure = "" if hidden else f"{sheet.with_unit(one)}（{sheet.level}%置信区间{limits(sheet, one, sheet.place)}"
    begins = closed(f"{name}{figure}")
    verdict = Verdict.NOT_PUBLISHED if hidden else sheet.verdict(one)
    word = "" if verdict is None else f"，{sheet.said(VERDICT_WORDS[verdict])}"
    if not line.startswith(begins) or f"{word}；" not in f"{line[:-1]}；" or (hidden and "置信区间" in line):
        yield "line", line, begins, word
    yield from left_of(sheet, line.replace("没有查出变化（", "没有查出（"), name, seen)


def left_of(sheet: Sheet, text: str, name: str, seen: Counter[str]) -> Faults:
    """What is said of the indicator of that name, or "" of all."""
    card = Card(name=name, verdict=None, word="", figure="", unit="", rows=(), reasons=())
    left = unproved(text, Where((card,) if name else (), text), sheet, seen, closed=True)
    if CLAIMS["zh"].search(left) or BY_HOW_MUCH.search(left):
        yield text, left


def of_file(sheet: Sheet) -> Faults:
    """The Word file: its texts, what the office fills in, and what it says of itself."""
    assert isinstance(sheet.summary, AreaSummary)
    made = circular(sheet.summary)
    document = docx.Document(io.BytesIO(circular_docx(sheet.summary)))
    known = {*every_text(made), "", "— ", " —"} | {one.format(year=made.year) for one in office()}
    foot = [
        line for part in document.sections for kind in (part.footer, part.even_page_footer) for line in kind.paragraphs
    ]
    told = [piece for line in document.paragraphs for piece in line.text.split("\t")]
    told += [run.text for line in foot for run in line.runs if run.text not in ("PAGE", "1")]
    yield from (("Word", one) for one in told if one not in known)
    yield from (("Word, without", one) for one in every_text(made) if one not in told)
    about = document.core_properties
    own = {made.title, made.of.subject, made.of.author, ", ".join(made.of.keywords), "survey-service", ""}
    said = (about.title, about.subject, about.author, about.keywords, about.comments, about.category)
    yield from (("Word, of itself", one) for one in said if one not in own)


def office() -> list[str]:
    """What stands in brackets or is left empty, and the numbered heads."""
    begins = ("mark_of_sender", "number_of_document", "addressees", "sender", "day_of_document")
    return [CIRCULAR[key] for key in (*begins, "copies", "printed_by", "printed_on")]
