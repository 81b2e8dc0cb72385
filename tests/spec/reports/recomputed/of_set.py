"""Reports bound as one file: on the pages of each what it says alone, and contents that lead there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import pypdfium2

from reports.blocks import Masthead, Story, Table
from reports.bound import Bound, set_pdf
from reports.content import CommunitySummary
from reports.fonts import TypeSettings
from reports.pdf import Typeset, area_typeset, community_typeset
from reports.story.contents import contents_story
from tests.spec.reports.recomputed.media import Said, pdf_pieces, squeezed
from tests.spec.reports.recomputed.sheet import Sheet
from tests.spec.reports.test_claims import blocks_of

Faults = Iterator[tuple[object, ...]]
KINDS = {
    "zh": {"community": "社区报告", "street": "街道报告", "city": "全市报告"},
    "en": {"community": "Community report", "street": "Street report", "city": "City report"},
}


def typeset(sheet: Sheet, settings: TypeSettings) -> Typeset:
    """As it is printed alone, without what has no room."""
    if isinstance(sheet.summary, CommunitySummary):
        return community_typeset(sheet.summary, sheet.language, settings)
    return area_typeset(sheet.summary, sheet.language, settings)


def faults(sheets: Sequence[Sheet], settings: TypeSettings) -> Faults:
    language = sheets[0].language
    summaries = [one.summary for one in sheets]
    alone = [typeset(one, settings) for one in sheets]
    document = pypdfium2.PdfDocument(set_pdf([Bound(one) for one in summaries], language, settings))
    total = len(document)
    begins = [*accumulate((len(one.pages) for one in alone), initial=total - sum(len(one.pages) for one in alone))]
    contents = contents_story(summaries, [one + 1 for one in begins[:-1]], language)
    yield from of_contents(contents, sheets, begins)
    stories = [contents, *(one.story for one in alone)]
    for story, first, end in zip(stories, [0, *begins], begins, strict=False):
        yield from of_pages(document, story, (first, end))
    yield from of_outline(document, sheets, stories, begins)
    about = {text for text in document.get_metadata_dict().values() if text and not text.startswith("D:")}
    own = {contents.title, contents.subject, contents.author, ", ".join(contents.keywords), "survey-service"}
    yield from (("metadata", text) for text in about - own)


def of_contents(contents: Story, sheets: Sequence[Sheet], begins: Sequence[int]) -> Faults:
    [table] = blocks_of(contents.blocks, Table)
    told = [tuple(cell.text for cell in row.cells) for row in table.rows]
    wanted = [
        (
            one.said(one.place.name),
            KINDS[one.language][one.place.domain[-1][0] if one.place.domain else "city"],
            str(at + 1),
        )
        for one, at in zip(sheets, begins, strict=False)
    ]
    if told != wanted:
        yield "contents", told, wanted


def of_pages(document: pypdfium2.PdfDocument, story: Story, at: tuple[int, int]) -> Faults:
    """Each page with its number in the whole; on the first what the report is called."""
    said, total = Said(story), len(document)
    for page in range(*at):
        number = squeezed(story.page_of.format(page=page + 1, pages=total))
        pieces = list(pdf_pieces(document, (page, page + 1)))
        yield from said.beside(f"page {page + 1}", [one for one in pieces if squeezed(one) != number])
        if number not in map(squeezed, pieces):
            yield "number of the page", page + 1
        [head] = blocks_of(story.blocks, Masthead)
        if page == at[0] and squeezed(head.title) not in squeezed("".join(pieces)):
            yield "begins elsewhere", head.title


def of_outline(
    document: pypdfium2.PdfDocument, sheets: Sequence[Sheet], stories: Sequence[Story], begins: Sequence[int]
) -> Faults:
    told = [(one.get_title(), one.get_dest().get_index()) for one in document.get_toc() if one.level == 0]
    wanted = [(one.said(one.place.name), at) for one, at in zip(sheets, begins, strict=False)]
    if told[-len(wanted) :] != wanted:
        yield "outline", told, wanted
    corpora = [Said(one).corpus for one in stories]
    for one in document.get_toc():
        page = one.get_dest().get_index()
        if squeezed(one.get_title()) not in corpora[sum(page >= at for at in begins[:-1])]:
            yield "outline", one.get_title()
