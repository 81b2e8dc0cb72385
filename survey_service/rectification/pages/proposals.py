"""What a release proposes to put right: figures that miss their target, and the worst items of an area.

Only a figure that is shown as a point speaks: neither hidden nor coarse nor told by an end. Nothing is computed here;
the evidence is what the release prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.indicators import Indicator
from questionnaires.text import Text
from survey_service.accounts.permissions import Person
from survey_service.models import RectificationReason, Release, Survey, Wave
from survey_service.rectification.rows import Matter
from survey_service.releases.edition_changes import places_of
from survey_service.releases.signed_records import signed_record
from survey_service.surveys import definitions

if TYPE_CHECKING:
    from analysis.results import PublishableCell, PublishableRow, PublishableTable
    from reports.content import Place

WORST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One figure of one area. ``evidence``: as a row keeps it."""

    area: str  # code
    area_name: Text
    indicator: str
    item: Text
    reason: RectificationReason
    evidence: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.area}:{self.indicator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release as proposals are made of it."""

    number: str
    table: PublishableTable
    places: Sequence[Place]  # that the person sees, each with its row in the table or none
    indicators: Sequence[Indicator]

    def rows(self) -> Iterator[tuple[Place, PublishableRow]]:
        known = {row.domain: row for row in self.table.rows}
        return ((place, known[place.domain]) for place in self.places if place.domain in known)


def released(session: Session, person: Person, release: Release, survey: Survey, wave: Wave) -> Released:
    """DamagedRelease where the record is not the one that was signed."""
    from survey_service.releases.published_tables import published_table

    signed_record(release)
    return Released(
        number=release.number,
        table=published_table(release.estimates),
        places=places_of(session, person, survey),
        indicators=definitions.frozen(session, release.survey_id, wave.questionnaire_version_id).estimated(),
    )


def proposed(of: Released) -> list[Proposal]:
    """City, streets and communities in their order; in each what misses its target, then the worst items."""
    return [
        _proposal(of, place, indicator, cell, reason)
        for place, row in of.rows()
        for indicator, cell, reason in _of_area(row, of.indicators)
    ]


def shown(of: Released, area: str, indicator: str) -> Proposal | None:
    """A figure of an area, for a row that the office adds; None where it is not shown as a point."""
    for place, row in of.rows():
        for one, cell in _told(row, of.indicators) if place.code == area else ():
            if one.id == indicator:
                return _proposal(of, place, one, cell, RectificationReason.OFFICE)
    return None


Chosen = tuple[Indicator, "PublishableCell", RectificationReason]


def _of_area(row: PublishableRow, indicators: Sequence[Indicator]) -> Iterator[Chosen]:
    from analysis.results import Verdict

    told = _told(row, indicators)
    missed = [(one, cell, RectificationReason.NOT_REACHED) for one, cell in told if cell.verdict is Verdict.NOT_REACHED]
    yield from missed
    already = {one.id for one, _, _ in missed}
    groups: dict[str, list[Indicator]] = {}
    for one in indicators:
        if one.group is not None and not one.headline:
            groups.setdefault(one.group, []).append(one)
    for group in groups.values():
        ids = {one.id for one in group}
        yield from (
            chosen
            for chosen in _worst([(one, cell) for one, cell in told if one.id in ids], len(group))
            if chosen[0].id not in already and chosen[1].verdict is not Verdict.REACHED
        )


def _worst(told: Sequence[tuple[Indicator, PublishableCell]], of: int) -> Iterator[Chosen]:
    """The three worst of the items that can be told, and whatever is printed like the third; none of so few that
    it would be no choice. The order is that of the sheet."""
    if len(told) <= WORST:
        return
    badness = {one.id: _badness(one, cell) for one, cell in told}
    ordered = sorted(told, key=lambda pair: badness[pair[0].id])
    last = badness[ordered[WORST - 1][0].id]
    reason = RectificationReason.LOWEST if len(told) == of else RectificationReason.LOWEST_OF_TOLD
    for one, cell in ordered:
        if badness[one.id] <= last:
            yield one, cell, reason


def _badness(indicator: Indicator, cell: PublishableCell) -> float:
    assert cell.value is not None  # of what is told
    high_is_bad = indicator.target is not None and indicator.target.sense == "at_most"
    return -cell.value if high_is_bad else cell.value


def _told(row: PublishableRow, indicators: Sequence[Indicator]) -> list[tuple[Indicator, PublishableCell]]:
    """Figures that are shown as points, in the order of the questionnaire."""
    from reports.wording import tiers, verdicts
    from reports.wording.figures import Figures

    cells = {cell.variable: cell for cell in row.cells if cell.category is None}
    found = []
    for one in indicators:
        cell = cells.get(one.id)
        if cell is None or cell.value is None or cell.unreliable or not tiers.comparable(cell):
            continue
        if verdicts.all_alike_short(cell, Figures(unit=verdicts.unit_of(one, cell))) is None:
            found.append((one, cell))
    return found


def _proposal(
    of: Released, place: Place, indicator: Indicator, cell: PublishableCell, reason: RectificationReason
) -> Proposal:
    return Proposal(
        area=place.code,
        area_name=place.name,
        indicator=indicator.id,
        item=indicator.name,
        reason=reason,
        evidence=evidence(of, indicator, cell),
    )


def evidence(of: Released, indicator: Indicator, cell: PublishableCell) -> dict[str, Any]:
    """The figure as the release prints it: with its interval, how many answered, and the number of the release."""
    from reports.story.common import value_words
    from reports.wording import verdicts
    from reports.wording.figures import Figures, joined

    written = Figures(unit=verdicts.unit_of(indicator, cell))
    goal = cell.goal
    return {
        "release": of.number,
        "figure": value_words(cell, written),
        "interval": joined(*written.interval(cell)),
        "level": verdicts.level_words(of.table.level),
        "unit_zh": verdicts.unit_sign(written.unit, "zh"),
        "unit_en": verdicts.unit_sign(written.unit, "en"),
        "n": cell.sample_size,
        "target": "" if goal is None else f"{'≥' if goal.at_least else '≤'} {written.number(goal.value)}",
    }


def matter(of: Proposal, wave_id: UUID, area_id: UUID) -> Matter:
    """What a row of the list is made of, where the proposal is accepted or struck."""
    return Matter(
        wave_id=wave_id,
        area_id=area_id,
        indicator=of.indicator,
        item=of.item,
        reason=of.reason,
        evidence=of.evidence,
    )


def not_there(proposals: Iterable[Proposal], there: set[tuple[str, str]]) -> list[Proposal]:
    """Those of which there is no row yet; ``there``: area code and indicator."""
    return [one for one in proposals if (one.area, one.indicator) not in there]
