"""Characters that nobody sees are no answer, satisfy nothing and are not stored."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import check_answers
from questionnaires.answers import Policy
from questionnaires.characters import is_invisible, without_invisible
from questionnaires.model import Missing, Questionnaire
from tests.spec.questionnaires.examples import EVERY_TYPE, loaded

INVISIBLE = {
    "zero width space": "\u200b",
    "zero width joiner alone": "\u200d",
    "zero width non-joiner alone": "\u200c",
    "right-to-left override": "\u202e",
    "left-to-right mark": "\u200e",
    "isolate": "\u2066",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "empty Braille cell": "\u2800",
    "combining grapheme joiner alone": "\u034f",
    "variation selector alone": "\ufe0f",
    "tag": "\U000e0041",
    "noncharacter": "\uffff",
    "several, with blanks": "\u200b \u202e\u3000\ufeff",
}


@cache
def every_type() -> Questionnaire:
    with TemporaryDirectory() as folder:
        return loaded(Path(folder), EVERY_TYPE)


@pytest.mark.parametrize("raw", INVISIBLE.values(), ids=INVISIBLE)
@pytest.mark.parametrize("variable", ["street", "wish", "sources.other", "knows", "hours", "moved"])
@pytest.mark.parametrize("policy", Policy)
def test_what_nobody_sees_is_no_answer(policy: Policy, variable: str, raw: str) -> None:
    checked = check_answers(every_type(), {"knows": "1", "age": "45", "sources": ["5"], variable: raw}, policy)
    assert checked.values[variable] is Missing.NO_ANSWER
    assert variable not in checked.canonical


@pytest.mark.parametrize("raw", INVISIBLE.values(), ids=INVISIBLE)
def test_what_nobody_sees_is_not_stored_with_what_is_seen(raw: str) -> None:
    seen = check_answers(every_type(), {"street": f"{raw}人民{raw}路{raw}", "knows": f"{raw}1"}, Policy.WEB)
    assert {one for one in str(seen.canonical["street"]) if not one.isspace()} - set("\ufe0f\u200c\u200d\u034f") == set(
        "人民路"
    )
    assert seen.canonical["knows"] == "1"


@pytest.mark.parametrize(
    "kept",
    [
        "❤\ufe0f",  # a heart in colour
        "👨\u200d👩\u200d👧",  # a family in one emoji
        "ᠮᠣᠩᠭᠣᠯ\u180e\u1820",  # Mongolian, with its vowel separator
        "می\u200cخواهم",  # a non-joiner between letters
        "\U000323b0",  # a Han character newer than this Python
        "\ue5e5路",  # private use, as GB 18030 has it
        "一\n二\t三",
    ],
)
def test_what_is_seen_stays_as_it_is(kept: str) -> None:
    assert without_invisible(kept) == kept


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = without_invisible(text).strip()
    assert without_invisible(once).strip() == once
    assert not any(unicodedata.category(one) == "Cc" for one in once if one not in "\n\t\r")


@given(st.text(st.characters(categories=("Cf",)) | st.sampled_from("\u3164\u2800\ufe0f"), max_size=9))
def test_nothing_but_invisible_characters_is_nothing(text: str) -> None:
    assert all(map(is_invisible, text))
    assert without_invisible(text) == ""
