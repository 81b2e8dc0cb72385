"""The words of the resident's page itself in a language beyond Chinese and English: of the installation, a file each.

They are buttons, errors, the receipt: the same for every questionnaire, so they stand in no definition. None come with
the service: nobody here could vouch for them. What a file lacks stands in Chinese and is marked as Chinese, for readers
aloud and for the direction of its line, and the list of languages says so (decision 0161).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup, escape

from questionnaires.languages import USUAL, fault_of_tag, script_of

log = structlog.get_logger()

SUFFIX: Final = ".po"
LARGEST: Final = 2_000_000  # bytes of a file; whole ones have some 40,000
# Around Chinese in a page of another language, until the page is whole: characters that no text may hold.
_BEGIN, _END = "\ufdd0", "\ufdd1"
_PLACE = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
_VALUE = re.compile(r"%\((\w+)\)s")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"(?<=。)")
# Tags with their attributes, and elements that hold text alone: there nothing can be marked.
_UNMARKED = re.compile(r"(<(title|textarea|option|script|style)\b.*?</\2>|<[^<>]*>)", re.DOTALL)
_SPAN: Final = '<span lang="zh-CN" dir="ltr">'
# Chinese that was put together of several messages is one line of Chinese, with its full stop.
_BETWEEN = re.compile(rf"({_SPAN}[^<]*)</span>([\s.,:;，。：；]*){_SPAN}")
_TAIL = re.compile(rf"({_SPAN}[^<]*)</span>([.,:;，。：；]+)")
_MARKS = re.compile(f"[{_BEGIN}{_END}]")
_MARK = re.compile(f"([{_BEGIN}{_END}])")


@dataclass(frozen=True, slots=True)
class PageWords:
    """Chinese message to its words in one language; what is not there stays Chinese, marked."""

    tag: str
    words: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[re.Pattern[str], str]] = field(default_factory=dict)
    whole: bool = False

    def gettext(self, message: str) -> Markup:
        """Of a template; its values are still to be filled in."""
        said = self.words.get(message)
        return Markup(escape(said)) if said else self._chinese(message)  # noqa: S704 -- escaped

    def sentence(self, made: str) -> str:
        """A sentence that was made in Chinese, or several of them."""
        if not _HAN.search(made):
            return made
        parts = [self._whole(part.strip()) or self._by_clause(part.strip()) for part in _SENTENCE.split(made) if part]
        return self._whole(made) or (" ".join(parts) if all(parts) else str(self._chinese(made)))

    def _whole(self, made: str) -> str:
        if made in self.words:
            return self.words[made]
        for shape, said in self.shapes.values():
            found = shape.fullmatch(made)
            if found:
                return said % found.groupdict()
        return ""

    def _by_clause(self, made: str) -> str:
        """用数字写年龄，18 到 120 之间，例如 45。 is made of clauses, as the Chinese is."""
        clauses = [self._whole(clause) for clause in made.removesuffix("。").split("，")]
        return ", ".join(clauses) + "." if all(clauses) else ""

    def _chinese(self, words: str) -> Markup:
        if script_of(self.tag).startswith("Han"):
            return Markup(escape(words))  # noqa: S704 -- escaped; its own letters, and its readers read it
        return Markup(_BEGIN + escape(words) + _END)  # noqa: S704 -- escaped


def settled(page: str) -> str:
    """The page with its Chinese marked as such, so that it is read aloud as Chinese and keeps its direction."""
    if _BEGIN not in page:
        return page
    pieces, open_marks, end = [], 0, 0
    for found in _UNMARKED.finditer(page):
        text, open_marks = _marked(page[end : found.start()], open_marks)
        pieces += [text, _MARKS.sub("", found[0])]
        end = found.end()
    pieces.append(_marked(page[end:], open_marks)[0])
    whole, joined = "".join(pieces), 1
    while joined:
        whole, joined = _BETWEEN.subn(r"\1\2", whole)
    return _TAIL.sub(r"\1\2</span>", whole)


def _marked(text: str, open_marks: int) -> tuple[str, int]:
    """Text between two tags with its marks as elements, and how many marks are open behind it. A message within a
    message, such as the name of the city, is one stretch of Chinese with it."""
    pieces = []
    for part in _MARK.split(text):
        if part == _BEGIN:
            pieces.append("" if open_marks else _SPAN)
            open_marks += 1
        elif part == _END:
            pieces.append("</span>" if open_marks == 1 else "")
            open_marks = max(open_marks - 1, 0)
        else:
            pieces.append(part)
    return "".join(pieces), open_marks


_installed: dict[str, PageWords] = {}


def install(folder: Path | None, wanted: Iterable[str]) -> bool:
    """Take the files of this installation; what was known before is forgotten. ``wanted``: every message of a page.

    Whether there is, or was, anything of an installation.
    """
    known = bool(_installed)
    _installed.clear()
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder and folder.is_dir() else ():
        if path.stem in USUAL or fault_of_tag(path.stem):
            log.error("page_words_of_no_language", name=path.name)
            continue
        try:
            words, _ = read(path)
        except (OSError, ValueError, PoFileError) as failed:
            log.error("page_words_not_read", name=path.name, kind=type(failed).__name__)
            continue
        _installed[path.stem] = page_words(path.stem, words, wanted)
    return known or bool(_installed)


def words_in(tag: str) -> PageWords:
    return _installed.get(tag) or PageWords(tag)


def whole(tag: str) -> bool:
    """Whether every button and message is there in the language."""
    return tag in USUAL or words_in(tag).whole


def spoken() -> tuple[str, ...]:
    """The languages whose page words are whole: pages that belong to no questionnaire offer these."""
    return tuple(tag for tag, words in _installed.items() if words.whole)


def page_words(tag: str, words: Mapping[str, str], wanted: Iterable[str]) -> PageWords:
    shapes = {
        message: (re.compile(_shape(message), re.DOTALL), said)
        for message, said in words.items()
        if _VALUE.search(message)
    }
    return PageWords(tag, words, shapes, whole=not set(wanted) - words.keys())


def _shape(message: str) -> str:
    """What a sentence with its values looks like; a name that stands twice is the same both times."""
    made, seen, end = [], set(), 0
    for place in _VALUE.finditer(message):
        name = place[1]
        made += [
            re.escape(message[end : place.start()]),
            f"(?P={name})" if name in seen else f"(?P<{name}>{_any(name)})",
        ]
        seen.add(name)
        end = place.end()
    return "".join([*made, re.escape(message[end:])])


def _any(name: str) -> str:
    """A value: of one clause, but for a list of options."""
    return ".+?" if name == "listed" else "[^，。]+?"


def read(path: Path) -> tuple[dict[str, str], list[str]]:
    """The messages of a file that can be used, and what is wrong with the others, in words with their line."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST:,} bytes")
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    words, faults = {}, []
    for message in catalogue:
        if not message.id or not message.string or not isinstance(message.id, str):
            continue
        said = str(message.string)
        if message.fuzzy:
            faults.append(
                f"{path.name}:{message.lineno}  “{message.id}” is marked as fuzzy; look at it and take the mark off"
            )
        elif places(message.id) != places(said) or "%" in _VALUE.sub("", said):
            wanted = ", ".join(sorted(places(message.id))) or "none"
            faults.append(f"{path.name}:{message.lineno}  “{message.id}” has other places for values; wanted: {wanted}")
        else:
            words[message.id] = said
    return words, faults


def places(words: str) -> set[str]:
    return {found[0] for found in _PLACE.finditer(words)}
