"""Finding an option in a long list: by characters, by its code, by full pinyin and by the initials of pinyin.

The browser searches by the same rules (``static/option-search.js``); both pass tests/spec/searching/vectors.json.
What is typed may mix all of them, as input methods take it: 海z, haizhu, hzhu and hz all find 海珠社区.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from questionnaires.conditions import Condition
from questionnaires.kinds import kind_of
from questionnaires.model import Option, Question
from questionnaires.offers import Offer

LONG = 15
"""Options of one choice; more are searched for instead of being shown one below the other."""
MANY = 30
"""Of several choices; more get a field that narrows what is shown."""
SHOWN = 20
"""Results that are shown at once."""


def is_searched(question: Question) -> bool:
    """Whether the options of one choice are too many to be read through."""
    return kind_of(question).one_code and not question.items and len(question.options) > LONG


def is_filtered(question: Question) -> bool:
    """Whether the options of several choices are so many that typing narrows what is shown."""
    return kind_of(question).ticked and len(question.options) > MANY


@cache
def sounds(character: str) -> tuple[str, ...]:
    """Every reading of a character without its tones, ü as v; none of what is no Chinese character."""
    if not "\u3400" <= character <= "\U0003ffff":
        return ()
    # Characters are read one by one: the dictionary of phrases would cost 45 MB and is not asked.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(one for one in found[0] if one.isascii()) if found else ()


def folded(typed: str) -> str:
    """What is compared: full-width as half-width, small letters, without blanks and the apostrophes of pinyin."""
    text = unicodedata.normalize("NFKC", typed).lower()
    return "".join(one for one in text if not one.isspace() and one not in "'’")


def shown_labels(options: Sequence[Option], language: str) -> dict[str, str]:
    """Code -> the label as it is searched, read and typed: those that occur twice have their code behind them."""
    labels = [one.label.in_language(language) for one in options]
    twice = {label for label, times in Counter(labels).items() if times > 1}
    brackets = ("（", "）") if language == "zh" else (" (", ")")
    return {
        one.code: f"{label}{brackets[0]}{one.code}{brackets[1]}" if label in twice else label
        for one, label in zip(options, labels, strict=True)
    }


def rank(typed: str, code: str, label: str) -> int | None:
    """How well an option meets what was typed and folded: 0 best; None where it does not."""
    if code.lower() == typed:
        return 0
    characters = folded(label)
    if characters.startswith(typed):
        return 1
    if code.lower().startswith(typed):
        return 2
    if typed in characters:
        return 3
    for start in range(len(characters)):
        if _spells(typed, characters, start):
            return 4 if start == 0 else 5
    return None


def matches(typed: str, options: Iterable[Option], labels: Mapping[str, str]) -> list[Option]:
    """The options that meet what was typed, the best first; all of them where nothing was typed."""
    wanted = folded(typed)
    if not wanted:
        return list(options)
    found = [(rank(wanted, one.code, labels[one.code]), one) for one in options]
    return [
        one for place, one in sorted((pair for pair in found if pair[0] is not None), key=lambda pair: pair[0] or 0)
    ]


def _spells(typed: str, characters: str, place: int) -> bool:
    """Whether the letters run through the characters from this place on: each by its sound, its initial or itself."""
    if not typed:
        return True
    if place == len(characters):
        return False
    character = characters[place]
    for sound in sounds(character) or (character,):
        if sound.startswith(typed):
            return True
        if typed.startswith(sound) and _spells(typed[len(sound) :], characters, place + 1):
            return True
        if sound[0] == typed[0] and _spells(typed[1:], characters, place + 1):
            return True
    return typed[0] == character and _spells(typed[1:], characters, place + 1)


class LongOptions:
    """The options of one searched question, in the languages of its questionnaire."""

    def __init__(self, question: Question, languages: Sequence[str] = ("zh", "en")) -> None:
        self.question = question
        self.entries = tuple(one for one in question.options if not _apart(one))
        self.apart = tuple(one for one in question.options if _apart(one))
        self.labels = {
            language: shown_labels(self.entries, language) for language in dict.fromkeys(("zh", "en", *languages))
        }
        self._codes = {label: code for labels in self.labels.values() for code, label in labels.items()}
        self._known = {one.code for one in question.options}

    def _labels(self, language: str) -> Mapping[str, str]:
        return self.labels.get(language, self.labels["zh"])

    def code_of(self, typed: str) -> str:
        """The code of a label as it is shown; what was typed where it is none."""
        text = typed.strip()
        return text if text in self._known else self._codes.get(text, text)

    def shown(self, value: str, language: str) -> str:
        """The label of a code; what was typed where it is none."""
        return self._labels(language).get(value, value)

    def found(self, typed: str, language: str, offered: Iterable[Option]) -> list[Option]:
        """Those that meet what was typed, of what is offered."""
        return matches(typed, (one for one in offered if not _apart(one)), self._labels(language))

    def is_open(self, typed: str) -> bool:
        """Whether something was typed that is no option."""
        return bool(typed) and self.code_of(typed) not in self._known

    def document(self, language: str, offer: Offer | None) -> dict[str, object]:
        """What a browser searches: code, label, parent and own condition of each entry, and how characters sound."""
        labels = self._labels(language)
        own = offer.conditions if offer is not None else {}
        characters = sorted({one for label in labels.values() for one in folded(label)})
        return {
            "entries": [_row(one, labels[one.code], own.get(one.code)) for one in self.entries],
            "sounds": {one: " ".join(sounds(one)) for one in characters if sounds(one)},
        }


def narrowing(options: LongOptions, offer: Offer) -> dict[str, object]:
    """What narrows a list, for a browser: an earlier question whose answers are parents, one whose choices count."""
    question = options.question
    found = {"within": question.within, "wide": sorted(offer.wide), "chosen": question.chosen_in}
    if question.chosen_in is not None and any(one.code not in offer.carried for one in options.entries):
        found["carried"] = sorted(offer.carried)
    return {name: value for name, value in found.items() if value}


def _row(option: Option, label: str, condition: Condition | None) -> list[object]:
    if condition is not None:
        return [option.code, label, option.parent or "", condition.to_json()]
    return [option.code, label, option.parent] if option.parent else [option.code, label]


def _apart(option: Option) -> bool:
    """不在名单里, 说不清: they are shown beside the field."""
    return option.missing is not None or option.other or option.exclusive
