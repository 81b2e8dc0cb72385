"""Characters of a release that no font can draw: they would stand on its sheets as empty boxes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Final

from questionnaires.text import Text
from reports.content import AreaSummary, CommunitySummary
from reports.fonts import TypeSettings, typeface
from reports.wording.phrases import PHRASES

Summary = CommunitySummary | AreaSummary
UNDRAWN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # controls and blanks leave no box
SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # which form of the character before them is meant


@dataclass(frozen=True, slots=True)
class Unprintable:
    """``where``: the place to mend it at, in words; ``text``: what holds the character."""

    character: str
    where: Text
    text: str


def unprintable(summaries: Iterable[Summary], settings: TypeSettings | None = None) -> list[Unprintable]:
    """Each character once for each text that holds it. FontFault where a font file that the settings name is none."""
    face = typeface("zh", settings)
    told: dict[str, bool] = {}
    found = []
    for where, text in dict.fromkeys(texts(summaries)):
        for character in dict.fromkeys(text):
            if character not in told:
                told[character] = drawn(character) and bool(face.missing(character))
            if told[character]:
                found.append(Unprintable(character, where, text))
    return found


def drawn(character: str) -> bool:
    """Whether something is to be seen of it."""
    if any(ord(character) in each for each in SELECTORS):
        return False
    return unicodedata.category(character) not in UNDRAWN


def texts(summaries: Iterable[Summary]) -> Iterator[tuple[Text, str]]:
    """Everything on the sheets that somebody wrote, with its place."""
    seen: set[int] = set()  # most of it is the same object in all of them
    for summary in summaries:
        for place in (summary.place, summary.city):
            code = place.code
            yield from _said(Text(f"地区名称（{code}）", f"area name ({code})"), place.name)
        for thing, words in (
            (summary.imprint, _imprint),
            (summary.method, _method),
            (summary.indicators, _indicators),
            (summary.put_right, _put_right),
            (summary.remarks, _remarks),
        ):
            if thing and id(thing) not in seen:
                seen.add(id(thing))
                yield from words(summary)


def _said(where: Text, text: Text) -> Iterator[tuple[Text, str]]:
    yield from ((where, words) for words in (text.zh, text.en) if words)


def _imprint(summary: Summary) -> Iterator[tuple[Text, str]]:
    imprint = summary.imprint
    for key, zh, en in (
        ("survey", "调查名称", "name of the survey"),
        ("questionnaire", "问卷标题", "title of the questionnaire"),
        ("wave", "期的名称", "name of the wave"),
        ("contact", "问卷上的咨询方式", "contact of the questionnaire"),
    ):
        yield from _said(Text(zh, en), getattr(imprint, key))
    for key in ("form_number", "issuing_body", "approval_number"):
        yield PHRASES[key], getattr(imprint.header, key)
    for key in ("prepared_by", "reviewed_by", "signed_by"):
        yield PHRASES[key], getattr(imprint, key)
    if imprint.correction is not None:
        yield Text("更正的原因", "reason of the correction"), imprint.correction.reason


def _method(summary: Summary) -> Iterator[tuple[Text, str]]:
    where = Text("抽样和加权的说明", "description of selection and weighting")
    for one in fields(summary.method):
        text = getattr(summary.method, one.name)
        if isinstance(text, Text):
            yield from _said(where, text)


def _indicators(summary: Summary) -> Iterator[tuple[Text, str]]:
    for one in summary.indicators:
        yield from _said(Text(f"问卷，指标“{one.id}”的名称", f"questionnaire, name of indicator “{one.id}”"), one.name)
        where = Text(f"问卷，指标“{one.id}”的定义", f"questionnaire, definition of indicator “{one.id}”")
        yield from _said(where, one.definition)


def _put_right(summary: Summary) -> Iterator[tuple[Text, str]]:
    for one in summary.put_right.items if summary.put_right is not None else ():
        yield from _said(Text("整改清单的事项", "matter of the rectification list"), one.item)


def _remarks(summary: Summary) -> Iterator[tuple[Text, str]]:
    for one in summary.remarks:
        for quote in one.quotes:
            yield Text("居民的话", "residents' words"), quote.text
            if quote.theme is not None:
                yield from _said(Text("居民的话的主题", "theme of residents' words"), quote.theme)
        for theme in one.themes:
            yield from _said(Text("居民的话的主题", "theme of residents' words"), theme.theme)
