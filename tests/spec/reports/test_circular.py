"""The draft of a 通报: each verdict, count and figure in it is recomputed from the cells; nothing else is in it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from analysis.results import Suppression, Verdict
from reports.blocks import Range
from reports.content import AreaSummary, Place
from reports.story import area_story, common
from reports.story.circular import Circular, Part, circular, places, to_mend
from reports.story.mend import mend_first
from reports.story.places import cell_at
from reports.word.circular import circular_docx
from reports.word.tables import range_words
from reports.wording import verdicts
from reports.wording.circular import CIRCULAR, closed
from tests.spec.reports import cases
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of, texts

AREAS = {name: made for name, made in cases.CASES.items() if isinstance(made(), AreaSummary)}
LIST = re.compile(r"([^；：]+?)(\d+)个（([^）]*)）")


def hidden_in(summary: AreaSummary, place: Place) -> AreaSummary:
    """The same, with every figure of one place hidden."""
    rows = [
        replace(row, cells=tuple(given.hidden(cell.variable, Suppression.NOT_PUBLISHED) for cell in row.cells))
        if row.domain == place.domain
        else row
        for row in summary.table.rows
    ]
    return replace(summary, table=replace(summary.table, rows=tuple(rows)))


def part_of(made: Circular, *names: str) -> Part:
    return next(part for part in made.parts if part.heading.partition("、")[2] in names)


def lists(summary: AreaSummary) -> dict[str, dict[str, list[str]]]:
    """What the second part says: indicator, word of the verdict, places."""
    told = part_of(circular(summary), "各街道（镇）情况", "各社区情况").paragraphs[:-1]
    found = {}
    for line in told:
        name, _, rest = line.partition("：")
        found[name] = {word: names.split("、") for word, _, names in LIST.findall(rest)}
        assert all(int(size) == len(names.split("、")) for _, size, names in LIST.findall(rest))
    return found


@pytest.mark.parametrize("made", [given.city, given.street])
@pytest.mark.parametrize("hide", [False, True])
def test_each_place_stands_under_the_verdict_of_its_cell(made: object, hide: bool) -> None:
    summary: AreaSummary = made()  # type: ignore[operator]
    below = places(summary)
    summary = hidden_in(summary, below[1]) if hide else summary
    found = lists(summary)
    judged = [each for each in common.headline(summary.indicators) if each.target]
    assert set(found) == {each.name.zh for each in judged}
    for indicator in judged:
        expected: dict[str, list[str]] = {}
        for place in below:
            verdict = verdicts.shown_verdict(cell_at(summary, indicator, place)) or Verdict.NOT_PUBLISHED
            expected.setdefault(verdicts.verdict_word(verdict, "zh"), []).append(place.name.zh)
        assert found[indicator.name.zh] == expected
        hidden_word = verdicts.verdict_word(Verdict.NOT_PUBLISHED, "zh")
        assert not hide or below[1].name.zh in found[indicator.name.zh][hidden_word]


@pytest.mark.parametrize("case", AREAS)
def test_no_figure_is_in_it_that_the_report_does_not_print(case: str) -> None:
    summary = AREAS[case]()
    made = circular(summary)
    story = area_story(summary, "zh")
    drawn = [range_words(one) for one in blocks_of(story, Range)]
    own = common.measured(summary.table, summary.place, common.headline(summary.indicators), "zh")
    aims = [verdicts.target_words(each.indicator.target, each.figures, "zh") for each in own if each.indicator.target]
    figures = set(re.findall(r"\d[\d,.]*", closed("\n".join((*texts(story), *drawn, *aims)))))
    below, counts = places(summary), set()
    counts |= {str(size) for size in range(1, len(below) + 1)} | {str(len(summary.streets))}
    everything = [made.title, made.opening, made.attached, *(one for part in made.parts for one in part.paragraphs)]
    assert not {one for text in everything for one in re.findall(r"\d[\d,.]*", text)} - figures - counts
    of_items = [closed(one) for one in to_mend(summary)]
    for text in (one for one in everything if one not in of_items):
        assert not re.search("第一名|排名第|最高|最低", text), "no place is put in an order"


@pytest.mark.parametrize("made", [given.city, given.street])
def test_its_first_part_is_the_answer_and_the_cards_of_the_report(made: object) -> None:
    summary: AreaSummary = made()  # type: ignore[operator]
    for indicator, line in zip(
        common.headline(summary.indicators), circular(summary).parts[0].paragraphs[1:], strict=True
    ):
        cell = cell_at(summary, indicator, summary.place)
        figures = common.measured(summary.table, summary.place, [indicator], "zh")[0].figures
        words = verdicts.with_unit(common.value_words(cell, figures), figures.unit, "zh")
        interval = verdicts.interval_words(cell, figures, "zh")
        assert line.startswith(f"{indicator.name.zh}{words}（95%置信区间{interval}")
        verdict = verdicts.shown_verdict(cell)
        assert verdict is not None
        assert line.endswith(f"，{verdicts.verdict_word(verdict, 'zh')}。")


def test_it_says_what_to_mend_first_as_the_report_does_and_who_was_asked() -> None:
    named = 0
    for summary in (made() for made in AREAS.values()):
        assert isinstance(summary, AreaSummary)
        made, found = circular(summary), mend_first(summary, "zh")
        assert closed(f"调查对象：{summary.method.population.zh.rstrip('。')}。") in made.opening
        headings = [one.heading for one in made.parts]
        assert headings == [f"{number}、{one[2:]}" for number, one in zip("一二三四", headings, strict=False)]
        assert (found is None) is not any(one.endswith("先改什么") for one in headings)
        if found is not None and found.first:
            first, why = part_of(made, "先改什么").paragraphs
            assert first.startswith(closed(f"{found.title}：{found.names[0]}"))
            assert all(closed(name) in first for name in found.names)
            assert why.endswith(closed("".join(found.basis)))
            named += 1
    assert named


@pytest.mark.parametrize("case", AREAS)
def test_a_change_that_was_not_found_is_called_a_change(case: str) -> None:
    told = "".join(one for part in circular(AREAS[case]()).parts for one in part.paragraphs)
    assert not re.search("没有查出(?!变化|差别)", told)


def test_it_is_laid_out_as_the_standard_asks() -> None:
    content = circular_docx(given.city())
    assert content == circular_docx(given.city())
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round((one or 0) / Mm(1)) for one in margins] == [37, 35, 28, 26]
    pitch = section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch"))
    assert 22 * int(pitch) / 20 == pytest.approx(225 / 25.4 * 72, abs=1)
    closer = document.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))
    assert 27.99 < 156 / 25.4 * 72 / (16 + int(closer) / 20) < 28.2, "characters of a line"
    title = next(one for one in document.paragraphs if one.text == circular(given.city()).title)
    assert title.runs[0].font.size.pt == 22
    assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    told = [one.text for one in document.paragraphs]
    for key in ("addressees", "sender", "day_of_document", "copies"):
        assert CIRCULAR[key] in told
    assert CIRCULAR["number_of_document"].format(year=given.IMPRINT.released_on.year) in told
    assert told[told.index(CIRCULAR["sender"]) - 3 :][:3] == ["", "", ""], "room for a seal"
