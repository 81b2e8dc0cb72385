"""The tables of closed questions, computed in the process beside the server (``processes.beside``)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from survey_service.analyses import planned_results
from survey_service.analyses.closed_questions import closed_variables
from survey_service.analyses.question_shown import QuestionTables
from survey_service.analyses.question_tables import question_tables
from survey_service.releases import service
from survey_service.services import Services


def of_question(running: Services, survey_id: UUID, wave_id: UUID, question: str) -> QuestionTables:
    """Of one question with all its rows; where there is none of that id, of the first. With the tests of the plan."""
    with running.database.reading.begin() as session:
        estimates = service.prepare(session, survey_id, wave_id, running.settings.columns).estimates
    variables = closed_variables(estimates.cases.questionnaire)
    names = tuple(dict.fromkeys((one.question.id, one.question.short) for one in variables))
    known = [name for name, _ in names]
    chosen = question if question in known else next(iter(known), "")
    only = [one.name for one in variables if one.question.id == chosen]
    found = question_tables(estimates, only) if only else QuestionTables(tables=(), level=estimates.table.level)
    return replace(found, questions=names, chosen=chosen, tests=planned_results.results(estimates))


def of_all(running: Services, survey_id: UUID, wave_id: UUID) -> QuestionTables:
    with running.database.reading.begin() as session:
        estimates = service.prepare(session, survey_id, wave_id, running.settings.columns).estimates
    return question_tables(estimates)


def of_all_with_tests(running: Services, survey_id: UUID, wave_id: UUID) -> QuestionTables:
    with running.database.reading.begin() as session:
        estimates = service.prepare(session, survey_id, wave_id, running.settings.columns).estimates
    return replace(question_tables(estimates), tests=planned_results.results(estimates))
