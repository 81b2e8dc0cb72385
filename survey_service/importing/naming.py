"""What a head says: a question's number and title, what stands in brackets; variables as platforms name them.

Read from left to right, never by expressions that may turn back: heads come from outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from questionnaires.kinds import kind_of
from survey_service.importing.variables import Variable

LONGEST = 1_000  # characters of a head that are looked at
_SPLITS = 8  # dashes and brackets of a head at which it may part
_MARKS = "、.．:：)）"
_DASHES = "—－–-:："
_OPEN, _CLOSE = "(（[【", ")）]】"
_PARTING = str.maketrans(dict.fromkeys("[]/._:-", " "))
_GROUPS = "/:-"  # between the name of a group and that of its question
_OTHER = ("other", "其他", "oth")


def bare(text: str) -> str:
    """What two spellings of one head have in common."""
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST]).split()).casefold()


def numbered(head: str) -> tuple[int, str] | None:
    """“3、…”, “Q3. …”, “第3题：…”: the number and the rest; None where there is none in front."""
    rest = head[:LONGEST].lstrip()
    rest = rest[1:].lstrip() if rest[:1] in ("Q", "q", "Ｑ", "第") else rest
    digits = 0
    while digits < 4 and rest[digits : digits + 1].isdecimal():
        digits += 1
    if not 1 <= digits <= 3:
        return None
    after = rest[digits:].lstrip()
    after = after[1:].lstrip() if after[:1] == "题" else after
    return (int(rest[:digits]), after[1:].lstrip()) if after[:1] and after[0] in _MARKS else None


def parted(head: str) -> list[tuple[str, str]]:
    """Every reading of “题目—项目”, “题目:选项”, “题目(选项)” and “Question [item]”."""
    text = head[:LONGEST].strip()
    found: list[tuple[str, str]] = []
    place = 1
    while place < len(text) - 1 and len(found) < _SPLITS:
        if text[place] in _DASHES:
            after = place + (2 if text[place + 1] in _DASHES else 1)
            if inner := text[after:].strip():
                found.append((text[:place].rstrip(), inner))
            place = after
        else:
            place += 1
    if text[-1:] and text[-1] in _CLOSE:
        opens = [place for place in range(1, len(text)) if text[place] in _OPEN][:_SPLITS]
        found += [(text[:place].rstrip(), inner) for place in opens if (inner := text[place + 1 : -1].strip())]
    return found


def without_code(head: str) -> str:
    """“socio1. In which country …”: the title behind the code of a question, as LimeSurvey writes both."""
    code, mark, title = head[:LONGEST].partition(". ")
    if mark and title.strip() and code.isascii() and not any(one.isspace() for one in code) and len(code) <= 40:
        return title.strip()
    return ""


def key(name: str) -> tuple[str, ...]:
    """``channels[2]``, ``channels/2``, ``channels_2`` and ``channels.2`` are one name."""
    return tuple(name.casefold().translate(_PARTING).split())


class Names:
    """Every variable and option by the names that exports give them."""

    def __init__(self, known: Sequence[Variable]) -> None:
        self._found: dict[tuple[str, ...], tuple[Variable, str]] = {}
        for one in known:
            self._found.setdefault(key(one.name), (one, ""))
            if one.other:
                for word in _OTHER:
                    self._found.setdefault((*key(one.question.id), word), (one, ""))
            elif kind_of(one.question).ticked:
                for option in one.question.options:
                    self._found.setdefault((*key(one.name), *key(option.code)), (one, option.code))

            for part in kind_of(one.question).parts:
                self._found.setdefault((*key(one.name), part), (one, part))

    def find(self, head: str) -> tuple[float, Variable, str] | None:
        """The variable and option that a head names, and how sure that is; names of groups may stand in front."""
        text = head[:LONGEST].strip()
        code = text.partition(". ")[0].removesuffix(".")
        if not code or any(one.isspace() for one in code):
            return None
        if (whole := self._found.get(key(code))) is not None:
            # q3 is anybody's third question; channels is ours
            sure = 0.85 if key(code)[0].removeprefix("q").isdecimal() else 1.0
            return sure, *whole
        for place in [place for place, one in enumerate(code) if one in _GROUPS][-_SPLITS:]:
            if (inner := self._found.get(key(code[place + 1 :]))) is not None:
                return 0.85, *inner
        return None
