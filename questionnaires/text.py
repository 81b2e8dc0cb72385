"""Words in the languages a questionnaire speaks, some of which are filled with what was answered before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

BLANK: Final = "＿＿＿＿"
# A name, and the words that stand there while nothing fills it: {q2}, {q6.lanes}, {q2|这个单位}.
_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39}(?:\.[a-z0-9_]{1,40})?)(?:\|([^{}|\n]{1,60}))?\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text, Chinese first. ``en`` may be empty only where a definition declares Chinese alone."""

    zh: str
    en: str = ""
    others: tuple[tuple[str, str], ...] = ()  # tag of a further language and its words, by tag

    def in_language(self, language: str) -> str:
        """The text in ``language`` (zh, en, ug, ...); Chinese where it has none."""
        return self.said_in(language) or self.zh

    def said_in(self, language: str) -> str:
        """The text in ``language``; empty where it has none."""
        if language == "zh":
            return self.zh
        return self.en if language == "en" else dict(self.others).get(language, "")

    @property
    def languages(self) -> tuple[str, ...]:
        """In which it is there."""
        return tuple(tag for tag in ("zh", "en", *(tag for tag, _ in self.others)) if self.said_in(tag))

    @property
    def every(self) -> tuple[str, ...]:
        """Its words in every language that it has."""
        return tuple(self.said_in(tag) for tag in self.languages)

    def with_each(self, made: Callable[[str, str], str]) -> Text:
        """The text with ``made(words, language)`` in the place of the words of each language."""
        zh, en = (made(words, tag) if words else "" for tag, words in (("zh", self.zh), ("en", self.en)))
        return Text(zh, en, tuple((tag, made(words, tag)) for tag, words in self.others))

    @property
    def pattern(self) -> Text:
        """As it is written in the definition, with the places that are filled."""
        return self


@dataclass(frozen=True, slots=True)
class Piped(Text):
    """A text with places that are filled. Its own words are those for whoever fills nothing: on paper, in a table."""

    written: Text = Text("")

    @property
    def pattern(self) -> Text:
        return self.written


# Words of the wave, and what stands for them where no wave is known.
WAVE_WORDS: Final[Mapping[str, Text]] = {
    "city": Text("本市", "the city"),
    "community": Text("本社区", "the community"),
    "wave": Text("本次调查", "this survey"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text: what fills it, and what stands there while nothing does."""

    name: str
    words: str


def text_of(words: Mapping[str, str]) -> Text:
    """The text of a definition by language; one with places is a ``Piped``."""
    written = plain_text(words)
    if not any(_SLOT.search(one) for one in words.values()):
        return written
    blank = written.with_each(_blank)
    return Piped(blank.zh, blank.en, blank.others, written)


def plain_text(words: Mapping[str, str]) -> Text:
    """The text by language, with nothing to be filled."""
    others = tuple(sorted((tag, one) for tag, one in words.items() if tag not in ("zh", "en") and one))
    return Text(words.get("zh", ""), words.get("en", ""), others)


def is_slot(braces: str) -> bool:
    return _SLOT.fullmatch(braces) is not None


def parts(pattern: str, language: str) -> Iterator[str | Slot]:
    """Words and places, in their order."""
    end = 0
    for match in _SLOT.finditer(pattern):
        yield pattern[end : match.start()]
        name = match[1]
        usual = WAVE_WORDS[name].in_language(language) if name in WAVE_WORDS else BLANK
        yield Slot(name, match[2] or usual)
        end = match.end()
    yield pattern[end:]


def slots(text: Text, language: str) -> list[str]:
    """Names of what fills the text in one language."""
    return [part.name for part in parts(text.pattern.said_in(language), language) if isinstance(part, Slot)]


def filled(text: Text, language: str, found: Mapping[str, str]) -> str:
    """The text with what was found; where nothing was, its own words for that."""
    if not isinstance(text, Piped):
        return text.in_language(language)
    pattern = text.pattern.in_language(language)
    return "".join(
        part if isinstance(part, str) else found.get(part.name) or part.words for part in parts(pattern, language)
    )


def named(text: Text) -> Text:
    """The text with the names of what fills it, for a codebook: 您对〔q2〕满意吗？"""
    if not isinstance(text, Piped):
        return text
    return text.pattern.with_each(
        lambda pattern, language: "".join(
            part if isinstance(part, str) else f"〔{part.name}〕" for part in parts(pattern, language)
        )
    )


def renamed(text: Text, name: Callable[[str], str], said: Mapping[str, str]) -> Text:
    """The text with other names for what fills it; ``said``: names in whose place words stand. Itself without any."""
    if not isinstance(text, Piped):
        return text

    def each(found: re.Match[str]) -> str:
        if found[1] in said:
            return said[found[1]]
        return f"{{{name(found[1])}|{found[2]}}}" if found[2] else f"{{{name(found[1])}}}"

    pattern = text.pattern.with_each(lambda words, _: _SLOT.sub(each, words))
    return text_of({"zh": pattern.zh, "en": pattern.en, **dict(pattern.others)})


def _blank(pattern: str, language: str) -> str:
    return "".join(part if isinstance(part, str) else part.words for part in parts(pattern, language))
