"""What of a questionnaire no printed form can hold: characters that the type lacks, and scripts that have to be shaped.

A letter that is drawn as an empty box is noticed when five hundred forms lie there. So it is looked for before; letters
of Arabic or Tibetan would be drawn one beside the other, unjoined, and are as unreadable with a font that has them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.fonts import TypeSettings, typeface

# Scripts whose letters change with their neighbours, by the names of their characters; besides all that run leftward.
_SHAPED = (
    *("ARABIC", "TIBETAN", "MONGOLIAN", "SYRIAC", "THAANA", "NKO", "MYANMAR", "KHMER", "PHAGS-PA"),
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
)
_LEFTWARD = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Unprintable:
    """Where it stands, as readers of the file know it, and what cannot be printed there."""

    place: Text
    characters: tuple[str, ...]


def unprintable(
    questionnaire: Questionnaire, languages: Sequence[str], settings: TypeSettings | None = None
) -> list[Unprintable]:
    """In the order of the form; empty where all of it can be printed in these languages."""
    found = []
    for place, texts in _places(questionnaire):
        bad: dict[str, None] = {}
        for language in languages:
            said = "".join(text.in_language(language) for text in texts)
            characters = [one for one in dict.fromkeys(said) if one.isprintable() and not one.isspace()]
            bad.update(dict.fromkeys(one for one in characters if is_shaped(one)))
            bad.update(dict.fromkeys(typeface(language, settings).missing(one for one in characters if one not in bad)))
        if bad:
            found.append(Unprintable(place, tuple(bad)))
    return found


def is_shaped(character: str) -> bool:
    """Whether it cannot be set by itself in a line that runs from left to right."""
    if character.isascii():
        return False
    leftward = unicodedata.bidirectional(character) in _LEFTWARD
    return leftward or unicodedata.name(character, "").startswith(_SHAPED)


def _places(questionnaire: Questionnaire) -> Iterator[tuple[Text, list[Text]]]:
    yield Text("标题", "the title"), [questionnaire.title]
    notice = questionnaire.notice
    yield Text("说明", "the notice"), [notice.purpose, notice.body, notice.retention, notice.contact]
    for section in questionnaire.sections:
        yield Text(f"部分 {section.id}", f"section {section.id}"), [section.title]
        for question in section.questions:
            texts = [question.text, question.hint, question.unit, question.because]
            texts += [*(one.text for one in question.items), *(one.label for one in question.options)]
            place = Text(f"题目 {question.id}", f"question {question.id}")
            yield place, [one for one in texts if one is not None]
