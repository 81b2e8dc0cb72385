"""Patterns of texts, there and here: a few have a name; others are written in the notation of this service."""

from __future__ import annotations

import re
from typing import Final

from questionnaires.patterns import CODE, PATTERNS
from questionnaires.text_forms import FormFault, compiled

_AS_USUAL: Final = {  # as others write the same
    "[0-9]{6}": '"postal_code"',
    r"\d{6}": '"postal_code"',
    "1[3-9][0-9]{9}": '"mobile"',
    r"1[3-9]\d{9}": '"mobile"',
}
_LETTERS: Final = re.compile(r"\[(?:A-Za-z0-9|a-zA-Z0-9|0-9A-Za-z|0-9a-zA-Z)\]\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}")


def pattern_of(form: str, shortest: int, longest: int) -> str:
    """The pattern of a form, for a device that knows no names of forms."""
    if form != CODE:
        return f"^({PATTERNS[form].pattern})$"
    length = str(shortest) if shortest == longest else f"{shortest},{longest}"
    return f"^[A-Za-z0-9]{{{length}}}$"


def form_of(pattern: str) -> str | None:
    """The arguments of ``matches`` that mean the same; None for every other pattern."""
    plain = pattern.removeprefix("^").removesuffix("$")
    for form in PATTERNS:
        if form != CODE and plain in (PATTERNS[form].pattern, f"({PATTERNS[form].pattern})"):
            return f'"{form}"'
    if plain in _AS_USUAL:
        return _AS_USUAL[plain]
    length = _LETTERS.fullmatch(plain)
    if length is None:
        return None
    return ", ".join([f'"{CODE}"', length[1], *([length[2]] if length[2] else [])])


_CLASSES: Final = {"d": "0-9", "w": "A-Za-z0-9_", "s": " "}
_PLAIN: Final = frozenset("*+?{}|()^$.")  # what stands in brackets where it means itself


def literally(words: str) -> str:
    """Words as a form that they alone have."""
    return "".join(f"[{one}]" if one in _PLAIN and one != "^" else one for one in words)


def form_written_out(pattern: str) -> str | None:
    """The same in the notation of ``text_forms``; None where it has no words for it."""
    try:
        form = _Translation(pattern).whole()
        compiled(form)
    except (FormFault, _Unsaid):
        return None
    return form


class _Unsaid(Exception):
    pass


class _Translation:
    """Character by character: classes by letters, escaped characters, anchors at the ends of what they hold."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._next = pattern, 0

    def _take(self) -> str:
        one = self._pattern[self._next : self._next + 1]
        self._next += 1
        return one

    def _peek(self) -> str:
        return self._pattern[self._next : self._next + 1]

    def whole(self) -> str:
        said = ""
        while self._next < len(self._pattern):
            said += self._one(said)
        return said

    def _one(self, said: str) -> str:
        one = self._take()
        match one:
            case "^" if said == "" or said[-1] in "(|":
                return ""
            case "$" if self._peek() in ("", ")", "|"):
                return ""
            case "\\":
                return self._escaped()
            case "[":
                return self._members()
            case "(" if self._peek() == "?":
                self._take()
                if self._take() != ":":
                    raise _Unsaid
                return "("
            case "?" if said and said[-1] in "*+?}" and not said.endswith("[?]"):
                return ""  # as few as will do: the whole text has the form or has not
        if one in "]^$":
            raise _Unsaid
        if one == "{" and (most := re.match(r"([0-9]+),([0-9]{4,})\}", self._pattern[self._next :])):
            self._next += most.end()
            return f"{{{most[1]},}}"  # no text that is held against a form is so long
        return one

    def _escaped(self) -> str:
        one = self._take()
        if one.lower() in _CLASSES:
            return f"[{'' if one.islower() else '^'}{_CLASSES[one.lower()]}]"
        if not one or one.isalnum() or one in "\\[]^":
            raise _Unsaid
        return f"[{one}]" if one in _PLAIN else one

    def _members(self) -> str:
        others = "^" if self._peek() == "^" else ""
        self._next += len(others)
        members, hyphen, shorthand = "", "", False
        while (one := self._take()) != "]":
            if not one or one == "[":
                raise _Unsaid
            if one == "\\":
                one = self._take()
                if one in _CLASSES:
                    members += _CLASSES[one]
                    shorthand = True
                    continue
                if not one or one.isalnum() or one in "\\[]^":
                    raise _Unsaid
                if one == "-":
                    hyphen = "-"
                    continue
            elif one == "-" and (self._peek() == "]" or not members or shorthand):
                hyphen = "-"
                continue
            shorthand = False
            members += one
        return f"[{others}{members}{hyphen}]"
