"""The judge of many answers at once: every variable of a thousand respondents, worth what ``Judge.check`` says.

One variable after another instead of one respondent after another. Each raw answer is read once, whoever else gave it;
each condition is evaluated once for all who gave the same answers to what it asks about. There are no findings here:
what is read was judged when it was kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Final

from questionnaires.answer_forms import Canonical, Read
from questionnaires.answers import Asked, Calculation, Judge, Slot, Value, chose, is_readable, values_drawn
from questionnaires.draws import Drawing
from questionnaires.model import Missing
from questionnaires.offers import Narrowed

MOST_KEPT = 5_000
"""Different raw answers that are remembered at once: open answers are all different."""
_AS_THEY_ARE: Final = {str, type(None)}
_NOT_ASKED: Final = 0


@dataclass(frozen=True, slots=True, eq=False)
class ValueColumn:
    """One variable of many respondents: ``values[codes[row]]``. Not every value need occur."""

    codes: list[int]
    values: Sequence[Value]


class _Readings(dict[object, int]):
    """Raw answers to one variable -> their codes; what each is worth to whoever was asked, and 0 for who was not."""

    def __init__(self, slot: Slot) -> None:
        super().__init__()
        self._slot = slot
        self.worth: list[Value] = [Missing.NOT_ASKED]
        self.given: list[Canonical | None] = [None]  # what conditions see
        self._reads: dict[int, Read] = {}

    def __missing__(self, raw: object) -> int:
        """Texts and None are their own keys."""
        return self._keep(raw, raw)

    def codes(self, column: list[object]) -> list[int]:
        if set(map(type, column)) <= _AS_THEY_ARE:
            return list(map(self.__getitem__, column))
        return [self._code(raw) for raw in column]

    def _code(self, raw: object) -> int:
        if type(raw) is str or raw is None:
            return self[raw]
        key = (type(raw), repr(raw))  # 1, 1.0 and true are one key of a mapping and three answers
        return self[key] if key in self else self._keep(key, raw)

    def _keep(self, key: object, raw: object) -> int:
        read = self._slot.canonical(raw, seen=True)
        code = self[key] = self._add(read[0])
        self._reads[code] = read
        return code

    def _add(self, canonical: Canonical | None) -> int:
        self.worth.append(self._slot.value(canonical))
        self.given.append(canonical)
        return len(self.worth) - 1

    def offered(self, code: int, narrowed: Narrowed, given: Mapping[str, object]) -> int:
        """The code of an answer as it is to whoever was offered less than the whole question."""
        read = self._reads[code]
        canonical, _ = narrowed.read(read, given)
        return code if canonical == read[0] else self._add(canonical)


def _as_key(raw: object) -> str | int | tuple[str, ...] | None:
    """A ticket or a list of blocks; None for what is neither, true among it, which is the same key as 1."""
    if type(raw) is str or type(raw) is int:
        return raw
    return tuple(raw) if isinstance(raw, list) and set(map(type, raw)) <= {str} else None


class _Draws(dict[tuple[str | int | tuple[str, ...] | None, *tuple[int, ...]], int]):
    """Ticket and codes of the answers that say which blocks belong to whom -> the code of what was drawn."""

    def __init__(self, drawing: Drawing, readings: Mapping[str, _Told]) -> None:
        super().__init__()
        self.drawing = drawing
        self.about = tuple(name for name in drawing.variables() if name in readings)
        self._readings = tuple(readings[name] for name in self.about)
        self.worth: dict[str, list[Value]] = {name: [] for name in drawing.draw.variables()}
        self.given: list[Canonical | None] = []

    def codes(self, column: list[object], columns: Mapping[str, list[int]]) -> list[int]:
        tickets = [_as_key(one) for one in column]
        return list(map(self.__getitem__, zip(tickets, *(columns[name] for name in self.about), strict=True)))

    def __missing__(self, key: tuple[str | int | tuple[str, ...] | None, *tuple[int, ...]]) -> int:
        raw, *codes = key
        given = {name: of.given[code] for name, of, code in zip(self.about, self._readings, codes, strict=True)}
        ticket, _ = self.drawing.read(raw)
        found = self.drawing.drawn(ticket if isinstance(ticket, int | list) else None, given)
        code = self[key] = len(self.given)
        self.given.append(list(found.blocks))
        for name, value in values_drawn(self.drawing, found, known=ticket is not None).items():
            self.worth[name].append(value)
        return code


_Told = _Readings | _Draws


class _Ask(dict[tuple[int, ...], bool]):
    """Codes of the answers that a question hangs on -> whether it is asked."""

    def __init__(self, asked: Asked, readings: Mapping[str, _Told]) -> None:
        """``readings`` of the questions before it: no condition sees what comes later."""
        super().__init__()
        self._asked = asked
        self._always = not asked.conditions and asked.narrowed is None
        named = dict.fromkeys(name for one in asked.conditions for name in one.variables())
        named |= dict.fromkeys(asked.narrowed.about if asked.narrowed is not None else ())
        self.about = tuple(name for name in named if name in readings)
        self._readings = tuple(readings[name] for name in self.about)

    def __missing__(self, codes: tuple[int, ...]) -> bool:
        given = {name: of.given[code] for name, of, code in zip(self.about, self._readings, codes, strict=True)}
        found = self[codes] = self._asked.of(given)
        return found

    def of(self, columns: Mapping[str, list[int]], rows: int) -> list[bool] | None:
        """By row; None: everybody is asked."""
        if self._always:
            return None
        if not self.about:
            return [self[()]] * rows
        found = list(map(self.__getitem__, zip(*(columns[name] for name in self.about), strict=True)))
        return None if all(found) else found


class _Offered(dict[tuple[int, ...], int]):
    """Codes of an answer and of those that its options hang on -> its code by what was offered to whoever gave it."""

    def __init__(self, narrowed: Narrowed, readings: Mapping[str, _Told], own: _Readings) -> None:
        """``readings`` of the questions before it, ``own`` of the answer itself."""
        super().__init__()
        self._narrowed = narrowed
        self.about = tuple(name for name in narrowed.about if name in readings)
        self._readings = tuple(readings[name] for name in self.about)
        self._own = own

    def __missing__(self, codes: tuple[int, ...]) -> int:
        code, *others = codes
        given = {name: of.given[one] for name, of, one in zip(self.about, self._readings, others, strict=True)}
        found = self[codes] = self._own.offered(code, self._narrowed, given)
        return found

    def of(self, column: list[int], columns: Mapping[str, list[int]]) -> list[int]:
        return list(map(self.__getitem__, zip(column, *(columns[name] for name in self.about), strict=True)))


class _Results(dict[tuple[int, ...], int]):
    """Codes of the answers that something is calculated from -> its code; 0 where none of them was asked for."""

    def __init__(self, calculation: Calculation, readings: Mapping[str, _Readings]) -> None:
        super().__init__()
        self.calculation = calculation
        self._readings = tuple(readings[name] for name in calculation.variables)
        self.worth: list[Value] = [Missing.NOT_ASKED]

    def __missing__(self, codes: tuple[int, ...]) -> int:
        named = zip(self.calculation.variables, self._readings, codes, strict=True)
        given = {name: of.given[code] for name, of, code in named}
        found = self[codes] = len(self.worth)
        self.worth.append(self.calculation.value(given, any(code != _NOT_ASKED for code in codes)))
        return found


class ColumnJudge:
    """A judge made ready to read many answers."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._begin()

    def _begin(self) -> None:
        self._readings: dict[str, _Readings] = {}
        self._draws: dict[str, _Draws] = {}
        self._asks: list[_Ask] = []
        self._offers: dict[str, _Offered] = {}
        for asked in self._judge.questions:
            for drawing in asked.draws:
                self._draws[drawing.draw.id] = _Draws(drawing, self._told)
            self._asks.append(_Ask(asked, self._told))
            own = {slot.variable: _Readings(slot) for slot in asked.slots}
            for slot in asked.slots:
                if asked.narrowed is not None and slot.other_codes is None:
                    self._offers[slot.variable] = _Offered(asked.narrowed, self._told, own[slot.variable])
            self._readings |= own
        self._results = [_Results(one, self._readings) for one in self._judge.calculated]

    @property
    def _told(self) -> dict[str, _Told]:
        return {**self._readings, **self._draws}

    def values(self, answers: Sequence[Mapping[str, object]]) -> Mapping[str, ValueColumn]:
        """By variable of the questionnaire: ``Judge.check(one, Policy.IMPORT).values`` of every one of ``answers``."""
        kept: list[Sized] = [*self._readings.values(), *self._draws.values(), *self._asks]
        kept += [*self._offers.values(), *self._results]
        if sum(map(len, kept)) > MOST_KEPT:
            self._begin()
        given = [one if is_readable(one) else {} for one in answers]
        codes: dict[str, list[int]] = {}
        for asked, ask in zip(self._judge.questions, self._asks, strict=True):
            for drawing in asked.draws:
                name = drawing.draw.id
                codes[name] = self._draws[name].codes([one.get(name) for one in given], codes)
            on_path = ask.of(codes, len(given))
            for slot in asked.slots:
                column = self._readings[slot.variable].codes([one.get(slot.variable) for one in given])
                if slot.variable in self._offers:
                    column = self._offers[slot.variable].of(column, codes)
                own = on_path if slot.other_codes is None else self._told_more(asked, slot.other_codes, codes)
                codes[slot.variable] = column if own is None else _asked_only(column, own)
        found: dict[str, ValueColumn] = {}
        for name, column in codes.items():
            if name in self._draws:
                found |= {one: ValueColumn(column, worth) for one, worth in self._draws[name].worth.items()}
            else:
                found[name] = ValueColumn(column, self._readings[name].worth)
        for results in self._results:
            known = zip(*(codes[name] for name in results.calculation.variables), strict=True)
            found[results.calculation.name] = ValueColumn(list(map(results.__getitem__, known)), results.worth)
        return found

    def _told_more(self, asked: Asked, other: frozenset[str], codes: Mapping[str, list[int]]) -> list[bool]:
        """Who chose 其他; of those who were not asked nothing is given."""
        name = asked.question.id
        chosen = [chose(one, other) for one in self._readings[name].given]
        return [chosen[code] for code in codes[name]]


def _asked_only(column: list[int], on_path: list[bool]) -> list[int]:
    return [code if asked else _NOT_ASKED for code, asked in zip(column, on_path, strict=True)]
