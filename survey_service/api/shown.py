"""From records to the shapes of the API."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Row

from analysis import dispositions as aapor
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
    DispositionsOut,
    DrawOut,
    GrantOut,
    LanguageOut,
    MeOut,
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
from survey_service.fieldwork.outcomes import AAPOR
from survey_service.models import (
    Area,
    AreaCount,
    AreaPopulation,
    Case,
    Disposition,
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


def dispositions(by_community: Sequence[tuple[Area, Mapping[Disposition, int]]]) -> DispositionsOut:
    everywhere: Counter[Disposition] = Counter()
    for _, counts in by_community:
        everywhere.update(counts)
    return DispositionsOut(
        whole=_rates(everywhere),
        cases=everywhere.total(),
        communities=[
            DispositionsOfArea(
                area=community.code,
                name=name_of(community),
                cases=sum(counts.values()),
                counts={outcome: cases for outcome, cases in counts.items() if cases},
                rates=_rates(Counter(counts)),
            )
            for community, counts in by_community
        ],
    )


def _rates(cases: Counter[Disposition]) -> RatesOut:
    rates = aapor.response_rates([AAPOR[outcome] for outcome in cases.elements()])
    return RatesOut(**{name: getattr(rates, name) for name in RatesOut.model_fields})
