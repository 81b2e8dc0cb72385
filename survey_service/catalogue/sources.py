"""Where the text of a questionnaire comes from that somebody wants to copy and change."""

from __future__ import annotations

from sqlalchemy.orm import Session

from questionnaires import canonical
from questionnaires.model import Questionnaire
from survey_service.catalogue import draft_queries as queries
from survey_service.catalogue.yaml_of import yaml_of
from survey_service.models import QuestionnaireVersion
from survey_service.surveys import definitions, filling, questionnaires, shipped


def text_of(session: Session, version: QuestionnaireVersion) -> str:
    """The text that the version was made of; that of the catalogue where it is the same questionnaire; else one that is
    written from what is stored, which says the same without comments. Lists that a wave gave are not in it: of what was
    made when a wave opened it is the text of the version that was chosen."""
    chosen = filling.chosen_version(session, version.survey_id, version.id)
    version = session.get_one(QuestionnaireVersion, (version.survey_id, chosen))
    kept = queries.source(session, version.survey_id, version.id)
    if kept is not None:
        return kept
    known = shipped.questionnaire(version.key)
    if known is not None and canonical.sha256(known) == version.sha256:
        return questionnaires.shipped_source(version.key)
    return yaml_of(definitions.frozen(session, version.survey_id, version.id))


def origin_of(questionnaire: Questionnaire) -> str:
    return f"{questionnaire.key} {questionnaire.version}"
