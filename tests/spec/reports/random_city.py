"""A city drawn at random: its areas, indicators and published table, with what is held against each other.

A ``Shape`` says how much there is of everything, and ``seed`` what it is; each figure has a chance of its own, so that
a smaller shape keeps the figures of the larger one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

from analysis.comparisons import Comparisons, PublishedDifference, PublishedItems, PublishedRanks, RankedArea
from analysis.results import (
    PROTECTED,
    ChangeVerdict,
    Domain,
    IntervalMethod,
    PublicationRule,
    PublishableCell,
    PublishableRow,
    PublishableTable,
    Tier,
)
from questionnaires.indicators import (
    Indicator,
    IndicatorKind,
    SecondBase,
    Sense,
    Target,
    with_second_base,
)
from questionnaires.text import Text
from reports.content import GroupOfCity, Place
from tests.spec.reports import random_cells as cells
from tests.spec.reports.random_cells import Odds

STEMS = "甲乙丙丁戊己庚辛壬癸寅卯辰申酉戌亥"
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "larch", "maple", "ochre")
LONGEST = 120
SECTORS = "sectors"  # the group by which a questionnaire says that its items are sectors


USUAL = Odds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much there is of everything. ``communities``: of each street."""

    seed: int
    headlines: int = 4
    items: int = 6
    item_groups: int = 1
    communities: tuple[int, ...] = (3, 2)
    waves: int = 2
    odds: Odds = USUAL
    targets: float = 0.7  # how often an indicator has one
    at_most: float = 0.15  # and how often that says at most
    mixed: bool = False  # scores, nets and figures in their own unit beside shares
    long: bool = False
    old: bool = False  # of a release from before there were tiers
    rate: float | None = 0.7  # of response
    sizes: tuple[int, int] = (5, 400)  # respondents of a community
    corrects: bool = False
    sectors: bool = False  # whether the first group of items is of sectors, which may have targets
    mapped: bool = False  # the city gave a map


