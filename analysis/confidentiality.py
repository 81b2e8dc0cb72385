"""Which figures confidentiality hides, and under which mark.

Hidden for their own sake: figures of fewer than ten respondents, and 0 % or 100 % (points all alike) of fewer than
thirty. Hidden for theirs: what would give one of them away by subtraction, over every level that is published together
and what was published before. A 0 % or 100 % that is hidden carries the mark of the figures beside it: a mark of its
own would say what it hides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.complementary_suppression import CannotProtect, families, hide_complements
from analysis.disclosure_bounds import ENDLESS, Count, Family
from analysis.results import Domain, Estimate, PublicationRule, PublishableTable, Suppression

Key = tuple[str, str | None]
Cell = tuple[Domain, Key]
_MARKS = (Suppression.FEW_RESPONDENTS, Suppression.COMPLEMENTARY, Suppression.GROUP_DISCLOSURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    rows: frozenset[Domain]  # their counts too
    cells: Mapping[Cell, Suppression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What earlier releases of the wave showed and hid.

    What was hidden once stays hidden. What was shown is known, and can hide nothing: also where a correction changed
    it, since the change often follows from that of a sum.
    """

    shown_rows: frozenset[Domain] = frozenset()
    hidden_rows: Mapping[Domain, Suppression] = field(default_factory=dict)  # with the first mark
    shown_cells: frozenset[Cell] = frozenset()
    hidden_cells: Mapping[Cell, Suppression] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Iterable[PublishableTable]) -> Before:
        shown_rows: set[Domain] = set()
        hidden_rows: dict[Domain, Suppression] = {}
        shown_cells: set[Cell] = set()
        hidden_cells: dict[Cell, Suppression] = {}
        for table in tables:
            for row in table.rows:
                if row.sample_size is None:
                    few = any(cell.suppression is Suppression.FEW_RESPONDENTS for cell in row.cells)
                    mark = Suppression.FEW_RESPONDENTS if few else Suppression.COMPLEMENTARY
                    hidden_rows.setdefault(row.domain, mark)
                else:
                    shown_rows.add(row.domain)
                for cell in row.cells:
                    place = (row.domain, (cell.variable, cell.category))
                    if cell.suppression is not None and cell.suppression in _MARKS:
                        hidden_cells.setdefault(place, cell.suppression)
                    elif cell.value is not None:
                        shown_cells.add(place)
        return cls(
            shown_rows=frozenset(shown_rows),
            hidden_rows=hidden_rows,
            shown_cells=frozenset(shown_cells),
            hidden_cells=hidden_cells,
        )


def hide(
    rows: Mapping[Domain, Sequence[Estimate]],
    rule: PublicationRule,
    hierarchy: Mapping[Domain, Domain],
    before: Before | None = None,
) -> Hidden:
    """Rows and cells that may not be shown. Raises CannotProtect where earlier releases give one away."""
    return _Hiding(rows, rule, hierarchy, before or Before()).run()


