"""How the lists of a wave stand: what its page says of each, and what keeps the wave from opening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.lists import EntryFault, faults_of_entries, to_fill
from questionnaires.model import ListSource, OptionList, Questionnaire
from questionnaires.text import Text
from survey_service.errors import NotFound
from survey_service.models import Survey, Wave, WaveState
from survey_service.surveys import definitions, filling, wave_lists
from survey_service.surveys.list_judging import Among
from survey_service.surveys.wave_lists import Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """One list that the questionnaire of a wave has from it."""

    one: OptionList
    count: int
    faults: int = 0  # entries that cannot be asked as they are

    @property
    def of_areas(self) -> bool:
        return self.one.source is ListSource.AREAS


def states(session: Session, survey: Survey, wave: Wave) -> list[ListState]:
    """Of every list, each behind the one above it; none where the questionnaire asks for none."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    lists = entries(session, survey, wave, questionnaire)
    faults = entry_faults(questionnaire, lists) if wave.state is WaveState.DRAFT else []
    return [
        ListState(
            one=one,
            count=len(lists[one.id]),
            faults=len({fault.row for fault in faults if fault.list_id == one.id and lists[one.id]}),
        )
        for one in to_fill(questionnaire)
    ]


def entries(session: Session, survey: Survey, wave: Wave, questionnaire: Questionnaire) -> dict[str, Entries]:
    """What a wave gives its questionnaire: of a draft as it stands now, of any other as it was frozen."""
    if wave.state is WaveState.DRAFT:
        return filling.of_the_wave(session, survey, wave, questionnaire)
    return {one.id: filling.held(one) for one in to_fill(questionnaire)}


def entry_faults(questionnaire: Questionnaire, lists: Mapping[str, Entries]) -> list[EntryFault]:
    """What the questionnaire's own rules say of them."""
    return faults_of_entries(questionnaire, {list_id: filling.as_options(those) for list_id, those in lists.items()})


def among(session: Session, survey: Survey, wave: Wave, list_id: str) -> Among:
    """A list with the others of its wave and that of the wave before; NotFound where none of that name is asked for."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    one = next((each for each in to_fill(questionnaire) if each.id == list_id), None)
    if one is None:
        raise NotFound
    own = one.source is ListSource.WAVE and wave.state is WaveState.DRAFT
    return Among(
        questionnaire=questionnaire,
        one=one,
        lists=entries(session, survey, wave, questionnaire),
        before=wave_lists.earlier(session, wave, list_id) if own else None,
    )


def asked_in(questionnaire: Questionnaire, list_id: str) -> Sequence[Text]:
    """The questions that offer a list or have it as rows, in a few words each."""
    return [question.short for question in questionnaire.questions() if list_id in (question.list, question.rows)]