class Made:
    """One city of a shape: its areas, indicators and table, from which every sheet is taken."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._named = 0
        self.city = self.place("99", ())
        self.streets = tuple(
            (
                self.place(f"99{s:02d}", (("street", f"99{s:02d}"),)),
                tuple(self.place(f"99{s:02d}{c:03d}", (("community", f"99{s:02d}{c:03d}"),)) for c in range(count)),
            )
            for s, count in enumerate(shape.communities)
        )
        self.headlines = tuple(self.indicator(f"h{i}", headline=True) for i in range(shape.headlines))
        items = tuple(self.item(i) for i in range(shape.items))
        beside = tuple(with_second_base(one)[1] for one in self.headlines if one.second_base is not None)
        further = tuple(self.indicator(f"f{i}", headline=False) for i in range(self.rng("further").randrange(3)))
        self.indicators = (*self.headlines, *further, *beside, *items)
        self.items = items
        self.groups = tuple(
            GroupOfCity(kind=kind, name=self.text(f"group{k}{g}"), domain=((f"by{k}", f"g{g}"),))
            for k in range(self.rng("kinds").randrange(3))
            for kind in [self.text(f"kind{k}")]
            for g in range(self.rng(f"groups{k}").randrange(2, 5))
        )
        self.ages = tuple(self.place(f"age{a}", (("age", str(a)),)) for a in range(self.rng("ages").choice((0, 0, 3))))
        self.people = {
            place.domain: self.rng(f"n{place.code}").randint(*shape.sizes)
            for _, inside in self.streets
            for place in inside
        }
        for street, inside in self.streets:
            self.people[street.domain] = sum(self.people[place.domain] for place in inside)
        self.people[self.city.domain] = sum(self.people[street.domain] for street, _ in self.streets)
        everyone = self.people[self.city.domain]
        at = self.streets[0][0]
        self.groups_of_street = tuple(replace(one, domain=(*at.domain, *one.domain)) for one in self.groups)
        for group in (*self.groups, *self.groups_of_street):
            self.people[group.domain] = self.rng(str(group.domain)).randint(5, max(everyone, 6))
        self.table = self.published()

    def rng(self, key: str) -> Random:
        return Random(f"{self.shape.seed}/{key}")

    # ------------------------------------------------------------------ names

    def text(self, key: str, suffix: tuple[str, str] = ("", "")) -> Text:
        """A name that no other is part of, in both languages; of 120 characters where the shape says long."""
        rng, number = self.rng(f"name/{key}"), self._named
        self._named += 1
        code = STEMS[number // 289] + STEMS[number // 17 % 17] + STEMS[number % 17]
        zh = code + suffix[0]
        en = f"{WORDS[number // 144].capitalize()} {WORDS[number // 12 % 12]} {WORDS[number % 12]}{suffix[1]}"
        if self.shape.long and rng.random() < 0.7:
            zh = code + "龙" * (LONGEST - len(zh)) + suffix[0]
            en = f"{en} " + " ".join(["quartz"] * ((LONGEST - len(en) - 1) // 7))
        return Text(zh, en)

    def place(self, code: str, domain: Domain) -> Place:
        return Place(code=code, name=self.text(f"place/{code}"), domain=domain)

    # ------------------------------------------------------------------ indicators

    def indicator(self, key: str, *, headline: bool, group: str | None = None, kind: str = "") -> Indicator:
        rng = self.rng(f"indicator/{key}")
        drawn = (
            rng.choice(("share", "share", "index", "net", "score", "small", "plain")) if self.shape.mixed else "share"
        )
        kind = kind or drawn
        kinds = {"net": IndicatorKind.NET, "index": IndicatorKind.INDEX}
        made = kinds.get(kind, IndicatorKind.PROPORTION)
        scores: dict[str, float] = {}
        if kind in ("score", "small", "plain"):
            made = IndicatorKind.MEAN_SCORE
            scores = {"score": {"1": 100.0}, "small": {"1": 5.0}, "plain": {}}[kind]
        suffix = ("率", "") if rng.random() < 0.5 else ("", "")
        one = Indicator(
            id=key,
            name=self.text(f"indicator/{key}", suffix),
            definition=Text(f"定义{STEMS[rng.randrange(17)]}", f"Meaning {WORDS[rng.randrange(12)]}"),
            kind=made,
            variables=(key,),
            scores=scores,
            headline=headline,
            group=group,
        )
        if rng.random() < self.shape.targets and (headline or group is None):
            one = replace(one, target=self.target(one, key))
        if headline and group is None and made is IndicatorKind.PROPORTION and rng.random() < 0.2:
            own, name = self.text(f"own/{key}"), self.text(f"second/{key}")
            one = replace(one, second_base=SecondBase(own=own, name=name))
        return one

    def item(self, number: int) -> Indicator:
        """Of a group, whose items are measured alike as often as not."""
        group = f"group{number % self.shape.item_groups}"
        if self.shape.sectors and group == "group0":
            group = SECTORS
        rng = self.rng(f"items/{group}")
        kind = rng.choice(("share", "score", "small")) if self.shape.mixed and rng.random() < 0.7 else "share"
        if self.shape.mixed and rng.random() < 0.2 and number % 2:
            kind = "score"
        one = self.indicator(f"item{number}", headline=False, group=group, kind=kind)
        if group == SECTORS:
            drawn = self.rng(f"sector{number}")
            one = replace(one, excluded=("8",) if drawn.random() < 0.5 else ())
            return replace(one, target=self.target(one, one.id)) if drawn.random() < self.shape.targets else one
        if rng.random() < self.shape.at_most / 2:
            one = replace(one, target=replace(self.target(one, "item"), sense=Sense.AT_MOST))
        return one

    def target(self, one: Indicator, key: str) -> Target:
        rng = self.rng(f"target/{key}")
        sense = Sense.AT_MOST if rng.random() < self.shape.at_most else Sense.AT_LEAST
        bottom, top = cells.scale_of(one) or (2.0, 60.0)
        part = rng.choice((0.9, 0.85, 0.8, 0.7, 0.5, 0.05, 0.875, 0.955, 0.8333, 1.0))
        return Target(value=round(bottom + part * (top - bottom), 6), sense=sense)

    # ------------------------------------------------------------------ the table

    def published(self) -> PublishableTable:
        every: list[tuple[Domain, int]] = [(self.city.domain, self.people[self.city.domain])]
        every += [(street.domain, self.people[street.domain]) for street, _ in self.streets]
        every += [(one.domain, self.people[one.domain]) for _, inside in self.streets for one in inside]
        every += [(one.domain, self.people[one.domain]) for one in (*self.groups, *self.groups_of_street)]
        for _, inside in self.streets:
            every += [((*one.domain, *age.domain), self.people[one.domain] // 3) for one in inside for age in self.ages]
        return PublishableTable(
            rows=tuple(self.row(domain, n) for domain, n in every),
            rule=PublicationRule(),
            level=self.rng("level").choice((0.95, 0.95, 0.9, 0.99)),
            interval_method=IntervalMethod.KORN_GRAUBARD,
            seal=PROTECTED,
        )

    def row(self, domain: Domain, n: int) -> PublishableRow:
        asked = self.told_of if len(domain) and domain[-1][0].startswith(("by", "age")) else self.indicators
        found = []
        for one in asked:
            rng = self.rng(f"cell/{domain}/{one.id}")
            if rng.random() < 0.02:
                continue  # what the wave did not ask for here
            made = cells.cell(rng, one, n, self.shape.odds)
            found.append(cells.as_of_old(rng, made) if self.shape.old else made)
        return PublishableRow(domain=domain, sample_size=n, cells=tuple(found))

    @property
    def told_of(self) -> tuple[Indicator, ...]:
        """Of which changes and groups are told."""
        return (*self.headlines, *(one for one in self.items if one.group == SECTORS))

    def cell(self, domain: Domain, variable: str) -> PublishableCell | None:
        row = self.table.row(domain)
        return next((one for one in row.cells if one.variable == variable), None)

    def firm(self, domain: Domain, variable: str) -> PublishableCell | None:
        """What may be held against others: shown as a point, not coarse."""
        found = self.cell(domain, variable)
        return found if found is not None and cells.is_point(found) and found.tier is Tier.SHOWN else None

    # ------------------------------------------------------------------ what is held against each other

    def comparisons(self, place: Place, wholes: Sequence[Place], below: Iterable[tuple[Place, str]]) -> Comparisons:
        """``below``: areas of whose parts ranks are told, with the kind of the parts."""
        if self.shape.old:
            return Comparisons()
        return Comparisons(
            items=tuple(self.items_apart(place.domain)),
            differences=tuple(
                found
                for one in self.headlines
                for whole in wholes
                if (found := self.difference(one, place.domain, whole.domain)) is not None
            ),
            ranks=tuple(
                found
                for one in self.headlines
                for within, kind in below
                if (found := self.ranks(one, within, kind)) is not None
            ),
        )

    def items_apart(self, domain: Domain) -> Iterable[PublishedItems]:
        groups: dict[tuple[str | None, object], list[str]] = {}
        for one in self.items:
            groups.setdefault((one.group, cells.scale_of(one)), []).append(one.id)
        for (group, _), every in groups.items():
            values = {key: one.value or 0.0 for key in every if (one := self.firm(domain, key)) is not None}
            if len(values) < 2:
                continue
            names = sorted(values, key=lambda key: values[key])
            rng = self.rng(f"apart/{domain}/{group}")
            share = rng.choice((0.0, 0.3, 1.0))
            # Equal figures are never told apart.
            ends_alike = rng.random() < share or values[names[0]] == values[names[-1]]
            with_low = {key for key in names[1:-1] if rng.random() < share or values[key] == values[names[0]]}
            with_high = {key for key in names[1:-1] if rng.random() < share or values[key] == values[names[-1]]}
            low = [key for key in names[1:] if key in with_low or (ends_alike and key == names[-1])]
            high = [key for key in names[-2::-1] if key in with_high or (ends_alike and key == names[0])]
            yield PublishedItems(
                group=group or "",
                domain=domain,
                items=tuple(names),
                with_lowest=(names[0], *low),
                with_highest=(names[-1], *high),
                untold=len(every) - len(names),
            )

    def difference(self, one: Indicator, domain: Domain, whole: Domain) -> PublishedDifference | None:
        own, above = self.firm(domain, one.id), self.firm(whole, one.id)
        if own is None or above is None:
            return None
        rng = self.rng(f"difference/{domain}/{whole}/{one.id}")
        found = cells.change(rng, (above, own), (one.id, domain))
        assert found is not None
        assert found.difference is not None
        assert found.low is not None
        assert found.high is not None
        side = {ChangeVerdict.RISEN: 1, ChangeVerdict.FALLEN: -1}.get(found.verdict, 0)
        return PublishedDifference(
            variable=one.id,
            domain=domain,
            whole=whole,
            difference=found.difference,
            low=found.low,
            high=found.high,
            side=side,
            digits=found.digits,
        )

    def ranks(self, one: Indicator, within: Place, kind: str) -> PublishedRanks | None:
        inside = [street for street, _ in self.streets]
        if kind != "street":
            [inside] = [list(inside) for street, inside in self.streets if street == within]
        shown = {place.domain: found for place in inside if (found := self.firm(place.domain, one.id)) is not None}
        values = {key: found.value or 0.0 for key, found in shown.items() if (found.sample_size or 0) >= 50}
        if len(values) < 2:
            return None
        rng = self.rng(f"ranks/{within.code}/{one.id}")
        gap = rng.choice((0.02, 0.2, 0.6, 10.0))  # the third: the ends are apart, what lies between is from neither
        gap *= max(values.values()) - min(values.values()) + 1e-6
        down = one.target is not None and one.target.sense is Sense.AT_MOST
        better = {
            (a, b)
            for a, b in ((a, b) for pair in combinations(values, 2) for a, b in (pair, pair[::-1]))
            if (values[b] - values[a] if down else values[a] - values[b]) > gap
        }
        return PublishedRanks(
            variable=one.id,
            within=within.domain,
            kind=kind,
            level=self.table.level,
            areas=tuple(
                RankedArea(
                    domain=key,
                    low=1 + sum(b == key for _, b in better),
                    high=len(values) - sum(a == key for a, _ in better),
                )
                for key in values
            ),
            pairs_told_apart=len(better),
            left_out=len(inside) - len(values),
        )
