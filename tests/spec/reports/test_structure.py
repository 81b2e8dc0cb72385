"""What a program that reads a sheet aloud finds in the file: headings, paragraphs, tables, words for what is drawn."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

from reports.blocks import Block, Cards, Columns, Comparison, Masthead, Spare, Story, Table
from reports.content import AreaSummary, CommunitySummary
from reports.fonts import TypeSettings
from reports.pdf import area_pdf, community_pdf
from reports.story import area_story, community_story
from tests.spec.reports.cases import CASES

SOME = ("usual", "all_yes", "age_groups", "street", "sixty_communities")
cases = pytest.mark.parametrize(("case", "language"), [(case, language) for case in SOME for language in ("zh", "en")])


@dataclass(slots=True)
class Element:
    kind: str
    alt: str
    attributes: dict[str, Any]
    kids: list[Element] = field(default_factory=list)
    words: str = ""  # of its own marked content

    def all(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            yield from kid.all()

    def of(self, *kinds: str) -> list[Element]:
        return [one for one in self.all() if one.kind in kinds]

    @property
    def text(self) -> str:
        return self.words + "".join(kid.text for kid in self.kids)


@dataclass(slots=True)
class Read:
    root: Element
    reader: PdfReader
    unmarked: list[str]  # texts that stand outside all marks
    owned: dict[tuple[int, int], int]  # page and number of marked content -> how many elements own it
    shown: set[tuple[int, int]]


@cache
def pdf_of(case: str, language: str, settings: TypeSettings) -> bytes:
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        return community_pdf(summary, language, settings)
    return area_pdf(summary, language, settings)


def story_of(case: str, language: str) -> Story:
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        return community_story(summary, language)
    return area_story(summary, language)


def read(content: bytes) -> Read:
    reader = PdfReader(io.BytesIO(content))
    pages = {
        page.indirect_reference.idnum: number for number, page in enumerate(reader.pages) if page.indirect_reference
    }
    texts: dict[tuple[int, int], str] = {}
    unmarked: list[str] = []
    for number, page in enumerate(reader.pages):
        maps = {name: unicode_of(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
        open_, font = [], ""
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"BDC", b"BMC"):
                open_.append(operands[1].get("/MCID") if operator == b"BDC" else None)
                if operator == b"BDC":
                    texts.setdefault((number, open_[-1]), "")
            elif operator == b"EMC":
                open_.pop()
            elif operator == b"Tf":
                font = operands[0]
            elif operator == b"TJ":
                shown = "".join(decoded(one, maps[font]) for one in operands[0] if isinstance(one, (str, bytes)))
                if not open_:
                    unmarked.append(shown)
                elif open_[-1] is not None:
                    texts[number, open_[-1]] += shown
    catalog: Any = reader.trailer["/Root"].get_object()
    owned: dict[tuple[int, int], int] = dict.fromkeys(texts, 0)

    def element(made: DictionaryObject) -> Element:
        own = made.get("/A", {})
        result = Element(made["/S"][1:], str(made.get("/Alt", "")), {key: own[key] for key in own})  # type: ignore[index]
        kids = made.get("/K", ArrayObject())
        for kid in kids if isinstance(kids, ArrayObject) else [made.raw_get("/K")]:
            below = kid.get_object() if isinstance(kid, IndirectObject) else kid
            if isinstance(below, DictionaryObject) and "/S" in below:
                result.kids.append(element(below))
                continue
            page = below.raw_get("/Pg") if isinstance(below, DictionaryObject) else made.raw_get("/Pg")
            number = below["/MCID"] if isinstance(below, DictionaryObject) else below
            key = (pages[page.idnum], int(number))
            owned[key] += 1
            result.words += texts[key]
        return result

    return Read(element(catalog["/StructTreeRoot"]["/K"].get_object()), reader, unmarked, owned, set(texts))


def unicode_of(font: Any) -> dict[int, str]:
    text = font["/ToUnicode"].get_object().get_data().decode("ascii")
    pairs = re.findall(r"^<(\w{4})> <(\w+)>$", text, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in pairs if to != "FFFF"}


def decoded(shown: str | bytes, characters: dict[int, str]) -> str:
    raw = shown if isinstance(shown, bytes) else shown.original_bytes  # type: ignore[attr-defined]
    return "".join(characters[int.from_bytes(raw[at : at + 2])] for at in range(0, len(raw), 2))


@cases
def test_every_text_is_an_element_or_furniture_and_stands_once(
    case: str, language: str, type_settings: TypeSettings
) -> None:
    found = read(pdf_of(case, language, type_settings))
    assert found.unmarked == []
    assert set(found.owned.values()) == {1}
    catalog: Any = found.reader.trailer["/Root"].get_object()
    assert catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712  # pypdf's own
    assert catalog["/Lang"] == {"zh": "zh-CN", "en": "en"}[language]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    for number, page in enumerate(found.reader.pages):
        assert (page["/StructParents"], page["/Tabs"]) == (number, "/S")
    numbers = catalog["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert [numbers[at] for at in range(0, len(numbers), 2)] == list(range(len(found.reader.pages)))
    marked = [len(numbers[at].get_object()) for at in range(1, len(numbers), 2)]
    assert sum(marked) == len(found.shown)


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks beside each other and spare ones in the order in which they stand."""
    for block in blocks:
        if isinstance(block, Columns):
            for side in block.sides:
                yield from flat(side.blocks)
        elif isinstance(block, Spare):
            yield from flat(block.blocks)
        else:
            yield block


