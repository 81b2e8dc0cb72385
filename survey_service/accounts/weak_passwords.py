"""Which passwords are refused: too short, or among those that are tried first. NIST SP 800-63B-4, section 3.1.1.2.

At least 15 characters where the password alone opens the account, 8 where a second factor is asked as well; 64 and more
are taken; no rule about kinds of characters; instead of such rules a list. What is compared with the list is the whole
password, taken apart: it is refused where next to nothing is left once common words, runs along the alphabet, the
digits or the keyboard, repetitions, dates and the names of the person, the city and this service are taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from survey_service.errors import BadInput

LENGTH_ALONE = 15
LENGTH_WITH_SECOND_FACTOR = 8
LEFT_AT_LEAST = 4  # letters, digits or characters that are in no list and no pattern
_LISTED = 3  # a piece of the list counts inside a longer password from this length on
_RUN = 3
_KEYBOARD = (
    "`1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "147",
    "258",
    "369",
    "159",
    "357",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "一二三四五六七八九十",
)
# Dates, years, mobile and identity numbers: others know them.
_KNOWN_NUMBERS = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dx]|(?:19|20)\d\d(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])|(?:19|20)\d\d)(?!\d)"
)


def refuse_weak(password: str, *, second_factor: bool, names: Iterable[str]) -> None:
    """BadInput that says what is wrong with it; ``names``: the person's, the city's, the service's own."""
    least = shortest(second_factor=second_factor)
    if len(password) < least:
        raise BadInput(zh=f"密码至少 {least} 个字符。", en=f"A password has at least {least} characters.")
    if is_guessable(password, names):
        raise BadInput(
            zh="这个密码太容易被猜中：里面几乎都是常用词、连续或重复的字符、日期，或者您和本系统的名称。"
            "可以用几个互不相干的词连起来。",
            en="This password is too easily guessed: it is made of common words, runs, repetitions, dates or names. "
            "A few words that have nothing to do with each other make a good one.",
        )


def shortest(*, second_factor: bool) -> int:
    return LENGTH_WITH_SECOND_FACTOR if second_factor else LENGTH_ALONE


def is_weak(password: str, *, second_factor: bool, names: Iterable[str]) -> bool:
    try:
        refuse_weak(password, second_factor=second_factor, names=names)
    except BadInput:
        return True
    return False


def is_guessable(password: str, names: Iterable[str] = ()) -> bool:
    """Whether next to nothing of it is left when everything that is tried first is taken out."""
    plain = _plain(password)
    unit = _repeated(plain)
    if unit != plain and (len(unit) < LENGTH_WITH_SECOND_FACTOR or is_guessable(unit, names)):
        return True
    if not (_without_runs(plain[::2]) + _without_runs(plain[1::2])).strip():
        return True  # two runs, one key of each in turn: 1q2w3e4r
    listed = _common() | {one for name in names for one in _pieces(name)}
    left = _KNOWN_NUMBERS.sub(" ", plain)
    left = _without_listed(left, listed)
    left = _without_runs(left)
    return sum(one.isalnum() for one in left) < LEFT_AT_LEAST


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).casefold()


def _pieces(name: str) -> list[str]:
    """A name as people put it into passwords: whole, and its parts."""
    whole = _plain(name)
    parts = re.split(r"[\W_]+", whole)
    return [one for one in (whole, "".join(parts), *parts) if len(one) >= (_LISTED if one.isascii() else 2)]


@cache
def _common() -> frozenset[str]:
    lines = (files("survey_service.accounts") / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeated(text: str) -> str:
    """The unit of which the whole is a repetition; the text itself where it is none."""
    at = (text + text).find(text, 1)
    return text[:at] if 0 < at < len(text) else text


def _without_listed(text: str, listed: Iterable[str]) -> str:
    """Blanks where pieces of the list stood, the longest first at each place."""
    lengths = sorted({len(one) for one in listed}, reverse=True)
    known = frozenset(listed)
    left, place = [], 0
    while place < len(text):
        found = next((size for size in lengths if text[place : place + size] in known), 0)
        left.append(" " if found else text[place])
        place += found or 1
    return "".join(left)


def _without_runs(text: str) -> str:
    """Blanks where three or more characters follow each other along a line of the keyboard, or stay the same."""
    left, place = [], 0
    while place < len(text):
        size = _run_at(text, place)
        left.append(" " if size >= _RUN else text[place])
        place += size if size >= _RUN else 1
    return "".join(left)


def _run_at(text: str, place: int) -> int:
    """How many characters from ``place`` on are one run."""
    longest = 1
    for follows in (lambda a, b: a == b, lambda a, b: a + b in _neighbours(), lambda a, b: b + a in _neighbours()):
        end = place
        while end + 1 < len(text) and follows(text[end], text[end + 1]):
            end += 1
        longest = max(longest, end - place + 1)
    return longest


@cache
def _neighbours() -> frozenset[str]:
    return frozenset(line[place : place + 2] for line in _KEYBOARD for place in range(len(line) - 1))
