"""Summaries made by hand for the tests of reports: invented places, invented figures.

Only ``analysis.disclosure`` may make a table for real; a test holds the same seal on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from analysis.results import (
    PROTECTED,
    Goal,
    IntervalMethod,
    PublicationRule,
    PublishableCell,
    PublishableRow,
    PublishableTable,
    ResponseRates,
    Suppression,
    Verdict,
)
from questionnaires.indicators import Indicator, IndicatorKind, Sense, Target
from questionnaires.model import Header
from questionnaires.text import Text
from reports.content import AreaSummary, CommunitySummary, Imprint, Method, Place, Sample

IMPRINT = Imprint(
    survey=Text("示范市公众满意度测评", "Demonstration City public satisfaction survey"),
    questionnaire=Text(
        "创建文明城市公众知晓、支持、参与与满意度测评", "Awareness, support, participation and satisfaction"
    ),
    questionnaire_version="3.2",
    wave=Text("2026年第三季度", "Third quarter 2026"),
    header=Header(
        form_number="SFW-03表",
        issuing_body="示范市精神文明建设办公室",
        approval_number="示统审〔2026〕17号",
        valid_until=date(2027, 6, 30),
    ),
    contact=Text("示范市精神文明建设办公室调查科", "Survey section, Demonstration City Civilization Office"),
    field_start=date(2026, 9, 1),
    field_end=date(2026, 9, 20),
    release_number="SF-2026Q3-01",
    released_on=date(2026, 10, 12),
    prepared_by="孟知远",
    reviewed_by="林一舟",
    signed_by="周定之",
    data_sha256="9f3a61c804be7d25b1c07e935ad2480f6e17c4ba902f83d17c5be046f8a91d3e",
    software_version="0.1.0",
)
METHOD = Method(
    population=Text("常住18岁及以上，含流动人口", "residents aged 18 and over, migrants included"),
    frame=Text("社区住户名册（2026年6月）", "community household lists of June 2026"),
    frame_coverage=0.962,
    selection=Text(
        "在每个网格内等距抽取住户，每户按生日法抽选一名成人，未遇者回访两次。",
        "Systematic sample of households within each grid, one adult each by next birthday, two callbacks.",
    ),
    weighting=Text(
        "先按抽中概率加权，再按应答情况调整，最后按2025年末人口的年龄和性别结构校准。",
        "Design weights, adjusted for nonresponse, calibrated to age and sex of the population at the end of 2025.",
    ),
    variance=Text("计入分层、不等概率与校准的影响", "They count stratification, unequal probabilities and calibration"),
)
SAMPLE = Sample(
    rates=ResponseRates(
        sampled=350,
        completed=221,
        valid=212,
        eligible=348.0,
        e=0.954,
        rr1=0.621,
        rr3=0.635,
        by_mode={"face_to_face": (120, 84, 82), "paper": (150, 102, 97), "web_invited": (80, 35, 33)},
    ),
    kish_design_effect=1.16,
    kish_effective_sample_size=183.0,
    open_responses=58,
)
HEADLINE = (
    ("awareness", "知晓率", "Awareness", 0.9),
    ("support", "支持率", "Support", 0.9),
    ("participation", "参与率", "Participation", 0.7),
    ("satisfaction", "满意率", "Satisfaction", 0.85),
)
DEFINITIONS = {
    "awareness": ("知道本市正在创建文明城市者所占比重；“不清楚”计入分母。", "Share who know of the campaign."),
    "support": (
        "回答“支持”或“比较支持”者所占比重；“说不清”计入分母。",
        "Share who answered “support” or “rather support”.",
    ),
    "participation": ("近三个月参加过一项以上创建活动者所占比重。", "Share who took part within three months."),
    "satisfaction": (
        "对创建工作“满意”或“基本满意”者所占比重；“说不清”计入分母。",
        "Share satisfied or mostly satisfied.",
    ),
}
ITEMS = (
    ("机动车停放秩序", "Car parking"),
    ("养犬管理", "Dog keeping"),
    ("电动自行车充电停放", "E-bike charging"),
    ("背街小巷保洁", "Back streets"),
    ("垃圾分类投放点", "Waste sorting"),
    ("农贸市场环境", "Markets"),
    ("楼道与公共空间", "Stairwells"),
    ("道路与照明维护", "Roads and lighting"),
    ("文体活动设施", "Sports and culture"),
    ("公交候车环境", "Bus stops"),
    ("窗口服务态度", "Service counters"),
    ("社会治安", "Public order"),
)


def place(code: str, zh: str, en: str) -> Place:
    return Place(code=code, name=Text(zh, en), domain=(("area", code),))


CITY = place("3399", "示范市", "Demonstration City")
STREET = place("339901", "城厢街道", "Chengxiang Street")
COMMUNITY = place("339901001", "万寿桥社区", "Wanshouqiao Community")


def share(
    variable: str,
    value: float,
    low: float,
    high: float,
    n: int,
    *,
    target: float | None = None,
    at_least: bool = True,
    **more: object,
) -> PublishableCell:
    """A published share; the verdict follows from interval and target."""
    verdict = None
    if target is not None:
        above, below = low >= target, high < target
        if not at_least:
            above, below = high <= target, low > target
        verdict = Verdict.REACHED if above else Verdict.NOT_REACHED if below else Verdict.CANNOT_TELL
    cell = PublishableCell(
        variable=variable,
        value=value,
        low=low,
        high=high,
        standard_error=(high - low) / 4,
        sample_size=n,
        degrees_of_freedom=max(n - 4, 1),
        design_effect=1.2,
        effective_sample_size=n / 1.2,
        verdict=verdict,
        goal=None if target is None else Goal(value=target, at_least=at_least),
    )
    if verdict is not Verdict.CANNOT_TELL:
        more.pop("settling_sample_size", None)
    return replace(cell, **more)  # type: ignore[arg-type]


def hidden(variable: str, why: Suppression = Suppression.FEW_RESPONDENTS) -> PublishableCell:
    return PublishableCell(variable=variable, suppression=why, verdict=Verdict.NOT_PUBLISHED)


def table(rows: Mapping[Place, Sequence[PublishableCell]], sizes: Mapping[Place, int | None]) -> PublishableTable:
    return PublishableTable(
        rows=tuple(
            PublishableRow(domain=at.domain, sample_size=sizes[at], cells=tuple(cells)) for at, cells in rows.items()
        ),
        rule=PublicationRule(),
        level=0.95,
        interval_method=IntervalMethod.KORN_GRAUBARD,
        seal=PROTECTED,
    )


def indicator(key: str, zh: str, en: str, target: float | None, **more: object) -> Indicator:
    words = DEFINITIONS.get(key, (f"回答“{zh}”者所占比重。", f"Share of {en}."))
    sense = more.pop("sense", Sense.AT_LEAST)
    return Indicator(
        id=key,
        name=Text(zh, en),
        definition=Text(*words),
        kind=more.pop("kind", IndicatorKind.PROPORTION),  # type: ignore[arg-type]
        target=None if target is None else Target(value=target, sense=sense),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def headline_indicators() -> tuple[Indicator, ...]:
    return tuple(indicator(key, zh, en, target, headline=True) for key, zh, en, target in HEADLINE)


def item_indicators() -> tuple[Indicator, ...]:
    return tuple(indicator(f"item.{i}", zh, en, None, group="aspects") for i, (zh, en) in enumerate(ITEMS))


def item_cells() -> tuple[PublishableCell, ...]:
    return tuple(
        share(f"item.{i}", v, max(v - 0.077 + i * 0.002, 0), min(v + 0.073 - i * 0.003, 1), 212 - 3 * (i % 5))
        for i, v in enumerate((0.629, 0.662, 0.698, 0.757, 0.784, 0.806, 0.825, 0.849, 0.873, 0.896, 0.919, 0.948))
    )


def community() -> CommunitySummary:
    """The community of the visual target: two reached, one missed, one open."""
    own = (
        share("awareness", 0.962, 0.921, 0.986, 212, target=0.9, tipping_point=0.793),
        share("support", 0.953, 0.910, 0.980, 212, target=0.9, tipping_point=0.8078),
        share("participation", 0.613, 0.536, 0.686, 212, target=0.7, tipping_point=0.8514),
        share("satisfaction", 0.889, 0.832, 0.932, 212, target=0.85, tipping_point=0.782, settling_sample_size=394),
    )
    street = (
        share("awareness", 0.967, 0.946, 0.981, 570, target=0.9),
        share("support", 0.965, 0.944, 0.979, 570, target=0.9),
        share("participation", 0.660, 0.616, 0.702, 570, target=0.7, settling_sample_size=1380),
        share("satisfaction", 0.901, 0.871, 0.927, 570, target=0.85),
    )
    city = (
        share("awareness", 0.936, 0.919, 0.950, 1248, target=0.9),
        share("support", 0.948, 0.933, 0.961, 1248, target=0.9),
        share("participation", 0.618, 0.588, 0.647, 1248, target=0.7),
        share("satisfaction", 0.832, 0.808, 0.853, 1248, target=0.85, settling_sample_size=3020),
    )
    rows = {COMMUNITY: (*own, *item_cells()), STREET: street, CITY: city}
    return CommunitySummary(
        imprint=IMPRINT,
        method=METHOD,
        place=COMMUNITY,
        street=STREET,
        city=CITY,
        table=table(rows, {COMMUNITY: 212, STREET: 570, CITY: 1248}),
        indicators=(*headline_indicators(), *item_indicators()),
        names={},
        sample=SAMPLE,
    )


# Communities of the city: street, name, n, then estimate and half-width in percent for the four headline indicators.
COMMUNITIES = (
    ("城厢街道", "Chengxiang Street", (
        ("万寿桥社区", "Wanshouqiao", 212, (96.2, 3), (95.3, 3), (61.3, 7), (88.9, 5)),
        ("文昌阁社区", "Wenchangge", 124, (98.4, 1.5), (97.6, 2), (75.8, 8), (95.2, 4)),
        ("南薰门社区", "Nanxunmen", 96, (94.8, 5), (96.9, 3), (58.3, 10), (84.2, 9)),
        ("钟鼓楼社区", "Zhonggulou", 138, (97.1, 2.5), (96.4, 3), (68.1, 8), (91.3, 5)))),
    ("东湖街道", "Donghu Street", (
        ("柳堤社区", "Liudi", 118, (92.4, 4), (94.9, 4), (57.6, 9), (76.3, 9)),
        ("观澜社区", "Guanlan", 87, (97.7, 2), (97.7, 2), (73.6, 10), (94.3, 5)),
        ("东湖新村社区", "Donghu New Village", 143, (90.2, 5), (92.3, 4), (51.0, 9), (69.2, 8)),
        ("莲花池社区", "Lianhuachi", 64, (95.3, 4), (93.8, 6), (64.1, 12), (85.9, 10)))),
    ("青石镇", "Qingshi Town", (
        ("青石社区", "Qingshi", 102, (80.4, 8), (91.2, 6), (53.9, 10), (71.6, 9)),
        ("古渡口社区", "Gudukou", 75, (94.7, 5), (93.3, 6), (62.7, 12), (86.7, 9)),
        ("石板街社区", "Shibanjie", 59, (84.7, 10), (91.5, 7), None, (62.7, 14)),
        ("桂花岭社区", "Guihualing", 30, "all", None, None, None))),
)  # fmt: skip


def around(key: str, value: float, half: float, n: int, target: float | None) -> PublishableCell:
    v, h = value / 100, half / 100
    return share(key, v, max(v - h * 1.1, 0.0), min(v + h * 0.9, 0.999), n, target=target, settling_sample_size=500)


def community_cells(n: int, figures: Sequence[object]) -> tuple[PublishableCell, ...]:
    cells = []
    for (key, _, _, target), figure in zip(HEADLINE, figures, strict=True):
        if figure is None:
            cells.append(hidden(key, Suppression.UNRELIABLE))
        elif figure == "all":
            cells.append(share(key, 1.0, 0.884, 1.0, n, target=target, all_alike=True, settling_sample_size=100))
        else:
            value, half = figure  # type: ignore[misc]
            cells.append(around(key, value, half, n, target))
    return tuple(cells)


def city() -> AreaSummary:
    """Three streets, twelve communities, one of them all-yes and mostly hidden."""
    rows: dict[Place, Sequence[PublishableCell]] = {}
    sizes: dict[Place, int | None] = {}
    samples: dict[str, Sample] = {CITY.code: SAMPLE}
    streets = []
    for s, (zh, en, members) in enumerate(COMMUNITIES, 1):
        at = place(f"33990{s}", zh, en)
        n = sum(member[2] for member in members)
        rows[at] = community_cells(n, ((96.7, 2), (94.5, 2.5), (60.1, 5), (83.0, 4)))
        sizes[at], samples[at.code] = n, SAMPLE
        inside = []
        for c, (name_zh, name_en, size, *figures) in enumerate(members, 1):
            here = place(f"{at.code}{c:03d}", name_zh, name_en)
            rows[here], sizes[here], samples[here.code] = community_cells(size, figures), size, SAMPLE
            inside.append(here)
        streets.append((at, tuple(inside)))
    rows[CITY] = community_cells(1248, ((93.6, 1.5), (94.8, 1.5), (61.8, 3), (83.2, 2.4)))
    sizes[CITY] = 1248
    return AreaSummary(
        imprint=IMPRINT,
        method=METHOD,
        place=CITY,
        streets=tuple(streets),
        city=CITY,
        table=table(rows, sizes),
        indicators=headline_indicators(),
        names={},
        samples=samples,
    )


def street() -> AreaSummary:
    """The first street of the city with its communities."""
    whole = city()
    return replace(whole, place=whole.streets[0][0], streets=whole.streets[:1])
