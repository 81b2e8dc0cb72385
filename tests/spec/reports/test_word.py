"""A Word file says what its story says and nothing else, in odd cases and both languages; equal bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
import pytest
from docx.oxml.ns import qn

from reports.blocks import Cards, Comparison, Range, Story, Table
from reports.content import CommunitySummary
from reports.story import area_story, community_story
from reports.word.report import story_docx
from reports.word.tables import range_words
from reports.wording.figures import joined, outwards
from tests.spec.reports.cases import CASES
from tests.spec.reports.test_claims import blocks_of, texts

BOTH = ("zh", "en")
DRAWN = ("横线", "竖线", "点为", "点是", "vertical", "The dot", "Line:")


def story_of(case: str, language: str) -> Story:
    summary = CASES[case]()
    return (community_story if isinstance(summary, CommunitySummary) else area_story)(summary, language)


def runs(content: bytes) -> Iterator[str]:
    """Every text of every part of the file, run by run."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                yield from re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", archive.read(name).decode())


def spoken(story: Story) -> set[str]:
    """What a run may be: a text of the story, an interval of it, a sign, or what stands between two of them."""
    said = {text for text in texts(story) if text}
    said |= {range_words(one) for one in blocks_of(story, Range)}
    said |= {joined(*one) for one in intervals(story)}
    said |= {f"{story.running_head}", f"{story.running_title}", f"{story.foot_left}　{story.foot_middle}"}
    said |= set(re.split(r"\{pages?\}", story.page_of))
    return said | {"●", "▲", "◆", "◇", "—", "　", "", "1"}


def intervals(story: Story) -> Iterator[tuple[str, str]]:
    for block in blocks_of(story, Table):
        yield from (cell.interval for row in block.rows for cell in row.cells if cell.interval)
    for block in blocks_of(story, Comparison):
        yield from (row.interval for group in block.groups for row in group.rows if row.interval)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("case", CASES)
def test_it_says_nothing_that_the_story_does_not_say(case: str) -> None:
    for language in BOTH:
        story = story_of(case, language)
        content = story_docx(story)
        told = {unescaped(text) for text in runs(content)}
        assert not told - spoken(story)
        assert not [text for text in told for word in DRAWN if word in text], "of a drawing that is not there"
        for card in (card for block in blocks_of(story, Cards) for card in block.cards):
            assert {card.name, card.figure} <= told
            assert card.word in told or not card.word


def test_headings_tables_and_their_heads_are_word_s_own() -> None:
    story = story_of(next(iter(CASES)), "zh")
    document = docx.Document(io.BytesIO(story_docx(story)))
    headed = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    titled = [one.title for kind in (Comparison, Table) for one in blocks_of(story.blocks, kind) if one.title]
    assert set(titled) <= set(headed)
    heads = [table._tbl.findall(f".//{qn('w:tblHeader')}") for table in document.tables]
    plain = [block for block in blocks_of(story.blocks, Table) if not block.head]
    assert len([one for one in heads if not one]) == len(plain)
    about = document.core_properties
    assert (about.title, about.author, about.comments) == (story.title, story.author, "")
    assert (about.created and about.created.timetuple()[:3]) == story.year_month_day


def test_the_same_story_gives_the_same_bytes_and_nothing_of_the_template_is_left() -> None:
    story = story_of(next(iter(CASES)), "zh")
    content = story_docx(story)
    assert content == story_docx(story)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert not [name for name in names if "thumbnail" in name or "customXml" in name]
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        every = b"".join(archive.read(name) for name in names)
    for left in (b"python-docx", b"2013-12-23", b"Macintosh"):
        assert left not in every
    assert "宋体".encode() in every
    assert "黑体".encode() in every


def test_limits_are_told_no_narrower_than_they_are() -> None:
    assert outwards(86.0, 93.0) == ("86", "93")
    assert outwards(56.99999999999999, 61.00000000000001) == ("57", "61")
    assert outwards(86.27, 93.21) == ("86.2", "93.3")
    assert outwards(86.2, 93.0) == ("86.2", "93.0")