class _Hiding:
    def __init__(
        self,
        rows: Mapping[Domain, Sequence[Estimate]],
        rule: PublicationRule,
        hierarchy: Mapping[Domain, Domain],
        before: Before,
    ) -> None:
        self.rows = rows
        self.rule = rule
        self.least = float(rule.minimum_respondents)
        self.before = before
        self.groups = families(hierarchy, rows)
        self.marks: dict[Cell, Suppression] = {}

    def run(self) -> Hidden:
        hidden_rows = self._rows()
        variables = dict.fromkeys(one.variable for cells in self.rows.values() for one in cells)
        for variable in variables:
            answers = {
                domain: [one for one in cells if one.variable == variable] for domain, cells in self.rows.items()
            }
            answers = {domain: cells for domain, cells in answers.items() if cells}
            self._answers(answers)
            self._alike(answers)
        return Hidden(rows=hidden_rows, cells=self.marks)

    def _rows(self) -> frozenset[Domain]:
        """Rows of too few respondents, those hidden before, and the rows that hide them."""
        size = {domain: max(one.sample_size for one in cells) for domain, cells in self.rows.items()}
        few = {domain for domain, count in size.items() if count < self.rule.minimum_respondents}
        kept = {domain for domain in size if domain in self.before.hidden_rows}
        known = {domain for domain in size if domain in self.before.shown_rows}
        _still_open(few & known)
        counts = {
            domain: self._respondents(count, self.before.hidden_rows.get(domain)) for domain, count in size.items()
        }
        beside = hide_complements(
            self.groups, [d for d in size if d in few | kept], counts, fixed=known, least_together=self.least
        )
        hidden = few | kept | beside
        for domain in hidden:
            for one in self.rows[domain]:
                self._mark(one, few=domain in few)
        return frozenset(hidden)

    def _answers(self, answers: Mapping[Domain, Sequence[Estimate]]) -> None:
        """The same for one variable: item nonresponse may leave too few where the row has enough."""
        size = {domain: cells[0].sample_size for domain, cells in answers.items()}
        few = {domain for domain, count in size.items() if count < self.rule.minimum_respondents}
        hidden = [domain for domain, cells in answers.items() if domain in few or self._is_marked(cells)]
        # A figure that only stays hidden has had its number of respondents protected, or never had to.
        kept = {domain for domain, cells in answers.items() if self._was_hidden(cells)} - set(hidden)
        known = {
            domain
            for domain, cells in answers.items()
            if all((domain, _key(one)) in self.before.shown_cells for one in cells)
        }
        _still_open(few & known)
        counts = {
            domain: self._respondents(count, self.before.hidden_cells.get((domain, _key(answers[domain][0]))))
            for domain, count in size.items()
        }
        closed = [domain for domain in answers if domain in kept or domain in set(hidden)]
        beside = hide_complements(
            self.groups,
            closed,
            counts,
            guarded=lambda domain: domain not in kept,
            fixed=known,
            least_together=self.least,
        )
        for domain in (*hidden, *(domain for domain in answers if domain in beside)):
            for one in answers[domain]:
                self._mark(one, few=domain in few)

    def _alike(self, answers: Mapping[Domain, Sequence[Estimate]]) -> None:
        """0 % or 100 % of fewer than thirty, and what hides how many of them said so."""
        counts: dict[Cell, Count] = {}
        sensitive: list[Cell] = []
        known: set[Cell] = set()
        for domain, cells in answers.items():
            for one in cells:
                if one.value is None or one.scale is None:
                    continue
                place = (domain, _key(one))
                counts[place] = _yes(one)
                small = one.sample_size < self.rule.group_disclosure_below
                if one.all_alike and small and place not in self.marks:
                    sensitive.append(place)
                if place in self.before.shown_cells:
                    known.add(place)
        _still_open(known.intersection(sensitive))
        again = [place for place in counts if place in self.before.hidden_cells and place not in self.marks]
        if not sensitive and not again:
            return
        groups = [*self._by_category(answers), *self._categories(answers, counts)]
        hidden = [place for place in counts if place in self.marks or place in (*sensitive, *again)]
        beside = hide_complements(
            groups, hidden, counts, guarded=set(sensitive).__contains__, fixed=known - set(hidden)
        )
        for place in (*sensitive, *again, *beside):
            self.marks.setdefault(place, Suppression.COMPLEMENTARY)

    def _by_category(self, answers: Mapping[Domain, Sequence[Estimate]]) -> list[Family[Cell]]:
        keys = dict.fromkeys(_key(one) for cells in answers.values() for one in cells)
        present = {(domain, _key(one)) for domain, cells in answers.items() for one in cells}
        return [
            Family((family.parent, key), tuple((child, key) for child in family.children if (child, key) in present))
            for family in self.groups
            for key in keys
        ]

    def _categories(
        self, answers: Mapping[Domain, Sequence[Estimate]], counts: dict[Cell, Count]
    ) -> list[Family[Cell]]:
        """Shares of one domain add up to its respondents, whose number is shown or follows from its neighbours'."""
        found = []
        for domain, cells in answers.items():
            several = [one for one in cells if (domain, _key(one)) in counts]
            if len(several) > 1 and abs(sum(one.value or 0.0 for one in several) - 1) < 1e-9:
                whole: Cell = (domain, ("", None))
                size = float(several[0].sample_size)
                counts[whole] = Count(size, (size, size))
                found.append(Family(whole, tuple((domain, _key(one)) for one in several)))
        return found

    def _respondents(self, count: int, before: Suppression | None) -> Count:
        """A hidden number of respondents, and what its mark tells: whether it is below the least or not.

        What was hidden before keeps the range that its first mark gave, moved to where it is now.
        """
        few = count < self.least if before is None else before is Suppression.FEW_RESPONDENTS
        size = float(count)
        return Count(size, (0.0, max(self.least - 1, size)) if few else (min(self.least, size), ENDLESS))

    def _is_marked(self, cells: Sequence[Estimate]) -> bool:
        return all((one.domain, _key(one)) in self.marks for one in cells)

    def _was_hidden(self, cells: Sequence[Estimate]) -> bool:
        return all((one.domain, _key(one)) in self.before.hidden_cells for one in cells)

    def _mark(self, estimate: Estimate, *, few: bool) -> None:
        # A mark that changes from one release to the next would tell on which side of ten the count was, and is.
        place = (estimate.domain, _key(estimate))
        before = place in self.before.hidden_cells
        self.marks.setdefault(place, Suppression.FEW_RESPONDENTS if few and not before else Suppression.COMPLEMENTARY)


def _still_open(shown: Collection[object]) -> None:
    """What an earlier release showed cannot be hidden in a later one: the old figure and the sums give the new one."""
    for one in shown:
        raise CannotProtect(
            f"{one} must be hidden now, but was published in an earlier release; "
            "leave the figures of its area out of this one"
        )


def _key(estimate: Estimate) -> Key:
    return estimate.variable, estimate.category


def _yes(estimate: Estimate) -> Count:
    """How many of the respondents the figure stands for: n p, or n times the place on its scale."""
    assert estimate.value is not None
    assert estimate.scale is not None
    low, high = estimate.scale
    part = (estimate.value - low) / (high - low) if high > low else 0.0
    return Count(estimate.sample_size * part, (0.0, float(estimate.sample_size)))
