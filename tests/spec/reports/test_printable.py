"""No form is printed with an empty box or with letters that are not joined: each is named with its place before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from questionnaires.text import Text
from reports.paper_form.printable import is_shaped, unprintable
from tests.programmes import KEYS, programme
from tests.spec.questionnaires.speaking import speaking

if TYPE_CHECKING:
    from reports.fonts import TypeSettings


def test_every_programme_can_be_printed(type_settings: TypeSettings) -> None:
    for key in KEYS:
        assert unprintable(programme(key), ("zh", "en"), type_settings) == [], key


def test_what_cannot_be_printed_is_named_with_its_place(type_settings: TypeSettings) -> None:
    given = programme("civilized_city")
    first, *others = given.sections
    question, *further = first.questions
    odd = replace(question, text=Text("您知道“ئابت”和“བོད”、“\U0001f9ff”吗？", "Known?"))
    changed = replace(given, sections=(replace(first, questions=(odd, *further)), *others))
    (found,) = unprintable(changed, ("zh",), type_settings)
    assert found.place == Text("题目 q1", "question q1")
    assert {"ئ", "ا", "ب", "ت", "བ"} <= set(found.characters)
    assert unprintable(changed, ("en",), type_settings) == []


def test_languages_that_paper_does_not_speak_are_no_hindrance(type_settings: TypeSettings) -> None:
    assert unprintable(speaking(programme("civilized_city"), "ug", "bo"), ("zh", "en"), type_settings) == []


@pytest.mark.parametrize(
    ("character", "shaped"),
    [
        ("ئ", True),
        ("א", True),
        ("བ", True),
        ("ᠮ", True),
        ("न", True),
        ("中", False),
        ("a", False),
        ("ü", False),
        ("я", False),
        ("한", False),
        ("①", False),
    ],
)
def test_scripts_that_are_shaped(character: str, shaped: bool) -> None:
    assert is_shaped(character) is shaped
