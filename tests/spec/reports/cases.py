"""The odd cases a report must bear: short and long names, few and many indicators, hidden, all-yes, points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from analysis.results import Coding, PublicationRule, PublishableCell, Reliability, Suppression, Tier, Verdict
from questionnaires.indicators import Indicator, IndicatorKind, Sense
from questionnaires.text import Text
from reports.content import AreaSummary, CommunitySummary, Place
from tests.spec.reports import held_against
from tests.spec.reports import summaries as given

SIXTEEN = "青石镇石板街第二社区居民委员会西区"[:16]
Summary = CommunitySummary | AreaSummary


def renamed(summary: CommunitySummary, zh: str, en: str) -> CommunitySummary:
    return replace(summary, place=replace(summary.place, name=Text(zh, en)))


def with_cells(
    indicators: tuple[Indicator, ...], own: tuple[PublishableCell, ...], n: int | None = 212
) -> CommunitySummary:
    """A community with these figures; street and city have the same where they are published."""
    shown = tuple(
        replace(cell, sample_size=1000)
        if cell.suppression is None and not cell.all_alike
        else given.share(cell.variable, 0.9, 0.88, 0.92, 1000, target=None)
        for cell in own
    )
    rows = {given.COMMUNITY: own, given.STREET: shown, given.CITY: shown}
    sizes = {given.COMMUNITY: n, given.STREET: 1000, given.CITY: 1000}
    return replace(given.community(), table=given.table(rows, sizes), indicators=indicators)


def short_name() -> CommunitySummary:
    return renamed(given.community(), "柳堤", "Li")


def long_names() -> CommunitySummary:
    summary = renamed(given.community(), SIXTEEN, "Second Residents’ Committee of Shibanjie Community, West")
    street = replace(
        summary.street, name=Text("东湖高新技术产业开发区街道办事处", "Donghu High Technology Industrial Zone Street")
    )
    header = replace(
        summary.imprint.header, issuing_body="示范市精神文明建设指导委员会办公室、示范市统计局社会经济调查队"
    )
    return replace(summary, street=street, imprint=replace(summary.imprint, header=header))


def one_indicator() -> CommunitySummary:
    summary = given.community()
    return replace(summary, indicators=given.headline_indicators()[3:])


def many_indicators(count: int) -> CommunitySummary:
    indicators = tuple(
        given.indicator(f"i{i}", f"第{i + 1}项满意率", f"Satisfaction with aspect {i + 1}", 0.8, headline=True)
        for i in range(count)
    )
    cells = tuple(
        given.share(f"i{i}", v, v - 0.06, v + 0.05, 212, target=0.8, settling_sample_size=700, tipping_point=0.7)
        for i in range(count)
        for v in [0.7 + (i * 7 % 24) / 100]
    )
    return with_cells(indicators, cells)


def suppressed() -> CommunitySummary:
    reasons = (
        Suppression.FEW_RESPONDENTS,
        Suppression.UNRELIABLE,
        Suppression.COMPLEMENTARY,
        Suppression.GROUP_DISCLOSURE,
    )
    cells = tuple(given.hidden(key, why) for (key, *_), why in zip(given.HEADLINE, reasons, strict=True))
    return with_cells(given.headline_indicators(), cells, n=None)


def all_yes() -> CommunitySummary:
    cells = (
        given.share(
            "awareness", 1.0, 0.8843, 1.0, 30, target=0.9, all_alike=True, settling_sample_size=60, tipping_point=0.75
        ),
        given.share(
            "support",
            0.967,
            0.828,
            0.9992,
            30,
            target=0.9,
            unreliable=True,
            settling_sample_size=118,
            tipping_point=0.8,
        ),
        given.share("participation", 0.0, 0.0, 0.1157, 30, target=0.7, all_alike=True, tipping_point=1.9),
        given.hidden("satisfaction", Suppression.UNRELIABLE),
    )
    return with_cells(given.headline_indicators(), cells, n=30)


def no_target() -> CommunitySummary:
    summary = given.community()
    indicators = tuple(replace(each, target=None) for each in summary.indicators)
    rows = {}
    for place in (given.COMMUNITY, given.STREET, given.CITY):
        cells = summary.table.row(place.domain).cells
        rows[place] = tuple(replace(cell, verdict=None, goal=None, tipping_point=None) for cell in cells)
    sizes = {given.COMMUNITY: 212, given.STREET: 570, given.CITY: 1248}
    return replace(summary, indicators=indicators, table=given.table(rows, sizes))


def scores() -> CommunitySummary:
    """Mean scores in points beside a share, and a target that says at most."""
    indicators = (
        given.indicator("score", "总体满意度", "Overall score", 80.0, headline=True, kind=IndicatorKind.MEAN_SCORE),
        given.indicator("complaints", "投诉率", "Complaints", 0.05, headline=True, sense=Sense.AT_MOST),
    )
    cells = (
        replace(
            given.share("score", 83.4, 79.2, 87.6, 212, target=80.0, settling_sample_size=880, tipping_point=74.1),
            scale=(0.0, 100.0),
        ),
        given.share("complaints", 0.021, 0.0062, 0.0483, 212, target=0.05, at_least=False, tipping_point=0.11),
    )
    rows = {
        given.COMMUNITY: cells,
        given.STREET: (replace(cells[0], value=81.0, low=79.5, high=82.5), replace(cells[1], low=0.01, high=0.04)),
        given.CITY: (replace(cells[0], value=80.6, low=79.9, high=81.3), replace(cells[1], low=0.018, high=0.024)),
    }
    sizes = {given.COMMUNITY: 212, given.STREET: 570, given.CITY: 1248}
    return replace(given.community(), indicators=indicators, table=given.table(rows, sizes))


def age_groups() -> CommunitySummary:
    """The age table with every kind of hidden figure."""
    summary = given.community()
    names = (
        ("18–29岁", "18–29", 8),
        ("30–44岁", "30–44", 58),
        ("45–59岁", "45–59", 69),
        ("60–74岁", "60–74", 47),
        ("75岁及以上", "75 and over", 30),
    )
    places = tuple(
        Place(code=f"age{i}", name=Text(zh, en), domain=(("area", given.COMMUNITY.code), ("age", str(i))))
        for i, (zh, en, _) in enumerate(names)
    )
    rows: dict[Place, tuple[PublishableCell, ...]] = {
        place: tuple(summary.table.row(place.domain).cells) for place in (given.COMMUNITY, given.STREET, given.CITY)
    }
    for i, (place, (_, _, n)) in enumerate(zip(places, names, strict=True)):
        if i == 0:
            rows[place] = tuple(given.hidden(key) for key, *_ in given.HEADLINE)
        else:
            rows[place] = tuple(
                given.hidden(key, Suppression.COMPLEMENTARY)
                if (i, j) == (3, 0)
                else given.share(key, 0.94, 0.833, 0.9931, n, unreliable=j == 2)
                for j, (key, *_) in enumerate(given.HEADLINE)
            )
    sizes: dict[Place, int | None] = {given.COMMUNITY: 212, given.STREET: 570, given.CITY: 1248}
    sizes.update({place: (None if i == 0 else names[i][2]) for i, place in enumerate(places)})
    score = given.indicator("score", "满意度", "Satisfaction score", None, kind=IndicatorKind.MEAN_SCORE)
    rows[given.COMMUNITY] += (replace(given.share("score", 87.8, 85.52, 89.97, 209), scale=(0.0, 100.0)),)
    items = tuple(
        replace(
            each,
            definition=Text(
                f"对“{each.name.zh}的情况”作出评价者中，“满意”或“基本满意”者所占比重；“说不清”不计入分母。",
                f"Of those who rated “{each.name.en}”, the share satisfied or mostly satisfied.",
            ),
        )
        for each in given.item_indicators()
    )
    indicators = (*given.headline_indicators(), score, *items)
    return replace(
        summary, table=given.table(rows, sizes), age_groups=places, indicators=indicators, method=LONG_METHOD
    )


LONG_METHOD = replace(
    given.METHOD,
    selection=Text(
        "三个街道（镇）以网格为层，逐格在地址台账上等距抽取住户；云溪街道先抽取10个网格，再在其中等距抽取住户。"
        "每户按生日法抽选一名18岁及以上常住居民，未遇者回访两次。纸面问卷与邀请码随机分派。",
        "In three streets every grid is a stratum, in which households are drawn systematically from the register; in "
        "one, ten grids are drawn first. In each household the adult with the next birthday is asked, two callbacks.",
    ),
    weighting=Text(
        "先按抽中概率加权，含户内成人数；再以网格为加权类调整无应答，完成不足20份的网格并入本社区相邻的网格。未做人口校准。",
        "Weights start from the selection probabilities, the number of adults included, and are adjusted by grid.",
    ),
)


def sixty_communities() -> AreaSummary:
    """Ten streets of six communities, with a rule that suppresses."""
    rows: dict[Place, tuple[PublishableCell, ...]] = {}
    sizes: dict[Place, int | None] = {}
    streets = []
    for s in range(10):
        street = given.place(f"3399{s:02d}", f"第{s + 1}街道", f"Street {s + 1}")
        rows[street] = given.community_cells(300, ((95.0, 2), (94.0, 2), (66.0, 5), (84.0, 4)))
        sizes[street] = 300
        members = []
        for c in range(6):
            name = "张家桥东社区" if c else "滨江经济开发区东湖新村第三社区"
            at = given.place(f"{street.code}{c:03d}", f"{name}{c + 1}", f"Community {c + 1} of Street {s + 1}")
            rows[at] = given.community_cells(50, ((88 + (s * 6 + c) % 10, 4), (94, 5), (60 + c * 3, 11), (80 + s, 9)))
            sizes[at] = 50
            members.append(at)
        streets.append((street, tuple(members)))
    rows[given.CITY] = given.community_cells(3000, ((93.6, 1.5), (94.8, 1.5), (61.8, 3), (83.2, 2.4)))
    sizes[given.CITY] = 3000
    table = replace(given.table(rows, sizes), rule=PublicationRule(reliability=Reliability.SUPPRESS))
    return replace(given.city(), streets=tuple(streets), table=table, samples={given.CITY.code: given.SAMPLE})


def twelve_for_the_city() -> AreaSummary:
    """Twelve indicators: three tables of four."""
    base = given.city()
    keys = tuple(key for key, *_ in given.HEADLINE)
    indicators = tuple(
        replace(each, id=f"{each.id}.{k}", name=Text(f"{each.name.zh}{k + 1}", f"{each.name.en} {k + 1}"))
        for k in range(3)
        for each in base.indicators
    )
    rows = tuple(
        replace(
            row,
            cells=tuple(replace(row.cell(key), variable=f"{key}.{k}") for k in range(3) for key in keys),
        )
        for row in base.table.rows
    )
    return replace(base, indicators=indicators, table=replace(base.table, rows=rows))


def few() -> CommunitySummary:
    """Twenty-two questionnaires, as such cities have: coarse figures, a coded end, targets that none of them could
    reach, and figures under the one mark, for which the street's stand."""
    own = (
        coarse("awareness", 0.90, 0.70, 1.0, 22, coded=Coding.AT_LEAST, verdict=Verdict.CANNOT_REACH, needed=36),
        coarse("support", 0.86, 0.65, 0.97, 22, verdict=Verdict.CANNOT_REACH, needed=36),
        coarse("participation", 0.41, 0.20, 0.64, 22, verdict=Verdict.NOT_REACHED),
        given.hidden("satisfaction", Suppression.NOT_PUBLISHED),
    )
    items = [
        coarse(f"item.{i}", v, max(v - 0.22, 0), min(v + 0.19, 1), 22 - i % 3)
        for i, v in enumerate((0.64, 0.73, 0.5, 0.68, 0.77, 0.82, 0.55, 0.86, 0.45, 0.59, 0.8, 0.73))
    ]
    items[3] = given.hidden("item.3", Suppression.NOT_PUBLISHED)
    items[8] = coarse("item.8", 0.90, 0.66, 1.0, 20, coded=Coding.AT_LEAST)
    base = given.community()
    above = {
        place: (
            *(printed(cell) for cell in base.table.row(place.domain).cells),
            *(printed(replace(cell, sample_size=n)) for cell in given.item_cells()),
        )
        for place, n in ((given.STREET, 570), (given.CITY, 1248))
    }
    rates = replace(
        given.SAMPLE.rates,
        sampled=38,
        completed=24,
        valid=22,
        by_mode={"paper": (26, 17, 15), "web_invited": (12, 7, 7)},
    )
    sample = replace(given.SAMPLE, rates=rates, kish_design_effect=1.21, kish_effective_sample_size=18.2)
    rows = {given.COMMUNITY: (*own, *items), **above}
    sizes = {given.COMMUNITY: 22, given.STREET: 570, given.CITY: 1248}
    return replace(base, table=given.table(rows, sizes), sample=sample)


