"""What else goes when something is left out: conditions, rules and indicators that use it, found in the data itself.

Also fields that this module does not know are searched: a name is a name wherever a machine reads it. Words for people
(``zh``, ``en``) are not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from questionnaires.editing.addresses import nearest, way_to
from questionnaires.editing.document import CannotEdit, Way, walk
from questionnaires.indicators import IndicatorKind


class What(StrEnum):
    CONDITION = "condition"  # of a question or a section: it is then asked of everybody
    NARROWED = "narrowed"  # a condition that names several options goes on without this one
    FIELD = "field"  # another field of a question or a section
    INDICATOR = "indicator"
    PART = "part"  # of an indicator that counts other things as well
    INDEX = "index"  # contains an indicator that goes
    CALCULATED = "calculated"  # and whatever uses it
    CHECK = "check"  # a contradiction or a rule
    ENTRY = "entry"  # of a list that this module does not know
    ELSEWHERE = "elsewhere"  # cannot be taken out by itself


@dataclass(frozen=True, slots=True)
class Use:
    what: What
    way: Way  # what is taken out
    at: str  # the named thing that it belongs to
    source: str  # what stands there
    becomes: str = ""  # what stands there then, where it does not go

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what.value, "at": self.at, "source": self.source, "becomes": self.becomes}


_SILENT: Final = frozenset({"zh", "en", "id", "key", "type", "code", "group", "version", "kind", "scale", "sense"})
_SPOKEN: Final = frozenset(
    {"text", "label", "title", "short", "hint", "message", "name", "definition", "unit", "languages"}
)
_OWN: Final = ("sections", "header", "notice", "scales")  # no field there is named for a question
_CODES: Final = ("numerator", "against", "excluded")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


def uses_of(data: Any, at: str) -> list[Use]:
    """Everything that uses ``at``, in the order of the text; Unknown where there is no such thing."""
    own = way_to(data, at)
    found: dict[Way, Use] = {}
    for one in _direct(data, at, own):
        if one.way[: len(own)] != own:
            found.setdefault(one.way, one)
    found |= _indices(data, found)
    kept = [one for one in found.values() if not any(one.way[: len(way)] == way for way in found if way != one.way)]
    return sorted(kept, key=lambda one: [str(step).zfill(6) for step in one.way])


def fingerprint(uses: list[Use]) -> str:
    """Of what a person was shown: what goes is what they agreed to."""
    return hashlib.sha256(repr([(one.what.value, one.at, one.source) for one in uses]).encode()).hexdigest()[:16]


def _direct(data: Any, at: str, own: Way) -> Iterator[Use]:
    kind, _, rest = at.partition(":")
    match kind:
        case "question" | "calculated":
            yield from _of_names(data, [rest])
        case "section":
            questions = _at(data, (*own, "questions")) or []
            yield from _of_names(data, [str(one.get("id")) for one in questions if isinstance(one, dict)])
        case "item":
            yield from _of_names(data, [rest.replace(":", ".")])
        case "option":
            question, _, code = rest.partition(":")
            yield from _of_code(data, question, code)
        case "choice":
            scale, _, code = rest.partition(":")
            for question in _asked_by(data, scale):
                yield from _of_code(data, question, code)
        case "indicator":
            yield from _indices(data, {own: Use(What.INDICATOR, own, at, "")}).values()
        case "contradiction" | "rule":
            return
        case _:
            raise CannotEdit(f"{at} cannot be left out")


def _asked_by(data: Any, scale: str) -> Iterator[str]:
    for way, value in walk(data.get("sections", [])):
        if way[-1] == "scale" and value == scale:
            yield str(_at(data, ("sections", *way[:-1], "id")))


def machine(way: Way, value: str) -> bool:
    """Whether a scalar is read by machines and may hold names."""
    named = [step for step in way if isinstance(step, str)]
    return bool(value and named and named[-1] not in _SILENT and not _SPOKEN.intersection(named[-2:]))


def _of_names(data: Any, names: list[str]) -> Iterator[Use]:
    """Also what uses a number that is calculated of one of them, and so on."""
    known: set[str] = set()
    while names:
        known.update(names)
        found = list(_mentions(data, names))
        yield from found
        made = {one.at.partition(":")[2] for one in found if one.what is What.CALCULATED}
        names = sorted(made - known)


def _mentions(data: Any, names: list[str]) -> Iterator[Use]:
    any_name = "|".join(map(re.escape, names))
    mention = re.compile(rf"(?<![\w.])(?:{any_name})(?!\w)")
    for way, value in walk(data):
        told = machine(way, value) and mention.search(_STRING.sub("''", value))
        named = way[0] not in _OWN and any(isinstance(step, str) and mention.match(step) for step in way[2:])
        if told or named:
            yield _use(data, way, value, mention)


def _of_code(data: Any, question: str, code: str) -> Iterator[Use]:
    name = re.compile(rf"(?<![\w.]){re.escape(question)}(?!\w)")
    literal = re.compile(rf"[\"']{re.escape(code)}[\"']")
    for way, value in walk(data):
        if way[0] == "indicators" or not machine(way, value) or not name.search(value) or not literal.search(value):
            continue
        yield _narrowed(data, way, value, question, code) or _use(data, way, value, name)
    for number, indicator in enumerate(data.get("indicators") or []):
        if isinstance(indicator, dict) and _counts(indicator, question, name):
            yield from _codes_of(("indicators", number), indicator, code, question)
            base = str(indicator.get("base") or "")
            if name.search(base) and literal.search(base):
                way = ("indicators", number, "base")
                yield _narrowed(data, way, base, question, code) or Use(
                    What.INDICATOR, ("indicators", number), f"indicator:{indicator.get('id')}", base
                )


def _narrowed(data: Any, way: Way, source: str, question: str, code: str) -> Use | None:
    """The condition without the option, where that stands once, among others in a list; None elsewhere."""
    lists = re.compile(rf"(?<![\w.]){re.escape(question)}(?:\.\w+)?\s+in\s+\[([^\]]*)\]")
    literal = re.compile(rf"[\"']{re.escape(code)}[\"']")
    found = [one for one in lists.finditer(source) if literal.search(one[1])]
    if len(found) != 1 or len(literal.findall(source)) != 1:
        return None
    codes = [one.strip() for one in found[0][1].split(",")]
    kept = [one for one in codes if not literal.fullmatch(one)]
    if not kept or len(kept) == len(codes):
        return None
    becomes = source[: found[0].start(1)] + ", ".join(kept) + source[found[0].end(1) :]
    return Use(What.NARROWED, way, nearest(data, way)[0], source, becomes)


def _counts(indicator: dict[str, Any], question: str, name: re.Pattern[str]) -> bool:
    variables = indicator.get("variables") or []
    own = any(str(one).partition(".")[0] == question for one in variables if isinstance(one, str))
    return own or bool(name.search(str(indicator.get("base") or "")))


def _codes_of(way: Way, indicator: dict[str, Any], code: str, question: str) -> Iterator[Use]:
    at = f"indicator:{indicator.get('id')}"
    if indicator.get("option") == code:
        yield Use(What.INDICATOR, way, at, "option")
    beside = indicator.get("second_base")
    left_out = beside.get("excluded") if isinstance(beside, dict) else None
    if isinstance(beside, dict) and isinstance(left_out, list) and code in left_out:
        alone = len(left_out) == 1 and "dont_know" not in beside
        rest = ("excluded",) if len(left_out) == 1 else ("excluded", left_out.index(code))
        yield Use(What.PART, (*way, "second_base") if alone else (*way, "second_base", *rest), at, "second_base")
    for name in _CODES:
        codes = indicator.get(name)
        if isinstance(codes, list) and code in codes:
            alone = len(codes) == 1
            if alone and name != "excluded":
                yield Use(What.INDICATOR, way, at, name)
            else:
                yield Use(What.PART, (*way, name) if alone else (*way, name, codes.index(code)), at, name)
    scores = indicator.get("scores")
    if isinstance(scores, dict) and code in scores:
        yield (
            Use(What.PART, (*way, "scores", code), at, "scores")
            if len(scores) > 1
            else Use(What.INDICATOR, way, at, "scores")
        )
    correct = indicator.get("correct")
    for variable, codes in correct.items() if isinstance(correct, dict) else ():
        if str(variable).partition(".")[0] == question and isinstance(codes, list) and code in codes:
            yield (
                Use(What.INDICATOR, way, at, "correct")
                if len(codes) == 1
                else Use(What.PART, (*way, "correct", variable, codes.index(code)), at, "correct")
            )


def _use(data: Any, way: Way, value: str, mention: re.Pattern[str]) -> Use:
    """Whatever must go with a scalar in which the name stands."""
    at, rest = nearest(data, way)
    kind = at.partition(":")[0]
    own = way[: len(way) - len(rest)]
    if kind in ("question", "section") and rest:
        what = What.CONDITION if rest[0] == "ask_if" else What.FIELD
        return Use(what, (*own, rest[0]), at, value)
    if kind == "calculated":
        return Use(What.CALCULATED, own, at, value)
    if kind in ("contradiction", "rule"):
        return Use(What.CHECK, own, at, value)
    if kind == "indicator":
        return _in_indicator(data, own, at, rest, value, mention)
    if len(way) > 1 and isinstance(way[1], int):
        return Use(What.ENTRY, way[:2], f"{way[0]}:{way[1]}", value)
    return Use(What.ELSEWHERE, way, str(way[0]), value)


def _in_indicator(data: Any, own: Way, at: str, rest: Way, value: str, mention: re.Pattern[str]) -> Use:
    """A variable among several goes alone, with its right answers; the last one takes the indicator with it."""
    if len(rest) > 1 and rest[0] in ("variables", "correct"):
        variables = _at(data, (*own, "variables")) or []
        if any(not mention.match(str(one)) for one in variables):
            return Use(What.PART, (*own, *rest[:2]), at, value if rest[0] == "variables" else str(rest[1]))
    return Use(What.INDICATOR, own, at, value)


def _indices(data: Any, gone: dict[Way, Use]) -> dict[Way, Use]:
    """Indices that contain an indicator that goes, directly or through another."""
    names = {one.at.partition(":")[2] for one in gone.values() if one.what is What.INDICATOR}
    found: dict[Way, Use] = {}
    while True:
        more: dict[Way, Use] = {
            ("indicators", number): Use(What.INDEX, ("indicators", number), f"indicator:{one['id']}", "parts")
            for number, one in enumerate(data.get("indicators") or [])
            if isinstance(one, dict)
            and one.get("kind") == IndicatorKind.INDEX
            and one.get("id") not in names
            and any(isinstance(part, dict) and part.get("indicator") in names for part in one.get("parts") or [])
        }
        if not more:
            return found
        found |= more
        names |= {one.at.partition(":")[2] for one in more.values()}


def _at(data: Any, way: Way) -> Any:
    for step in way:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
