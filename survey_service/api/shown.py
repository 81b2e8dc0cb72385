"""From records to the shapes of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from questionnaires.canonical import from_canonical
from questionnaires.languages import direction, own_name
from questionnaires.offered import offered
from questionnaires.text import Text
from survey_service.accounts.permissions import Person
from survey_service.api.schemas import (
    AreaOut,
    AreaWithCounts,
    CaseOut,
    CountOut,
    DispositionsOfArea,
    DispositionsOfGrid,
    DispositionsOfInterviewer,
    DispositionsOfMode,
    DispositionsOut,
    DrawOut,
    GrantOut,
    LanguageOut,
    MeOut,
    OutcomeOut,
    RatesOut,
    StageOut,
    SurveyOut,
    TokenOut,
    VersionOut,
    VersionWithWaves,
    WaveBrief,
    WaveOut,
    Words,
)
from survey_service.field import outcomes_shown
from survey_service.field.outcomes_shown import Outcomes
from survey_service.field.queries import OutcomeCount
from survey_service.models import (
    Area,
    AreaCount,
    AreaPopulation,
    Case,
    Grant,
    QuestionnaireVersion,
    Survey,
    Wave,
)


def words(text: Text) -> Words:
    return Words(zh=text.zh, en=text.en)


def name_of(area: Area) -> Words:
    return Words(zh=area.name_zh, en=area.name_en)


def me(person: Person, grants: Sequence[Row[Grant, Area]]) -> MeOut:
    token = person.token
    return MeOut(
        user=person.user,
        name=person.name,
        grants=[GrantOut(role=grant.role, area=area.code, area_name=name_of(area)) for grant, area in grants],
        token=TokenOut(name=token.name, read_only=token.read_only, expires_at=token.expires_at) if token else None,
    )


def area(found: Area, parent: str | None, adults: int | None) -> AreaOut:
    return AreaOut(
        code=found.code,
        name=name_of(found),
        kind=found.kind,
        parent=parent,
        households=found.households,
        adults=adults,
    )


def area_with_counts(
    found: Area, parent: str | None, adults: int | None, counts: Sequence[Row[AreaCount, AreaPopulation]]
) -> AreaWithCounts:
    listed = [
        CountOut(
            as_of=count.as_of,
            register_kind=count.register,
            sex=cell.sex,
            age_group=cell.age_group,
            persons=cell.persons,
            source=count.source,
        )
        for count, cell in counts
    ]
    return AreaWithCounts(**dict(area(found, parent, adults)), counts=listed)


def survey(found: Survey, waves: Sequence[Wave], city: str) -> SurveyOut:
    return SurveyOut(
        key=found.key,
        title=Words(zh=found.title_zh, en=found.title_en),
        city=city,
        method=found.method,
        waves=[_brief(one) for one in waves],
    )


def _brief(one: Wave) -> WaveBrief:
    return WaveBrief(
        key=one.key,
        name=Words(zh=one.name_zh, en=one.name_en),
        state=one.state,
        opens_on=one.opens_on,
        closes_on=one.closes_on,
    )


def version(found: QuestionnaireVersion) -> VersionOut:
    return VersionOut(
        id=found.id,
        key=found.key,
        version=found.version,
        format=found.format,
        sha256=found.sha256,
        created_at=found.created_at,
        languages=list(_languages(found.definition)),
    )


@lru_cache(maxsize=200)
def _languages(definition: str) -> tuple[LanguageOut, ...]:
    questionnaire = from_canonical(json.loads(definition))
    whole = offered(questionnaire)
    return tuple(
        LanguageOut(tag=tag, name=own_name(tag), dir=direction(tag), whole=tag in whole)
        for tag in questionnaire.languages
    )


def version_with_waves(found: QuestionnaireVersion, waves: Sequence[Wave]) -> VersionWithWaves:
    asking = [one.key for one in waves if one.questionnaire_version_id == found.id]
    return VersionWithWaves(**dict(version(found)), waves=asking)


def wave(of: Survey, one: Wave, asked: QuestionnaireVersion, releases: list[str]) -> WaveOut:
    return WaveOut(
        **dict(_brief(one)),
        survey=of.key,
        modes=one.modes,
        areas=one.areas,
        questionnaire=version(asked),
        header=one.header,
        targets=one.targets,
        method=one.method,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        figures_opened_at=one.figures_opened_at,
        released_at=one.released_at,
        releases=releases,
    )


def case(found: Case, community: str, *, with_draw: bool, ticket: int | None = None) -> CaseOut:
    draw = DrawOut(
        stratum=found.stratum,
        psu=found.psu,
        inclusion_probability=found.inclusion_probability,
        stages=[StageOut(**stage) for stage in found.stages],
    )
    return CaseOut(
        number=found.number,
        area=community,
        first_mode=found.first_mode,
        reserve_replicate=found.reserve_replicate,
        disposition=found.disposition,
        draw=draw if with_draw else None,
        ticket=ticket,
    )


def dispositions(
    communities: Sequence[Area], counted: Sequence[OutcomeCount], interviewers: Mapping[UUID, str]
) -> DispositionsOut:
    """``counted``: the cases of ``communities``; ``interviewers``: their names."""
    codes = {one.id: one.code for one in communities}
    counted = [one for one in counted if one.area_id in codes]
    by_community = outcomes_shown.by_community(counted)
    whole = Outcomes.of(counted)
    return DispositionsOut(
        whole=_rates(whole),
        cases=whole.cases,
        communities=[
            DispositionsOfArea(
                area=community.code,
                name=name_of(community),
                **_group(by_community.get(community.id, outcomes_shown.NOBODY)),
            )
            for community in communities
        ],
        first_modes=[
            DispositionsOfMode(first_mode=mode, **_group(of))
            for mode, of in outcomes_shown.by_first_mode(counted).items()
        ],
        grids=sorted(
            (
                DispositionsOfGrid(area=codes[area_id], grid=grid, **_group(of))
                for (area_id, grid), of in outcomes_shown.by_grid(counted).items()
            ),
            key=lambda one: (one.area, one.grid),
        ),
        interviewers=sorted(
            (
                DispositionsOfInterviewer(interviewer=interviewers[account_id], **_group(of))
                for account_id, of in outcomes_shown.by_interviewer(counted).items()
            ),
            key=lambda one: one.interviewer,
        ),
        outcomes=[
            OutcomeOut(mode=one.mode, code=one.code, name=Words(zh=one.words.zh, en=one.words.en), cases=one.cases)
            for one in outcomes_shown.by_code(counted)
        ],
    )


def _group(of: Outcomes) -> dict[str, Any]:
    counts = {outcome: cases for outcome, cases in of.counts.items() if cases}
    return {"cases": of.cases, "counts": counts, "rates": _rates(of)}


def _rates(of: Outcomes) -> RatesOut:
    return RatesOut(**{name: getattr(of.rates, name) for name in RatesOut.model_fields})