def coarse(
    variable: str,
    value: float,
    low: float,
    high: float,
    n: int,
    *,
    coded: Coding | None = None,
    verdict: Verdict | None = None,
    needed: int | None = None,
) -> PublishableCell:
    """A figure for orientation only, rounded as the rule rounds it."""
    return PublishableCell(
        variable=variable,
        value=round(value, 2),
        low=round(low, 2),
        high=round(high, 2),
        sample_size=n,
        tier=Tier.COARSE,
        coded=coded,
        digits=0,
        verdict=verdict,
        needed_sample_size=needed,
    )


def printed(cell: PublishableCell) -> PublishableCell:
    """A figure of many, in tenths of a per cent."""
    assert cell.value is not None
    assert cell.low is not None
    assert cell.high is not None
    return replace(
        cell,
        value=round(cell.value, 3),
        low=math.floor(cell.low * 1000 + 1e-9) / 1000,
        high=math.ceil(cell.high * 1000 - 1e-9) / 1000,
        digits=1,
    )


def street_of_few() -> AreaSummary:
    """A street of communities with few questionnaires each, one of them with fewer than ten."""
    base = given.street()
    street, places = base.streets[0]
    own = {one.variable: one for one in few().table.row(given.COMMUNITY.domain).cells}
    keys = [key for key, *_ in given.HEADLINE]
    rows: dict[Place, tuple[PublishableCell, ...]] = {}
    for number, place in enumerate(places):
        shift = number * 0.04
        cells = []
        for key in keys:
            cell = own[key]
            if cell.value is None or cell.coded or number == 0:
                cells.append(cell)
                continue
            assert cell.low is not None
            assert cell.high is not None
            ends = (cell.value - shift, max(cell.low - shift, 0), cell.high - shift)
            cells.append(replace(coarse(key, *ends, 22 + number), verdict=cell.verdict, needed_sample_size=36))
        rows[place] = tuple(cells)
    rows[places[-1]] = tuple(given.hidden(key, Suppression.NOT_PUBLISHED) for key in keys)
    rows[street] = tuple(printed(cell) for cell in base.table.row(street.domain).cells)
    rows[given.CITY] = tuple(printed(cell) for cell in base.table.row(given.CITY.domain).cells)
    sizes: dict[Place, int | None] = {place: 22 + number for number, place in enumerate(places)}
    sizes |= {places[-1]: None, street: 570, given.CITY: 1248}
    return replace(base, table=given.table(rows, sizes))


