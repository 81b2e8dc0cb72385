"""A story as PDF, as Word file and as page: each holds what the story says, and no text or number beside."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from html import unescape

import pypdfium2

from reports.blocks import Answer, Card, Cell, ComparisonRow, Masthead, Range, Story
from reports.fonts import TypeSettings
from reports.pdf import story_pdf
from reports.word.report import story_docx
from reports.wording.phrases import VERDICT_WORDS
from tests.service.test_sheet_page import Read, rendered
from tests.spec.reports.recomputed import figures
from tests.spec.reports.recomputed.numbers import NUMBER
from tests.spec.reports.test_claims import blocks_of, texts
from tests.spec.reports.test_structure import read

SIGNS = ("●", "▲", "◆", "◇", "—", "・")
Faults = Iterator[tuple[str, str]]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Said:
    """Everything that a story says, to be looked for in a file of it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        every = [*texts(story), *joined(story), *together(story), *SIGNS, *counts(story)]
        every += [one.in_language(story.language) for one in VERDICT_WORDS.values()]
        self.corpus = "\n".join(map(squeezed, every))
        self.numbers = {number for text in every for number in NUMBER.findall(text)}

    def beside(self, medium: str, pieces: Iterable[str]) -> Faults:
        """Pieces of a file that are no part of what the story says."""
        for piece in pieces:
            if squeezed(piece).removesuffix("…") not in self.corpus:  # a name without room ends so
                yield medium, piece
            elif unknown := set(NUMBER.findall(piece)) - self.numbers:
                yield f"{medium}: number", f"{unknown} in {piece}"

    def missing(self, medium: str, whole: str) -> Faults:
        """The headline, and name, figure and word of each card, which every medium has to have."""
        whole = squeezed(whole)
        for answer in blocks_of(self.story.blocks, Answer):
            yield from ((medium, f"without {one}") for one in [answer.sentence] if squeezed(one) not in whole)
        for card in blocks_of(self.story.blocks, Card):
            for text in (card.name, card.figure, card.word):
                if squeezed(text) not in whole:
                    yield medium, f"without {text}"


def joined(story: Story) -> Iterator[str]:
    """Intervals as they are printed, and drawings in words: outwards, with a decimal where one end has it."""
    for cell in blocks_of(story.blocks, Cell):
        if cell.interval:
            yield figures.interval(*cell.interval)
        if cell.letter:
            yield f"{cell.text}{cell.letter}"
    for row in blocks_of(story.blocks, ComparisonRow):
        if row.interval:
            yield figures.interval(*row.interval)
        yield f"{row.value}{row.letter}"
    for one in blocks_of(story.blocks, Range):
        whole = all(abs(end - round(end)) < 1e-9 for end in (one.low, one.high))
        low, high = (figures.exact(end, figures.POINTS) for end in (one.low, one.high))
        decimals = 0 if whole else 1
        yield figures.interval(
            figures.number(low, decimals, ROUND_FLOOR), figures.number(high, decimals, ROUND_CEILING)
        )


def together(story: Story) -> Iterator[str]:
    """What stands in one line: the facts below the title, a label with its value, the foot."""
    for head in blocks_of(story.blocks, Masthead):
        yield "".join(head.meta)
        yield from (f"{name}{head.colon}{value}" for name, value in head.statutory)
    for card in blocks_of(story.blocks, Card):
        yield from (name + value for name, value in (*card.rows, *card.further))
    yield story.foot_left + story.foot_middle
    yield story.running_head + story.running_title


def counts(story: Story) -> Iterator[str]:
    """How many areas got which verdict, alone and behind its word."""
    for card in blocks_of(story.blocks, Card):
        for verdict, count in card.counts:
            yield str(count)
            yield f"{VERDICT_WORDS[verdict].in_language(story.language)}{count}"


# ------------------------------------------------------------------ PDF


def of_pdf(story: Story, settings: TypeSettings | None = None) -> Faults:
    yield from of_content(story_pdf(story, settings), story)


def of_content(content: bytes, story: Story) -> Faults:
    """A file held against the story that it is of."""
    said = Said(story)
    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    numbers = [squeezed(story.page_of.format(page=page + 1, pages=pages)) for page in range(pages)]
    pieces = [one for one in pdf_pieces(document) if squeezed(one) not in numbers]
    yield from said.beside("PDF", pieces)
    yield from said.missing("PDF", "".join(pieces))
    yield from said.beside("outline", (one.get_title() for one in document.get_toc()))
    about = {text for text in document.get_metadata_dict().values() if text and not text.startswith("D:")}
    own = {story.title, story.subject, story.author, ", ".join(story.keywords), "survey-service"}
    yield from (("metadata", text) for text in about - own)
    yield from said.beside("what is heard", (one.alt for one in read(content).root.all() if one.alt))


def pdf_pieces(document: pypdfium2.PdfDocument, of: tuple[int, int] | None = None) -> Iterator[str]:
    """The text of each operator that shows one, in the order in which they are drawn; ``of``: those pages alone."""
    for number in range(*(of or (0, len(document)))):
        page = document[number]
        textpage = page.get_textpage()
        for one in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT], textpage=textpage):
            yield one.extract()


# ------------------------------------------------------------------ Word


def of_word(story: Story) -> Faults:
    said, content = Said(story), story_docx(story)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    runs = [unescape(text) for part in parts.values() for text in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", part)]
    told = [part for run in runs for part in run.split("\t") if part not in ("", "1")]
    yield from said.beside("Word", told)
    yield from said.missing("Word", "".join(runs))
    heard = [text for part in parts.values() for text in re.findall(r' (?:descr|w:tooltip)="([^"]+)"', part)]
    yield from said.beside("Word, heard", map(unescape, heard))
    own = {story.title, story.subject, story.author, ", ".join(story.keywords), *story.keywords, "survey-service"}
    core = re.findall(r"<(?:dc|cp):(\w+)[^>]*>([^<]+)<", parts["docProps/core.xml"])
    yield from (
        ("Word, of itself", f"{name}: {text}")
        for name, text in core
        if unescape(text) not in own and name in ("title", "subject", "creator", "keywords", "description", "category")
    )


# ------------------------------------------------------------------ web


def of_web(story: Story) -> Faults:
    said = Said(story)
    page = Read(rendered(story, story.language)).texts
    yield from said.beside("web", [text for text in page if text.strip()])
    yield from said.missing("web", "".join(page))
