"""Reading the fields of one mapping: each access says what it wants and notes what is wrong, none of them raises."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from questionnaires.characters import BREAK_MARK, without_invisible, written
from questionnaires.condition_parser import ConditionFault, parse_expression
from questionnaires.condition_parser import parse as parse_condition
from questionnaires.conditions import Condition
from questionnaires.expressions import Formula
from questionnaires.figures import in_digits
from questionnaires.languages import USUAL, english_name, fault_of_tag
from questionnaires.problems import Code, Location, Problem, did_you_mean
from questionnaires.text import Text, is_slot, plain_text, text_of
from questionnaires.yaml_nodes import Mapping, Node, Scalar, Sequence

MAX_TEXT = 2_000  # characters of one text in one language
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,39}")
OPTION_CODE = re.compile(r"[A-Za-z0-9]{1,8}")
# As templates of other systems have them: {job}, ${q1}, {{name}}, [[name]], %(name)s, <%= name %>.
_PLACEHOLDER = re.compile(r"\$?\{[^{}\n]{0,80}\}|\[\[[^\[\]\n]{0,80}\]\]|%\([a-z_]{1,40}\)[sd]|<%[^%>\n]{0,80}%>")
RESERVED = frozenset({"and", "or", "not", "in", "answered", "other", "missing", "today"})

Word = TypeVar("Word", bound=StrEnum)
Read = TypeVar("Read")


class Notes:
    """The problems found so far, and what every text needs to be complete."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)
        self.languages: tuple[str, ...] = USUAL

    def add(self, code: Code, location: Location, message: str, hint: str = "") -> None:
        problem = Problem(code, location, message, hint)
        if problem not in self.problems:  # a scale used ten times is wrong once
            self.problems.append(problem)