@cases
def test_headings_are_those_of_the_story(case: str, language: str, type_settings: TypeSettings) -> None:
    story = story_of(case, language)
    found = read(pdf_of(case, language, type_settings)).root
    blocks = list(flat(story.blocks))
    [masthead] = [block for block in blocks if isinstance(block, Masthead)]
    assert [one.text for one in found.of("H1")] == [masthead.title]
    titles = [block.title for block in blocks if getattr(block, "title", "") and not isinstance(block, Masthead)]
    heard = [one.text for one in found.of("H2")]
    assert set(heard) <= set(titles)
    assert [title for title in titles if title in heard] == heard  # two pages leave out what they do not hold
    if isinstance(CASES[case](), AreaSummary):
        assert heard == titles
    cards = [card.name for block in blocks if isinstance(block, Cards) for card in block.cards]
    assert [one.text.replace(" ", "") for one in found.of("H3")] == [name.replace(" ", "") for name in cards]


@cases
def test_tables_have_all_their_cells_and_every_cell_its_heads(
    case: str, language: str, type_settings: TypeSettings
) -> None:
    story, found = story_of(case, language), read(pdf_of(case, language, type_settings)).root
    tables = found.of("Table")
    headed = [table for table in tables if scopes(table.kids[0]) == {"/Column"}]
    assert headed
    for table in tables:
        rows = table.kids[1:] if table in headed else table.kids
        spanned = 0  # rows that a cell above still stands for
        for row in rows:
            assert row.kids[0].attributes["/Scope"] == "/Row"
            assert len(row.kids) + (spanned > 0) == len(table.kids[0].kids)
            spanned = spanned - 1 if spanned else int(row.kids[0].attributes.get("/RowSpan", 1)) - 1
    told = [block for block in story.blocks if isinstance(block, (Table, Comparison))]
    said = " ".join(row.text for table in tables for row in table.kids).replace(" ", "")
    for block in told:
        for row in block.rows if isinstance(block, Table) else ():
            assert "".join(cell.text for cell in row.cells[:1]).replace(" ", "") in said


def scopes(row: Element) -> set[Any]:
    return {cell.attributes.get("/Scope") for cell in row.kids}


@cases
def test_what_is_drawn_has_words(case: str, language: str, type_settings: TypeSettings) -> None:
    found = read(pdf_of(case, language, type_settings)).root
    figures = found.of("Figure")
    assert all(re.search(r"\d", one.alt) for one in figures)
    if case in ("street", "sixty_communities"):
        words = {"zh": {"达标", "未达标", "尚不能判定"}, "en": {"reached", "not reached", "undecided"}}[language]
        spans = {re.sub(r"\s*\d+$", "", one.alt).lower() for one in found.of("Span")}
        assert len(spans & words) >= 2, spans


def test_a_repeated_head_and_the_foot_are_heard_once(type_settings: TypeSettings) -> None:
    found = read(pdf_of("sixty_communities", "zh", type_settings))
    text = found.root.text
    assert len(found.reader.pages) > 2
    assert (
        text.count("60 个社区，按街道列出")
        == text.count("60个社区，按街道列出") + text.count("60 个社区，按街道列出")
        == 1
    )
    assert "第 2 页" not in text
    assert text.replace(" ", "").count("不是验收结论") == 1


@cases
def test_the_file_says_of_itself_what_its_first_page_says(
    case: str, language: str, type_settings: TypeSettings
) -> None:
    """Names and numbers of the release: no figure, no program's name but ours, no person."""
    content = pdf_of(case, language, type_settings)
    story, information = story_of(case, language), PdfReader(io.BytesIO(content)).metadata
    assert information is not None
    told = "Title Subject Author Keywords Creator Producer CreationDate ModDate"
    assert set(information) == {f"/{one}" for one in told.split()}
    assert [information[key] for key in ("/Title", "/Subject", "/Author")] == [story.title, story.subject, story.author]
    assert information["/Keywords"] == ", ".join(story.keywords)
    assert b"/Metadata" not in content


@pytest.mark.parametrize("mode", ["-raw", "-layout"])
@pytest.mark.parametrize("case", SOME)
def test_no_copied_line_begins_with_a_mark_that_closes(
    mode: str, case: str, type_settings: TypeSettings, tmp_path: Path
) -> None:
    """Where two marks close up, a pen that moved back was the end of a line to those who copy."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf_of(case, "zh", type_settings))
    copied = subprocess.run([program, mode, path, "-"], capture_output=True, text=True, check=True).stdout
    assert not re.findall(r"^\s*[，；、。：！？”』」）》].*", copied, re.MULTILINE)


def test_poppler_hears_the_same(type_settings: TypeSettings, tmp_path: Path) -> None:
    program = shutil.which("pdfinfo")
    if program is None:
        pytest.skip("pdfinfo is not installed")
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf_of("street", "zh", type_settings))
    heard = subprocess.run([program, "-struct-text", path], capture_output=True, text=True, check=True)
    assert heard.stderr == ""
    for line in ('  H1 (block)\n    "城厢街道"', "      TH:", "         /Scope /Row", "  Table (block)"):
        assert line in heard.stdout
