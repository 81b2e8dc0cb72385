"""The figures of a release for whoever is no statistician: in printed digits, with what is coded, coarse or hidden said
in words of both languages.

They are read from the record that was signed and never put through the rule again. A number that is not printed in the
PDFs is nowhere in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from questionnaires.indicators import Indicator
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.models import Release, Survey, Wave
from survey_service.releases.signed_records import signed_record
from survey_service.settings import Settings
from survey_service.surveys import definitions

if TYPE_CHECKING:
    from analysis.results import Domain, PublishableCell, PublishableRow, PublishableTable
    from reports.content import Place
    from reports.wording.figures import Figures

LEVELS = {
    "city": Text("全市", "City"),
    "street": Text("街道（镇）", "Street or town"),
    "community": Text("社区", "Community"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one area, or of a group in it."""

    level: str  # city, street, community
    area: str  # code
    area_name: Text
    group: Text | None  # 年龄 18-39
    group_key: str  # age=18-39; empty: everybody
    indicator: str
    name: Text
    unit: Text
    figure: str  # as printed: 93.1, ≥80, >99; — where it is hidden
    value: float | None  # the number, in the unit; None where it is hidden or told by an end only
    low: float | None  # of the printed interval
    high: float | None
    decimals: int  # that are printed; a number without any is whole
    respondents: int | None
    target: str  # as printed: ≥ 90%
    verdict: Text  # empty without a target
    mark: str  # shown, coarse, end, hidden
    remark: Text  # why it is told so


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFigures:
    about: tuple[tuple[Text, Text], ...]  # what a reader has to know of all of them
    figures: tuple[Figure, ...]
    number: str
    signed_at: datetime  # in the zone of the city


def release_figures(
    session: Session, found: tuple[Release, Survey, Wave], places: Sequence[Place], settings: Settings
) -> ReleaseFigures:
    """Figures of these places, in their order. DamagedRelease where the record is not the one that was signed."""
    release, survey, wave = found
    from survey_service.releases.published_tables import published_table

    record = signed_record(release)
    table = published_table(release.estimates)
    questionnaire = definitions.frozen(session, release.survey_id, wave.questionnaire_version_id)
    rates: Mapping[str, Any] = record.get("response_rates", {})
    signed_at = release.released_at.astimezone(settings.zone)
    return ReleaseFigures(
        number=release.number,
        signed_at=signed_at,
        about=(*_about(release, survey, wave, table, f"{signed_at:%Y-%m-%d}"), *_method(wave, questionnaire)),
        figures=tuple(_figures(table, questionnaire, {one.domain: one for one in places}, rates)),
    )


def _figures(
    table: PublishableTable,
    questionnaire: Questionnaire,
    places: Mapping[Domain, Place],
    rates: Mapping[str, Any],
) -> Iterator[Figure]:
    """City, streets with their communities, in the order of the places; the groups of an area behind it."""
    indicators = questionnaire.estimated()
    rows: dict[Domain, list[PublishableRow]] = {}
    for row in table.rows:
        area = tuple(part for part in row.domain if part[0] in LEVELS)
        rows.setdefault(area, []).append(row)
    for domain, place in places.items():
        for row in sorted(rows.get(domain, []), key=lambda one: len(one.domain)):
            group = tuple(part for part in row.domain if part[0] not in LEVELS)
            named = (group, _group(group, questionnaire))
            size = row.sample_size
            if size is None and not group:  # how many answered in an area is no secret, as in the reports
                size = rates.get(place.code, {}).get("valid")
            for indicator in indicators:
                cells = [cell for cell in row.cells if cell.variable == indicator.id]
                for cell in cells:
                    yield _figure(place, named, indicator, cell, size, table)


def _figure(
    place: Place,
    named: tuple[Domain, Text | None],
    indicator: Indicator,
    cell: PublishableCell,
    size: int | None,
    table: PublishableTable,
) -> Figure:
    from reports.story.common import value_words
    from reports.wording import tiers, verdicts
    from reports.wording.figures import Figures

    written = Figures(unit=verdicts.unit_of(indicator, cell))
    told = cell.suppression is None
    by_end = told and (tiers.coded(cell, written) or verdicts.all_alike_short(cell, written)) is not None
    hidden, coarse = not told, tiers.coarse(cell) or cell.unreliable
    goal = cell.goal
    judged = goal is not None or cell.verdict is not None
    shown = verdicts.shown_verdict(cell) if judged else None
    return Figure(
        level=place.domain[0][0] if place.domain else "city",
        area=place.code,
        area_name=place.name,
        group=named[1],
        group_key=" ".join(f"{kind}={value}" for kind, value in named[0]),
        indicator=indicator.id,
        name=_with_base(indicator),
        unit=Text(verdicts.unit_word(written.unit, "zh"), verdicts.unit_word(written.unit, "en")),
        figure=value_words(cell, written),
        value=_number(written.of(cell), cell.value) if told and not by_end else None,
        low=_number(written.of(cell), cell.low, down=True) if told else None,
        high=_number(written.of(cell), cell.high, up=True) if told else None,
        decimals=written.of(cell).decimals,
        respondents=cell.sample_size if cell.sample_size is not None else size,
        target="" if goal is None else f"{'≥' if goal.at_least else '≤'} {written.number(goal.value)}",
        verdict=_both(lambda language: verdicts.verdict_word(shown, language)) if shown else Text("", ""),
        mark="hidden" if hidden else "end" if by_end else "coarse" if coarse else "shown",
        remark=_both(lambda language: _remark(indicator, cell, written, table, language, top=not place.domain)),
    )