class Fields:
    """One mapping of a definition file. ``owner`` names it in messages: ``question "q2"``."""

    def __init__(self, notes: Notes, node: Node | None, owner: str, known: Iterable[str]) -> None:
        self.notes = notes
        self.owner = owner
        self._known = tuple(known)
        self.mapping = node if isinstance(node, Mapping) else Mapping((), node.location if node else Location("?"))
        if node is not None and not isinstance(node, Mapping):
            self.wrong(node, "fields with names")
        for entry in self.mapping.entries:
            if entry.key.value not in self._known:
                message = f'{owner} has a field "{entry.key.value:.40}"'
                hint = did_you_mean(entry.key.value, self._known)
                notes.add(Code.UNKNOWN_FIELD, entry.key.location, message, hint)

    def get(self, name: str) -> Node | None:
        """The node of a field; None where it is absent or empty."""
        node = self.mapping.get(name)
        return None if isinstance(node, Scalar) and node.empty else node

    def place(self, name: str) -> Location:
        """Where the field's value stands; where the mapping begins if it has none."""
        node = self.mapping.get(name)
        return self.mapping.location if node is None else node.location

    def wrong(self, node: Node, wanted: str, name: str = "") -> None:
        seen = (
            "a list" if isinstance(node, Sequence) else "fields" if isinstance(node, Mapping) else f'"{node.value:.40}"'
        )
        what = f'"{name}" of {self.owner}' if name else self.owner
        self.notes.add(Code.WRONG_KIND, node.location, f"{what} wants {wanted}, not {seen}")

    def lacks(self, name: str, hint: str = "") -> None:
        self.notes.add(Code.MISSING_FIELD, self.place(name), f'{self.owner} has no "{name}"', hint)

    def scalar(self, name: str, wanted: str, *, needed: bool = False) -> Scalar | None:
        node = self.get(name)
        if node is None:
            if needed:
                self.lacks(name)
            return None
        if not isinstance(node, Scalar):
            self.wrong(node, wanted, name)
            return None
        return node

    def string(self, name: str, *, needed: bool = False) -> str:
        node = self.scalar(name, "a text", needed=needed)
        return written(node.value) if node else ""

    def identifier(self, name: str = "id") -> str:
        node = self.scalar(name, "a name", needed=True)
        if node is None:
            return ""
        if not IDENTIFIER.fullmatch(node.value) or node.value in RESERVED:
            hint = "an id has small letters, digits and _, begins with a letter and is no word of conditions"
            self.notes.add(Code.BAD_NAME, node.location, f'{self.owner} has the {name} "{node.value:.60}"', hint)
        return node.value

    def boolean(self, name: str) -> bool:
        node = self.scalar(name, "true or false")
        if node is None:
            return False
        if node.quoted or node.value not in ("true", "false"):
            self.wrong(node, "true or false", name)
        return node.value == "true"

    def number(self, name: str, *, needed: bool = False) -> float | None:
        node = self.scalar(name, "a number", needed=needed)
        return None if node is None else self.as_number(node, name)

    def as_number(self, node: Node, name: str) -> float | None:
        if isinstance(node, Scalar) and not node.quoted:
            try:
                value = float(node.value)
            except ValueError:
                value = math.nan
            if math.isfinite(value) and re.fullmatch(r"[-+0-9.eE]+", node.value):
                return value
        self.wrong(node, "a number", name)
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self.number(name)
        if value is None:
            return None
        if value != int(value) or not least <= value <= most:
            message = f'"{name}" of {self.owner} is {in_digits(value)}'
            self.notes.add(Code.OUT_OF_LIMITS, self.place(name), message, f"a whole number from {least} to {most}")
            return None
        return int(value)

    def day(self, name: str) -> date | None:
        node = self.scalar(name, "a date")
        if node is None:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.value):
                return date.fromisoformat(node.value)
        except ValueError:
            pass
        self.wrong(node, "a date such as 2027-06-30", name)
        return None

    def time(self, name: str) -> time | None:
        node = self.scalar(name, "a time")
        if node is None:
            return None
        if node.quoted and re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", node.value):
            return time.fromisoformat(node.value)
        self.wrong(node, 'a time in quotes such as "08:30"', name)
        return None

    def word(self, name: str, words: type[Word], default: Word) -> Word:
        node = self.scalar(name, "a word")
        if node is None:
            return default
        try:
            return words(node.value)
        except ValueError:
            message = f'"{name}" of {self.owner} is "{node.value:.40}"'
            self.notes.add(Code.UNKNOWN_WORD, node.location, message, did_you_mean(node.value, list(words)))
            return default

    def words(self, name: str, words: type[Word]) -> list[Word]:
        """Several of them, each once."""
        found: list[Word] = []
        for node, value in zip(self.sequence(name), self.strings(name), strict=True):
            if value in list(words):
                found += [words(value)] if words(value) not in found else []
            elif value:
                message = f'"{name}" of {self.owner} is "{value:.40}"'
                self.notes.add(Code.UNKNOWN_WORD, node.location, message, did_you_mean(value, list(words)))
        return found

    def condition(self, name: str) -> Condition | None:
        node = self.scalar(name, "a condition")
        return None if node is None else self._parsed(node, name, parse_condition)

    def _parsed(self, node: Scalar, name: str, parse: Callable[[str], Read]) -> Read | None:
        try:
            return parse(node.value)
        except ConditionFault as fault:
            place = node.location
            if not node.block:
                column = place.column + (1 if node.quoted else 0) + fault.offset
                place = Location(place.file, place.line, column)
            message = f'"{name}" of {self.owner}: {fault.message}'
            self.notes.add(Code.CONDITION_SYNTAX, place, message, fault.hint)
            return None

    def formula(self, name: str) -> Formula | None:
        node = self.scalar(name, "an expression", needed=True)
        return None if node is None else self._parsed(node, name, parse_expression)

    def text(self, name: str, *, needed: bool = False, piped: bool = False) -> Text | None:
        node = self.get(name)
        if node is None:
            if needed:
                self.lacks(name)
            return None
        return self.as_text(node, name, piped=piped)

    def as_text(self, node: Node, name: str, *, piped: bool = False) -> Text:
        """``{zh: ..., en: ...}``, or a bare text where the questionnaire speaks Chinese alone.

        ``piped``: it may have places that are filled with answers.
        """
        what = f'"{name}" of {self.owner}'
        if isinstance(node, Scalar):
            found = {"zh": node}
        elif isinstance(node, Mapping):
            found = {}
            for entry in node.entries:
                if entry.key.value not in (*USUAL, *self.notes.languages):
                    message = f'{what} has a language "{entry.key.value:.40}"'
                    hint = did_you_mean(entry.key.value, (*USUAL, *self.notes.languages))
                    if not fault_of_tag(entry.key.value):
                        spoken = ", ".join((*self.notes.languages, entry.key.value))
                        hint = f"declare it: languages: [{spoken}]"
                    self.notes.add(Code.UNKNOWN_FIELD, entry.key.location, message, hint)
                elif isinstance(entry.value, Scalar):
                    found[entry.key.value] = entry.value
                else:
                    self.wrong(entry.value, "a text", f"{name}.{entry.key.value}")
        else:
            self.wrong(node, "a text", name)
            return Text("")
        words = {language: _words(scalar.value) for language, scalar in found.items() if not scalar.empty}
        # Chinese, and English where it is declared, are there always; another language may come text by text.
        for language in self.notes.languages:
            if language in USUAL and not words.get(language):
                hint = (
                    f"write {name}: {{zh: …, en: …}}, or declare languages: [zh]"
                    if language == "en"
                    else "Chinese comes first"
                )
                self.notes.add(Code.MISSING_TRANSLATION, node.location, f"{what} has no {english_name(language)}", hint)
        sound = piped
        for language, value in words.items():
            if len(value) > MAX_TEXT:
                message = f"{what} has {len(value):,} characters in {english_name(language)}"
                self.notes.add(Code.OUT_OF_LIMITS, found[language].location, message, f"at most {MAX_TEXT:,}")
            for braces in _PLACEHOLDER.findall(value):
                if piped and is_slot(braces):
                    continue
                sound = False
                hint = "nothing is filled in here: people would read the braces; write the words themselves"
                self.notes.add(Code.PLACEHOLDER, found[language].location, f'{what} has "{braces:.40}"', hint)
        return (text_of if sound else plain_text)(words)

    def code_of(self, node: Node, name: str) -> str:
        """An option code: quoted, else YAML tools read ``no`` as false and ``1:30`` as 90."""
        if not isinstance(node, Scalar):
            self.wrong(node, "a code in quotes", name)
            return ""
        if not node.quoted:
            message = f'the code {node.value:.40} in "{name}" of {self.owner} is not quoted'
            hint = f'write "{node.value:.40}"; unquoted, 1 is a number, no is false and 1:30 is 90'
            self.notes.add(Code.UNQUOTED_CODE, node.location, message, hint)
        return node.value

    def codes(self, name: str) -> tuple[str, ...]:
        return tuple(self.code_of(node, name) for node in self.sequence(name))

    def strings(self, name: str) -> tuple[str, ...]:
        values = []
        for node in self.sequence(name):
            if isinstance(node, Scalar):
                values.append(node.value)
            else:
                self.wrong(node, "a list of names", name)
                values.append("")
        return tuple(values)

    def sequence(self, name: str, *, needed: bool = False) -> tuple[Node, ...]:
        node = self.get(name)
        if isinstance(node, Sequence):
            if needed and not node.nodes:
                self.notes.add(Code.OUT_OF_LIMITS, node.location, f'"{name}" of {self.owner} is empty', "at least one")
            return node.nodes
        if node is not None:
            self.wrong(node, "a list", name)
        elif needed:
            self.lacks(name)
        return ()

    def pairs(self, name: str) -> Iterator[tuple[Scalar, Node]]:
        node = self.get(name)
        if isinstance(node, Mapping):
            for entry in node.entries:
                yield entry.key, entry.value
        elif node is not None:
            self.wrong(node, "fields with names", name)


def _words(value: str) -> str:
    """Marks where a title may break mean something; a text of nothing else is none."""
    return without_invisible(value, keep=BREAK_MARK).strip() if written(value) else ""
