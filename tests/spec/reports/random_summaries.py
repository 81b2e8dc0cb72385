"""Summaries drawn at random: every sheet that a release could hold, and many that none ever will."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import strategies as st

from analysis.city_results import CityResults, DriverFigure, DriverFigures, ModeEffect, ModeFigure, Priority
from analysis.comparisons import Comparisons
from analysis.results import (
    GroupVerdict,
    PublishableCell,
    PublishedContrast,
    PublishedEquality,
    PublishedGroups,
    ResponseRates,
    Suppression,
)
from questionnaires.text import Text
from reports.content import (
    AreaSummary,
    AskedBy,
    Changes,
    CityMap,
    CommunitySummary,
    Correction,
    GroupOfCity,
    Groups,
    Imprint,
    IndexOfArea,
    IndexPartOfArea,
    OutcomeLine,
    Place,
    PutRight,
    PutRightItem,
    Remark,
    Remarks,
    RemarkTheme,
    Sample,
    SectorSummary,
    Trend,
)
from reports.sectors import sector_summaries
from tests.spec.reports import random_cells as cells
from tests.spec.reports import summaries as given
from tests.spec.reports.random_cells import Odds
from tests.spec.reports.random_city import STEMS, WORDS, Made, Shape

Summary = CommunitySummary | AreaSummary
SECTOR = 3  # of ``summary_of``
MODES = ("face_to_face", "paper", "web_invited")
STATES = ("planned", "under_way", "reported", "returned", "checked", "held")


def shapes(*, most_headlines: int = 40, most_items: int = 16) -> st.SearchStrategy[Shape]:
    """Any shape."""
    often = st.sampled_from((0.0, 0.05, 0.3, 0.6, 1.0))
    few = st.integers(1, 6)
    return st.builds(
        Shape,
        seed=st.integers(0, 2**32 - 1),
        headlines=st.one_of(few, few, few, st.integers(1, most_headlines)),
        items=st.integers(0, most_items),
        item_groups=st.integers(1, 3),
        communities=st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
        waves=st.integers(0, 12),
        odds=st.builds(Odds, hidden=often, coded=often, coarse=often, alike=st.sampled_from((0.0, 0.05, 0.5, 1.0))),
        targets=st.sampled_from((0.0, 0.5, 1.0, 1.0)),
        at_most=st.sampled_from((0.0, 0.0, 0.3, 1.0)),
        mixed=st.booleans(),
        long=st.sampled_from((False, False, True)),
        old=st.sampled_from((False, False, False, False, True)),
        rate=st.sampled_from((None, 0.1, 0.299, 0.3, 0.45, 0.599, 0.6, 0.83, 1.0)),
        sizes=st.sampled_from(((5, 40), (12, 29), (30, 60), (60, 400), (5, 400), (200, 900))),
        corrects=st.sampled_from((False, False, False, True)),
        sectors=st.sampled_from((False, False, True)),
        mapped=st.booleans(),
    )


def summary_of(shape: Shape, which: int) -> Summary:
    """Of one shape the first community, its street, the city, or a sector in it."""
    if which == SECTOR:
        shape = replace(shape, sectors=True, items=max(1, shape.items))
    made = Made(shape)
    return (community, street, city, sector)[which](made)


def sector(made: Made) -> SectorSummary:
    every = sector_summaries(city(made))
    return every[made.rng("sector").randrange(len(every))]


def community(made: Made) -> CommunitySummary:
    at, inside = made.streets[0]
    place = inside[0]
    return CommunitySummary(
        imprint=imprint(made),
        method=given.METHOD,
        place=place,
        street=at,
        city=made.city,
        table=made.table,
        indicators=made.indicators,
        names={},
        sample=sample(made, place),
        age_groups=tuple(replace(age, domain=(*place.domain, *age.domain)) for age in made.ages),
        changes=changes(made, place),
        trend=trend(made, place),
        put_right=put_right(made, place),
        remarks=remarks(made, place),
        beside=beside(made),
        comparisons=None if made.shape.old else made.comparisons(place, (at, made.city), ()),
    )


def street(made: Made) -> AreaSummary:
    at, inside = made.streets[0]
    whole = area(made, at, ((at, inside),), made.comparisons(at, (made.city,), ((at, "community"),)))
    return replace(whole, groups=groups(made, made.groups_of_street))


def city(made: Made) -> AreaSummary:
    below = ((made.city, "street"), *((at, "community") for at, _ in made.streets))
    whole = area(made, made.city, made.streets, made.comparisons(made.city, (), below))
    return replace(whole, groups=groups(made, made.groups), city_map=city_map(made) if made.shape.mapped else None)


def city_map(made: Made) -> CityMap:
    """A row of strips for each street, of which the last may be missing: then tiles stand as without a map."""
    rng = made.rng("map")
    outlines = {}
    for down, (_, inside) in enumerate(made.streets):
        for across, place in enumerate(inside):
            left, top = across * 60, down * 70
            outlines[place.code] = (((left, top), (left + 60, top), (left + 60, top + 70), (left, top + 70)),)
    if rng.random() < 0.2:
        outlines.popitem()
    number = rng.choice(("", "GS（2026）1234号"))
    return CityMap(width=420, height=280, outlines=outlines, review_number=number, sha256="0" * 64)


def area(
    made: Made, place: Place, streets: tuple[tuple[Place, tuple[Place, ...]], ...], compared: Comparisons
) -> AreaSummary:
    every = [made.city, *(at for at, _ in made.streets), *(one for _, inside in made.streets for one in inside)]
    return AreaSummary(
        imprint=imprint(made),
        method=given.METHOD,
        place=place,
        streets=streets,
        city=made.city,
        table=made.table,
        indicators=made.indicators,
        names={},
        samples={one.code: sample(made, one) for one in every},
        changes=changes(made, place),
        trend=trend(made, place),
        put_right=put_right(made, place),
        remarks=remarks(made, place),
        beside=beside(made),
        comparisons=None if made.shape.old else compared,
        indices=indices(made, place),
    )


def imprint(made: Made) -> Imprint:
    whole = replace(given.IMPRINT, wave=Text("本期甲", "wave amber"))
    if not made.shape.corrects:
        return whole
    rng = made.rng("earlier")
    rows = [replace(row, cells=tuple(earlier(rng, one) for one in row.cells)) for row in made.table.rows]
    return replace(
        whole,
        correction=Correction(
            edition=2,
            of_number="SF-2026Q3-00",
            of_date=date(2026, 10, 8),
            reason="录入重复",
            earlier=replace(made.table, rows=tuple(rows)),
        ),
    )


def earlier(rng: Random, found: PublishableCell) -> PublishableCell:
    """As it stood in the edition before: mostly the same."""
    if rng.random() < 0.9 or found.suppression is not None:
        return found
    return replace(given.hidden(found.variable, Suppression.NOT_PUBLISHED), scale=found.scale)


# ------------------------------------------------------------------ fieldwork


def sample(made: Made, place: Place) -> Sample:
    rng, valid = made.rng(f"sample/{place.code}"), made.people[place.domain]
    rate = made.shape.rate
    recorded = rate is None or rng.random() < 0.85
    completed = valid + rng.randrange(0, 4)
    sampled = max(completed, round(completed / (rate or 0.5)))
    thirds = (valid // 3, valid // 3, valid - valid // 3 * 2)
    told = None if rate is None else rate
    rates = ResponseRates(
        sampled=sampled,
        completed=completed,
        valid=valid,
        eligible=None,
        e=0.954 if rng.random() < 0.7 else None,
        rr1=told,
        rr3=told,
        by_mode={mode: (size * 2, size, size) for mode, size in zip(MODES, thirds, strict=True)},
        coop1=0.9,
        ref2=0.05,
        con2=0.8,
    )
    lines = [("face_to_face", "1.1"), ("face_to_face", "2.11"), ("paper", "1.1"), ("paper", "3.19")]
    kept = lines[: rng.choice((0, 2, 4))] if recorded else []
    return Sample(
        rates=rates,
        kish_design_effect=rng.choice((None, 1.16)),
        kish_effective_sample_size=rng.choice((None, 83.0)),
        open_responses=rng.choice((0, 1, 58)),
        outcomes_recorded=recorded,
        open_in_bursts=rng.choice((0, 12)),
        outcomes=tuple(
            OutcomeLine(
                mode=mode,
                mode_name=Text({"face_to_face": "上门", "paper": "纸面"}[mode], mode.replace("_", " ")),
                code=code,
                name=Text(f"结果{STEMS[number]}", f"outcome {WORDS[number]}"),
                cases=rng.randrange(1, 90),
            )
            for number, (mode, code) in enumerate(kept)
        ),
        asked_by=rng.choice((None, AskedBy(interviews=40, known=40, own=12), AskedBy(interviews=40, known=31, own=0))),
    )


# ------------------------------------------------------------------ waves


def waves(made: Made) -> tuple[Text, ...]:
    before = (Text(f"第{STEMS[i]}期", f"wave {WORDS[i]}") for i in range(1, made.shape.waves))
    return (*before, Text("本期甲", "wave amber"))


def changes(made: Made, place: Place) -> Changes | None:
    if made.shape.waves < 2:
        return None
    told = []
    for one in made.told_of:
        now = made.cell(place.domain, one.id)
        if now is None:
            continue
        over = cells.trend(made.rng(f"trend/{place.code}/{one.id}"), now, place.domain, made.shape.waves)
        found = cells.since_before(made.rng(f"since/{place.code}/{one.id}"), over, now)
        told += [] if found is None else [found]
    return Changes(since=waves(made)[-2], told=tuple(told))


def trend(made: Made, place: Place) -> Trend | None:
    if not made.shape.waves:
        return None
    told = []
    for one in made.told_of:
        now = made.cell(place.domain, one.id)
        if now is not None:
            rng = made.rng(f"trend/{place.code}/{one.id}")
            told.append(cells.trend(rng, now, place.domain, made.shape.waves))
    return Trend(waves=waves(made), told=tuple(told))


def indices(made: Made, place: Place) -> tuple[IndexOfArea, ...]:
    """Over the waves; of none, of two figures, or of so many that they are counted."""
    rng, told = made.rng(f"indices/{place.code}"), waves(made)
    count = rng.choice((0, 2, 3, 8)) if len(told) > 1 and not made.shape.old else 0
    if not count:
        return ()
    parts = tuple(
        IndexPartOfArea(wave=told[n * len(told) // count], indicator=made.headlines[0].name, weight=1 / count)
        for n in range(count)
    )
    return (
        IndexOfArea(
            name=Text("指数甲", "Index amber"),
            value="78.3",
            interval="76.0–80.6",
            widest=rng.random() < 0.5,
            parts=parts,
        ),
    )


def put_right(made: Made, place: Place) -> PutRight | None:
    rng = made.rng(f"right/{place.code}")
    found = changes(made, place)
    told = {} if found is None else {one.variable: one for one in found.told}
    if not told or rng.random() < 0.5:
        return None
    items = []
    for number in range(rng.randrange(1, 12)):
        variable = rng.choice(("", *(one.id for one in made.headlines)))
        items.append(
            PutRightItem(
                area=place.name,
                item=Text(f"事{STEMS[number]}", f"matter {WORDS[number]}"),
                indicator=variable,
                state=rng.choice(STATES),
                change=told.get(variable),
            )
        )
    return PutRight(wave=waves(made)[-2], items=tuple(items))


def remarks(made: Made, place: Place) -> tuple[Remarks, ...]:
    """Words that make claims of their own; counted on the sheet of the city."""
    rng = made.rng(f"remarks/{place.code}")
    if made.shape.old or rng.random() < 0.4:
        return ()
    themes = [Text(f"题{STEMS[number]}", f"theme {WORDS[number]}") for number in range(rng.randrange(1, 5))]
    words = ("停车最差，没有一处够用", "都好", "物业费涨了12.5%，住〔略〕", "路灯" * rng.randrange(1, 30))
    quotes = tuple(Remark(text=rng.choice(words), theme=theme) for theme in themes if rng.random() < 0.7)
    if place != made.city:
        return (Remarks(question=Text("问甲", "asked amber"), quotes=quotes[:3]),) if quotes else ()
    counts = tuple(RemarkTheme(theme=one, count=rng.randrange(5, 60)) for one in themes)
    rest = rng.choice((0, rng.randrange(5, 90)))
    answers = sum(one.count for one in counts) + rest
    return (Remarks(question=Text("问甲", "asked amber"), answers=answers, themes=counts, rest=rest, quotes=quotes),)


# ------------------------------------------------------------------ beside the figures


def groups(made: Made, every: tuple[GroupOfCity, ...]) -> Groups | None:
    if not every or made.shape.old:
        return None
    contrasts, equalities = [], []
    for kind in dict.fromkeys(one.domain[-1][0] for one in every):
        inside = [one for one in every if one.domain[-1][0] == kind]
        for one in made.told_of:
            shown = [made.cell(every[0].domain[:-1], one.id), *(made.cell(group.domain, one.id) for group in inside)]
            if any(cell is None or not cells.is_point(cell) for cell in shown):
                continue
            rng = made.rng(f"groups/{every[0].domain}/{kind}/{one.id}")
            digits = min(cell.digits or 0 for cell in shown if cell is not None)
            unit = cells.steps(cells.scale_of(one), digits)
            first = contrast(rng, unit)
            told = (
                [first, (-first[0], -first[2], -first[1])]
                if len(inside) == 2
                else [contrast(rng, unit) for _ in inside]
            )
            for group, (by, low, high) in zip(inside, told, strict=True):
                verdict = GroupVerdict.HIGHER if low > 0 else GroupVerdict.LOWER if high < 0 else None
                contrasts.append(
                    PublishedContrast(
                        variable=one.id,
                        domain=group.domain,
                        verdict=verdict or GroupVerdict.NO_DETECTABLE_DIFFERENCE,
                        difference=by / unit,
                        low=low / unit,
                        high=high / unit,
                        digits=digits,
                    )
                )
            p_value = rng.choice((0.0, 0.012, 0.04, 0.049, 0.051, 0.3, 0.9))
            equalities.append(PublishedEquality(variable=one.id, by=kind, p_value=p_value))
    return Groups(groups=every, told=PublishedGroups(contrasts=tuple(contrasts), equalities=tuple(equalities)))


def contrast(rng: Random, unit: int) -> tuple[int, int, int]:
    by, half = rng.randrange(-unit // 5, unit // 5 + 1), rng.randrange(1, unit // 6 + 2)
    return by, by - half, by + half


def beside(made: Made) -> CityResults | None:
    """By mode and by what goes with a rate, as the city's table shows them."""
    rng = made.rng("beside")
    if made.shape.old or rng.random() < 0.3:
        return None
    shown = {one.id: found for one in made.indicators if (found := made.cell((), one.id)) and cells.is_point(found)}
    told = [one.id for one in made.headlines if one.id in shown and rng.random() < 0.6]
    effects = [mode_effect(rng, key, shown[key]) for key in told]
    outcome = made.headlines[0].id
    drivers = None
    if outcome in shown and made.items and all(one.id in shown for one in made.items) and rng.random() < 0.8:
        spoken = rng.random() < 0.6
        drivers = DriverFigures(
            outcome=outcome,
            explained=0.271 if spoken else 0.039,
            low=0.02,
            high=0.4,
            respondents=900,
            judged=1000,
            items=tuple(
                DriverFigure(
                    variable=one.id,
                    share=0.02,
                    low=0.0,
                    high=0.04,
                    performance=shown[one.id].value or 0.0,
                    priority=rng.choice((None, *Priority)) if spoken else None,
                )
                for one in made.items
            ),
            left_out=(),
        )
    return CityResults(modes=tuple(effects), drivers=drivers) if effects or drivers else None


def mode_effect(rng: Random, variable: str, now: PublishableCell) -> ModeEffect:
    digits = now.digits or 0
    unit = cells.steps(now.scale, digits)
    usual = round((now.value or 0.0) * unit)
    figures = [ModeFigure(mode=MODES[0], sample_size=210, value=usual / unit)]
    for mode in MODES[1 : 1 + rng.randrange(1, 3)]:
        by, half = rng.randrange(-20, 21), rng.randrange(1, 25)
        figures.append(
            ModeFigure(
                mode=mode,
                sample_size=150,
                value=(usual + by) / unit,
                difference=by / unit,
                low=(by - half) / unit,
                high=(by + half) / unit,
            )
        )
    return ModeEffect(variable=variable, digits=digits, figures=tuple(figures))