def _with_base(indicator: Indicator) -> Text:
    """The name, and where there are two bases, of which of them; the second figure's name has its own."""
    name, bases = indicator.name, indicator.second_base
    if bases is None:
        return name
    return Text(f"{name.zh}（{bases.own.zh}）", f"{name.in_language('en')} ({bases.own.in_language('en')})")


def _remark(
    indicator: Indicator,
    cell: PublishableCell,
    written: Figures,
    table: PublishableTable,
    language: str,
    *,
    top: bool,
) -> str:
    """The sentences that the reports print beside such a figure."""
    from reports.wording import tiers, verdicts
    from reports.wording.phrases import say

    if cell.suppression is not None:
        return verdicts.cause_words(cell, table.rule, language, top=top)
    said = [verdicts.all_alike(indicator.name.in_language(language), cell, written, language) or ""]
    end = tiers.coded(cell, written)
    if end is not None:
        said.append(say(language, "coded", end=verdicts.with_unit(end, written.unit, language)))
    if tiers.coarse(cell):
        said.append(say(language, "coarse"))
    elif cell.unreliable:
        said.append(say(language, "unreliable") + say(language, "stop"))
    return ("" if language == "zh" else " ").join(one for one in said if one)


def _number(written: Figures, value: float | None, *, down: bool = False, up: bool = False) -> float | None:
    """The printed number as a number."""
    from reports.wording.figures import MINUS

    if value is None:
        return None
    text = written.number(value, ROUND_FLOOR if down else ROUND_CEILING if up else ROUND_HALF_UP)
    plain = text.replace(",", "").replace(MINUS, "-")
    return float(plain) if "." in plain else int(plain)


def _group(group: Domain, questionnaire: Questionnaire) -> Text | None:
    from survey_service.analyses.group_words import group_name, kind_name

    if not group:
        return None
    named = [(kind_name(by, questionnaire), group_name(by, label, questionnaire)) for by, label in group]
    return Text(
        "，".join(f"{kind.zh} {name.zh}" for kind, name in named),
        ", ".join(f"{kind.in_language('en')} {name.in_language('en')}" for kind, name in named),
    )


def _both(said: Any) -> Text:
    return Text(said("zh"), said("en"))


def _about(
    release: Release, survey: Survey, wave: Wave, table: PublishableTable, signed: str
) -> Iterator[tuple[Text, Text]]:
    from reports.wording import facts, verdicts
    from reports.wording.phrases import say

    level = verdicts.level_words(table.level)
    yield Text("调查", "Survey"), Text(survey.title_zh, survey.title_en)
    yield Text("调查期", "Wave"), Text(wave.name_zh, wave.name_en)
    yield Text("发布号", "Release"), Text(release.number, release.number)
    yield Text("签发日期", "Signed on"), Text(signed, signed)
    yield (
        Text("统计人、复核人、审签人", "Prepared, reviewed, signed by"),
        Text("、".join(_names(release)), ", ".join(_names(release))),
    )
    yield Text("全部估计值的 SHA-256", "SHA-256 of the estimates"), Text(release.estimates_sha256, "")
    yield (
        Text("区间", "Intervals"),
        _both(lambda language: f"{level}% · {facts.interval_method(table.interval_method, language)}"),
    )
    yield Text("只含抽样误差", "Sampling error only"), _both(lambda language: say(language, "sampling_error_only"))
    cells = [cell for row in table.rows for cell in row.cells]
    notes = {language: verdicts.hidden_notes(cells, table.rule, language) for language in ("zh", "en")}
    for zh, en in zip(notes["zh"], notes["en"], strict=True):
        yield Text("标记", "Marks"), Text(zh, en)


METHOD = (
    ("population", Text("目标总体", "Population")),
    ("frame", Text("抽样框", "Frame")),
    ("selection", Text("怎样抽的", "Selection")),
)


def _method(wave: Wave, questionnaire: Questionnaire) -> Iterator[tuple[Text, Text]]:
    """Whom the figures are about, by the words that the reports print, and what each indicator means."""
    for name, head in METHOD:
        said = wave.method.get(name) or {}
        if said.get("zh"):
            yield head, Text(said["zh"], said.get("en", ""))
    for one in questionnaire.estimated():
        if one.definition.zh:
            yield Text(f"定义：{one.name.zh}", f"Definition: {one.name.en}"), one.definition


def _names(release: Release) -> tuple[str, str, str]:
    return release.prepared_by, release.reviewed_by, release.signed_by
