"""Questionnaires in further languages for tests. The words are no language: what they say is made of the Chinese.

``ar-XB`` is the tag under which CLDR has the pseudo language of pages that run from right to left; ``ug`` and ``bo``
stand here for languages of cities that have one, and their words are those of ``pseudo`` too.
"""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.model import Questionnaire

_LETTERS = {"Arab": "ابتثجحخدرزسشصطعغفقكلمنهوي", "Tibt": "ཀཁགངཅཆཇཉཏཐདནཔཕབམ"}


def pseudo(words: str, script: str = "Arab") -> str:
    """Letters in the place of words, the same for the same words; places and figures stay as they are."""
    letters = _LETTERS[script]
    made, inside = [], False
    for number, one in enumerate(words):
        inside = (inside or one == "{") and one != "}"
        keep = inside or one in "}|{0123456789 .,:–-()"
        drawn = hashlib.sha256(f"{one}{number % 5}".encode()).digest()
        made.append(one if keep else "".join(letters[drawn[place] % len(letters)] for place in range(2)))
        if number % 3 == 2 and not keep:
            made.append(" ")
    return "".join(made).strip()


def in_languages(definition: str, *tags: str, script: str = "Arab", leave: tuple[str, ...] = ()) -> str:
    """A definition file with every ``{zh: ..., en: ...}`` in further languages. ``leave``: Chinese that stays alone."""
    yaml = YAML()
    document = yaml.load(definition)
    document["languages"] = ["zh", "en", *tags]
    _walk(document, tags, script, leave)
    out = StringIO()
    yaml.width = 4096
    yaml.dump(document, out)
    return out.getvalue()


def _walk(value: Any, tags: tuple[str, ...], script: str, leave: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        if "zh" in value and isinstance(value["zh"], str):
            if value["zh"] not in leave and "en" in value:  # a name that stands for a text has no other language
                for tag in tags:
                    value[tag] = pseudo(value["zh"], script)
            return
        for inner in value.values():
            _walk(inner, tags, script, leave)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, tags, script, leave)


def speaking(questionnaire: Questionnaire, *tags: str, script: str = "Arab") -> Questionnaire:
    """A questionnaire with all of its texts in further languages."""
    stored = json.loads(canonical_bytes(questionnaire))
    inner = stored["questionnaire"]
    _walk(inner, tags, script, ())
    inner["languages"] = ["zh", "en", *tags]
    return from_canonical(stored)
