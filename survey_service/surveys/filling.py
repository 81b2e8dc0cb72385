"""A questionnaire with the entries of its lists: as they stand for a draft, and frozen for good when a wave opens.

At opening the filled questionnaire becomes a version of its own, which the wave asks from then on. So whoever shows,
prints, keys, reads, exports or estimates a wave finds the entries in the version it loads anyway, under one hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session

from questionnaires.household_adults import asks_adults, with_adults_question
from questionnaires.lists import EntriesDoNotFit, EntryFault, faults_of_entries, filled, to_fill
from questionnaires.model import ListSource, Option, OptionList, Questionnaire
from questionnaires.text import Text
from survey_service import audit
from survey_service.areas.queries import COMMUNITY_KINDS, below
from survey_service.errors import NotReady
from survey_service.fieldwork.rolls import rule_of
from survey_service.models import ADULT_STAGE, Area, Case, FilledVersion, SelectionWithin, Survey, Wave
from survey_service.surveys import definitions, wave_lists
from survey_service.surveys.wave_lists import Entries, Entry

ALIKE: Final = (("street", "town"), COMMUNITY_KINDS)
"""Kinds of areas at one level of the tree: a list of streets has the towns, one of communities the villages."""


def of_the_wave(session: Session, survey: Survey, wave: Wave, questionnaire: Questionnaire) -> dict[str, Entries]:
    """What the lists hold at present that a wave has to give. Two statements at most."""
    wanted = to_fill(questionnaire)
    of_areas = [one for one in wanted if one.source is ListSource.AREAS]
    found: dict[str, Entries] = {}
    if of_areas:
        areas = below(session, survey.city_id)
        found |= {one.id: from_areas(areas, one, questionnaire) for one in of_areas}
    if len(of_areas) < len(wanted):
        stored = wave_lists.stored(session, wave)
        found |= {one.id: stored.get(one.id) or held(one) for one in wanted if one.source is ListSource.WAVE}
    return found


def held(one: OptionList) -> Entries:
    """What a questionnaire holds of a list: it was filled in before, and a wave that says nothing else keeps it."""
    return tuple(Entry(code=entry.code, label=entry.label, parent=entry.parent or "") for entry in one.options)


def from_areas(areas: Sequence[Area], one: OptionList, questionnaire: Questionnaire) -> Entries:
    """A list of areas, in the order of their codes; each entry under the area of the list above that it lies in."""
    by_id = {area.id: area for area in areas}
    list_above = questionnaire.option_list(one.parent) if one.parent else None
    above = _kinds(list_above.level if list_above else None)
    return tuple(
        Entry(code=area.code, label=Text(area.name_zh, area.name_en), parent=_ancestor(area, above, by_id))
        for area in areas
        if area.kind in _kinds(one.level)
    )


def _kinds(level: str | None) -> tuple[str, ...]:
    return next((those for those in ALIKE if those[0] == level), (level,)) if level else ()


def _ancestor(area: Area, kinds: Sequence[str], by_id: Mapping[UUID, Area]) -> str:
    """The code of the nearest area above of those kinds; empty where none is asked for, or there is none."""
    above = by_id.get(area.parent_id) if area.parent_id and kinds else None
    while above is not None:
        if above.kind in kinds:
            return above.code
        above = by_id.get(above.parent_id) if above.parent_id else None
    return ""


def as_options(entries: Sequence[Entry]) -> tuple[Option, ...]:
    return tuple(Option(code=one.code, label=one.label, parent=one.parent or None) for one in entries)


def as_far_as_it_fits(
    questionnaire: Questionnaire, lists: Mapping[str, Entries]
) -> tuple[Questionnaire, list[EntryFault]]:
    """The questionnaire with those of the lists that can be put in, and what is wrong with the others."""
    given = {list_id: as_options(entries) for list_id, entries in lists.items()}
    first = faults = faults_of_entries(questionnaire, given)
    while faults:  # without a list those below it do not fit either
        wrong = {fault.list_id for fault in faults}
        given = {name: those for name, those in given.items() if name not in wrong}
        faults = faults_of_entries(questionnaire, given)
    return filled(questionnaire, given), first


def with_entries(questionnaire: Questionnaire, lists: Mapping[str, Entries]) -> Questionnaire:
    return filled(questionnaire, {list_id: as_options(entries) for list_id, entries in lists.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """When a wave moves, and who moves it."""

    at: datetime
    by: audit.Actor


def freeze(session: Session, survey: Survey, wave: Wave, step: Step) -> None:
    """Let the wave ask a version with its entries in it, and with the adults of the household where its sample does not
    know them; nothing where its questionnaire leaves no list open and it does.

    NotReady where they do not fit.
    """
    chosen = wave.questionnaire_version_id
    questionnaire = definitions.frozen(session, survey.id, chosen)
    lists = of_the_wave(session, survey, wave, questionnaire)
    asks = not asks_adults(questionnaire) and lacks_adults(session, wave)
    if not (lists or asks):
        return
    try:
        with_them = with_entries(questionnaire, lists) if lists else questionnaire
    except EntriesDoNotFit as unfit:  # changed since it was asked what keeps the wave from opening
        raise NotReady(zh=unfit.faults[0].message.zh, en=unfit.faults[0].message.en) from unfit
    if asks:
        with_them = with_adults_question(with_them)
    version = definitions.store(session, survey.id, with_them, at=step.at, by=step.by)
    if version.id != chosen and session.get(FilledVersion, (survey.id, version.id)) is None:
        session.add(FilledVersion(survey_id=survey.id, version_id=version.id, made_of_id=chosen))
    wave.questionnaire_version_id = version.id
    session.flush()
    kept = {list_id: {"entries": len(one), "sha256": wave_lists.sha256_of(one)} for list_id, one in lists.items()}
    said = {"questionnaire": version.sha256, "lists": kept, **({"asks_adults": True} if asks else {})}
    _record(session, wave, step, "wave.lists_frozen", said)


def lacks_adults(session: Session, wave: Wave) -> bool:
    """Whether one adult of a household is to answer, and of some household nobody knows how many there are."""
    if rule_of(wave) is SelectionWithin.ANY:
        return False
    unknown = exists().where(
        Case.survey_id == wave.survey_id,
        Case.wave_id == wave.id,
        ~cast(Case.stages, String).contains(f'"{ADULT_STAGE}"'),
    )
    return bool(session.scalar(select(unknown)))


def thaw(session: Session, wave: Wave, step: Step) -> None:
    """Back to the version that was chosen, whose lists may change again; nothing where it is that version."""
    chosen = chosen_version(session, wave.survey_id, wave.questionnaire_version_id)
    if chosen == wave.questionnaire_version_id:
        return
    wave.questionnaire_version_id = chosen
    session.flush()
    _record(session, wave, step, "wave.lists_thawed", {})


def chosen_version(session: Session, survey_id: UUID, version_id: UUID) -> UUID:
    """The version that a manager chose: that which a filled one was made of, else itself."""
    made_of = session.scalar(
        select(FilledVersion.made_of_id).where(
            FilledVersion.survey_id == survey_id, FilledVersion.version_id == version_id
        )
    )
    return made_of or version_id


def _record(session: Session, wave: Wave, step: Step, action: str, detail: Mapping[str, object]) -> None:
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=step.at,
        by=step.by,
        action=action,
        record=audit.Rows(f"wave {wave.id}", wave.id),  # its questionnaire is another one
        detail=detail,
    )
