"""The look at a draw: what each community could say, what a street could instead, and what the field costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from questionnaires.figures import in_digits
from questionnaires.text import Text
from survey_service.models import ADULT_STAGE, Area, ListedUnit, SelectionWithin
from survey_service.sampling.drawing import DrawnHousehold
from survey_service.sampling.households import Households
from survey_service.sampling.outlook import Place, cost, missing, places, together
from survey_service.sampling.sizes import Expected
from survey_service.sampling.unit_words import UNITS, UnitWords
from survey_service.surveys import readiness
from survey_service.surveys.draw_form import Asked
from survey_service.surveys.mode_words import MODES
from survey_service.uploads.looked import Cell, Looked, Picture

if TYPE_CHECKING:
    from survey_service.surveys.draw_upload import ToDraw

NO_EXPECTATION: Final = Expected(response_rate=1.0)
NOTHING: Final = Text("–", "–")
TIERS: Final[Mapping[str, Text]] = {
    "": NOTHING,
    readiness.NOT_ALONE: Text("不单独公布", "not told alone"),
    readiness.COARSE: Text("只分档公布", "told in bands"),
}
_FULL: Final = Text("单独公布", "told with its interval")
_SETTLED: Final = 0.8  # a power from which a target counts as one that will be settled


def looked_at(
    stored: ToDraw,
    households: Households,
    areas: Sequence[Area],
    streets: Mapping[UUID, Area],
    asked: Asked,
) -> Looked[ToDraw]:
    """``streets``: of every community, where there are any."""
    words = UNITS[stored.unit]
    wanted, listed = asked.wanted, households.count()
    said = places(stored.drawn, asked.expected or NO_EXPECTATION, wanted.target, wanted.level)
    pictures = [_communities(said, areas, listed, asked)]
    if asked.expected is not None and any(one.grids is not None for one in said.values()):
        pictures.append(_streets(stored.drawn, streets, listed, asked.expected))
    pictures += [_costs(said, asked, words), _modes(stored.drawn, words)]
    drawn, spare = sum(one.cases for one in said.values()), sum(one.reserves for one in said.values())
    return Looked(
        stored=stored,
        counts={"cases": drawn, "reserves": spare},
        summary=_joined(
            Text(
                f"名单 {words.counted(len(households.units)).zh}，抽 {words.counted(drawn).zh}，"
                f"备用 {words.counted(spare).zh}；",
                f"{len(households.units):,} listed, {drawn:,} drawn, {spare:,} in reserve; ",
            ),
            _design(households, said, asked, stored.unit),
            _who(stored, households),
        ),
        remarks=_said(
            _whole(said, listed, words),
            _missing(areas, listed, words),
            _honest(said, asked),
            _decided(said, asked),
        ),
        pictures=pictures,
    )


def adults_known(drawn: Sequence[DrawnHousehold]) -> bool:
    return bool(drawn) and any(stage["unit"] == ADULT_STAGE for stage in drawn[0].stages)


# ------------------------------------------------------------------ sentences


def _said(*parts: Text) -> list[Text]:
    """Those that say anything."""
    return [one for one in parts if one.zh]


def _joined(*parts: Text) -> Text:
    return Text("".join(one.zh for one in parts), "".join(one.en for one in parts).strip())


def _design(households: Households, said: Mapping[UUID, Place], asked: Asked, unit: ListedUnit) -> Text:
    grids = [one.grids for one in said.values() if one.grids is not None]
    if not grids or asked.grids is None:
        if households.grids:
            return Text("每个网格一层；", "a stratum for every grid; ")
        return Text("每个社区一层；", "by community; ")
    words = UNITS[unit]
    by_zh, by_en = (
        (f"按{words.how_many.zh}的比例（PPS）", "in proportion to size (PPS)")
        if asked.grids.by_size
        else ("随机", "at random")
    )
    return Text(
        f"两阶段：{by_zh}抽 {sum(grids):,} 个网格，每个抽 {asked.grids.per_grid} {words.counter}左右；",
        f"two stages: {sum(grids):,} grids {by_en}, about {asked.grids.per_grid} in each; ",
    )


def _who(stored: ToDraw, households: Households) -> Text:
    if stored.unit is not ListedUnit.HOUSEHOLD:
        words = UNITS[stored.unit]
        return Text(f"名单上是{words.one.zh}，一{words.counter}一份。", f"one answer for each {words.one.en}. ")
    if stored.within is SelectionWithin.ANY:
        return Text("不在户内选人，权数是户的权数。", "nobody is chosen within it: weights are of households. ")
    if households.adults:
        return Text("名单有成年人数，已算进概率。", "adults are in the probabilities. ")
    return Text("名单没有成年人数，开始以后在问卷最前面问。", "the list has no adults: they are asked first. ")


def _whole(said: Mapping[UUID, Place], listed: Counter[UUID], words: UnitWords) -> Text:
    whole = [area_id for area_id, one in said.items() if one.cases == listed[area_id]]
    if not whole:
        return Text("")
    count = sum(listed[area_id] for area_id in whole)
    return Text(
        f"{len(whole)} 个社区全部都问，共 {words.counted(count).zh}，抽中概率是 1；没答的照样算进应答率。",
        f"{len(whole)} communities are asked whole ({words.counted(count).en}): probability 1, and who does not answer "
        "counts in the response rate. ",
    )


def _missing(areas: Sequence[Area], listed: Counter[UUID], words: UnitWords) -> Text:
    short = missing({area.id: area.households for area in areas}, listed)
    if words is not UNITS[ListedUnit.HOUSEHOLD] or not short:
        return Text("")
    return Text(
        f"名单比登记户数少 {sum(short.values()):,} 户，在 {len(short)} 个社区：不在名单上的户没有机会被抽中。",
        f"The list has {sum(short.values()):,} households fewer than the register, in {len(short)} communities: who is "
        "not listed cannot be drawn. ",
    )


def _honest(said: Mapping[UUID, Place], asked: Asked) -> Text:
    """What grids drawn first do to the figures of communities."""
    wide = [one for one in said.values() if one.grids is not None and one.half is not None]
    if asked.expected is None or not wide:
        return Text("")
    worst = max(wide, key=lambda one: one.half or 0)
    assert worst.half is not None
    across = round(2 * worst.half * 100)
    return Text(
        f"先抽网格，社区的数字会很宽：{worst.grids} 个网格、{worst.expected} 份答卷，区间宽 {across} 个百分点。"
        "不要按社区公布，看下面按街道的表。",
        f"With grids drawn first the figures of communities are wide: {worst.grids} grids and {worst.expected} answers "
        f"make an interval of {across} points. Tell streets instead: the table below. ",
    )


def _decided(said: Mapping[UUID, Place], asked: Asked) -> Text:
    target, level = asked.wanted.target, asked.wanted.level
    if target is None or asked.expected is None:
        return Text("")
    sign = "≥" if target.at_least else "≤"
    of = f"{sign} {in_digits(round(target.value * 100, 6))}%"
    never = sum(not one.reachable for one in said.values())
    zh, en = f"“{target.name.zh}”{of}", f"“{target.name.en or target.name.zh}” {of}"
    told = Text(
        f"{zh}：{never} 个社区怎么答都判定不了达标。" if never else f"{zh}：各社区都有可能判定达标。",
        f"{en}: in {never} communities no answers could show it. "
        if never
        else f"{en}: every community could show it. ",
    )
    if level is None:
        return told
    at = in_digits(round(level * 100, 6))
    likely = sum((one.power or 0) >= _SETTLED for one in said.values())
    mean = sum(one.power or 0 for one in said.values())
    return _joined(
        told,
        Text(
            f"水平是 {at}% 的话，估计有 {mean:.0f} 个社区能判定，其中 {likely} 个有八成把握。",
            f"At a level of {at} % about {mean:.0f} communities will be settled, {likely} with a power of 80 %. ",
        ),
    )


# ------------------------------------------------------------------ tables


def _communities(said: Mapping[UUID, Place], areas: Sequence[Area], listed: Counter[UUID], asked: Asked) -> Picture:
    grids, target = any(one.grids is not None for one in said.values()), asked.wanted.target
    heads = [
        Text("社区", "Community"),
        Text("登记户数", "Register"),
        Text("名单", "Listed"),
        Text("抽", "Drawn"),
        Text("备用", "Reserve"),
    ]
    heads += [Text("网格", "Grids")] if grids else []
    heads += [Text("预计答卷", "Answers"), Text("误差", "Margin"), Text("能不能公布", "Told")]
    heads += [Text("能不能判定", "Target")] if target else []
    rows = []
    for area in areas:
        one = said.get(area.id, Place(cases=0))
        row: list[Cell] = [
            Text(area.name_zh, area.name_en),
            area.households,
            listed.get(area.id, 0),
            one.cases,
            one.reserves,
        ]
        row += [one.grids] if grids else []
        row += [one.expected, *_told(one)] if asked.expected else [None, NOTHING, NOTHING]
        row += [_reached(one) if asked.expected else NOTHING] if target else []
        rows.append(tuple(row))
    return Picture(
        caption=Text(
            "各社区能说到什么程度（按预计应答率，50% 上下的比率）",
            "What each community could say (by the response expected, of a share near 50%)",
        ),
        heads=tuple(heads),
        rows=rows,
        zeros_marked=frozenset({2, 3}),
    )


def _told(one: Place) -> tuple[Text, Text]:
    if not one.cases or not one.tier:
        return NOTHING, TIERS[readiness.NOT_ALONE] if one.cases else NOTHING
    assert one.half is not None
    points = f"{one.half * 100:.0f}"
    return Text(f"± {points} 个百分点", f"± {points} points"), TIERS.get(one.tier, _FULL)


def _reached(one: Place) -> Text:
    if not one.cases:
        return NOTHING
    if not one.reachable:
        return Text("判定不了达标", "cannot be shown")
    if one.power is None:
        return Text("有可能", "possible")
    return Text(f"把握 {one.power * 100:.0f}%", f"power {one.power * 100:.0f}%")


def _streets(
    drawn: Sequence[DrawnHousehold],
    streets: Mapping[UUID, Area],
    listed: Counter[UUID],
    expected: Expected,
) -> Picture:
    by_id = {street.id: street for street in streets.values()}
    groups = {area_id: street.id for area_id, street in streets.items()}
    said = together(drawn, groups, listed, expected)
    return Picture(
        caption=Text("按街道公布，能说到什么程度", "What streets could say instead"),
        heads=(
            Text("街道", "Street"),
            Text("抽", "Drawn"),
            Text("预计答卷", "Answers"),
            Text("误差", "Margin"),
            Text("能不能公布", "Told"),
        ),
        rows=[
            (Text(by_id[street].name_zh, by_id[street].name_en), one.cases, one.expected, *_told(one))
            for street, one in sorted(said.items(), key=lambda each: by_id[each[0]].code)
        ],
    )


def _costs(said: Mapping[UUID, Place], asked: Asked, words: UnitWords) -> Picture:
    drawn, spare = sum(one.cases for one in said.values()), sum(one.reserves for one in said.values())
    lines = [(Text("主样本", "Sample"), drawn)]
    lines += [(Text("连备用全部放出", "With all reserves"), drawn + spare)] if spare else []
    rows = []
    for name, cases in lines:
        found = cost(cases, asked.visits, asked.per_day)
        rows.append((name, found.cases, found.visits, found.person_days))
    return Picture(
        caption=Text(
            f"要多少人手（平均跑 {in_digits(asked.visits)} 次，一个人一天跑 {in_digits(asked.per_day)} 次）",
            f"What it costs ({in_digits(asked.visits)} visits to each, {in_digits(asked.per_day)} a day by one person)",
        ),
        heads=(
            Text("放出多少", "Issued"),
            Text(words.one.zh, words.many.capitalize()),
            Text("上门次数", "Visits"),
            Text("人·天", "Person-days"),
        ),
        rows=rows,
    )


def _modes(drawn: Sequence[DrawnHousehold], words: UnitWords) -> Picture:
    by_mode = Counter(one.first_mode for one in drawn if one.replicate == 0)
    return Picture(
        caption=Text("先用哪种方式", "First mode"),
        heads=(Text("先用的方式", "First mode"), Text(words.one.zh, words.many.capitalize())),
        rows=[(MODES[mode], count) for mode, count in by_mode.items()],
    )