def tiles_of_every_kind() -> AreaSummary:
    """The city of sixty with communities of every verdict, some of which are hidden."""
    base = sixty_communities()
    key = given.HEADLINE[0][0]
    figures = ((0.96, 0.95, 0.97), (0.3, 0.25, 0.35), (0.8, 0.6, 0.95))
    community = {place.domain for _, inside in base.streets for place in inside}
    rows = []
    for number, row in enumerate(base.table.rows):
        cells = list(row.cells)
        if row.domain in community:
            shown = given.share(key, *figures[number % 3], 200, target=given.HEADLINE[0][3])
            cells[0] = given.hidden(key) if number % 5 == 0 else shown
        rows.append(replace(row, cells=tuple(cells)))
    return replace(base, table=replace(base.table, rows=tuple(rows)))


def with_items(base: AreaSummary) -> AreaSummary:
    """The area with its twelve items: firm in the city and its streets; in communities one coarse, one coded, one
    hidden, and all of the last community hidden."""
    last = [place for _, inside in base.streets for place in inside][-1]
    above = {base.city.domain, *(street.domain for street, _ in base.streets)}
    rows = []
    for number, row in enumerate(base.table.rows):
        shift = (number * 7 % 11) / 100
        items = [
            replace(printed(given.share(f"item.{i}", v, v - 0.05, min(v + 0.05, 0.999), 200)), tier=Tier.SHOWN)
            for i in range(len(given.ITEMS))
            for v in [round(0.58 + i * 0.03 - shift + (i * number % 5) / 100, 3)]
        ]
        if row.domain == last.domain:
            items = [given.hidden(cell.variable, Suppression.NOT_PUBLISHED) for cell in items]
        elif row.domain not in above:
            items[2] = coarse("item.2", 0.41, 0.20, 0.64, 22)
            items[5] = coarse("item.5", 0.90, 0.66, 1.0, 20, coded=Coding.AT_LEAST)
            items[7] = given.hidden("item.7", Suppression.NOT_PUBLISHED)
        rows.append(replace(row, cells=(*row.cells, *items)))
    return replace(
        base,
        table=replace(base.table, rows=tuple(rows)),
        indicators=(*base.indicators, *given.item_indicators()),
    )


CASES: Mapping[str, Callable[[], Summary]] = {
    "usual": given.community,
    "short_name": short_name,
    "long_names": long_names,
    "one_indicator": one_indicator,
    "twelve_indicators": lambda: many_indicators(12),
    "forty_indicators": lambda: many_indicators(40),
    "seven_indicators": lambda: many_indicators(7),
    "suppressed": suppressed,
    "all_yes": all_yes,
    "no_target": no_target,
    "scores": scores,
    "age_groups": age_groups,
    "few": few,
    "street_of_few": street_of_few,
    "city": given.city,
    "street": given.street,
    "city_with_items": lambda: with_items(given.city()),
    "street_with_items": lambda: with_items(given.street()),
    "ten_streets_with_items": lambda: with_items(sixty_communities()),
    "tiles_of_every_kind": tiles_of_every_kind,
    "sixty_communities": sixty_communities,
    "twelve_for_the_city": twelve_for_the_city,
    "held_against": held_against.community,
    "city_held_against": held_against.city,
}
