"""The PDF of a batch, made by a job: cover sheet and forms. The same batch gives the same boxes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import Session

from questionnaires.canonical import from_canonical
from questionnaires.draws import named_on_paper, tickets
from questionnaires.model import Questionnaire
from questionnaires.piping import with_words_of_wave
from questionnaires.readiness import effective_header
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from reports.paper_form.cover import Cover
from reports.paper_form.drawing import Copy, Return, batch_pdf, blank_pdf
from reports.paper_form.layout import FormLayout, lay_out_form
from reports.paper_form.printable import unprintable
from survey_service import jobs
from survey_service.bulk import insert_unless_there
from survey_service.models import (
    Area,
    Case,
    Mode,
    PaperBatch,
    PaperEdition,
    PaperForm,
    PaperPrint,
    QuestionnaireVersion,
    Survey,
    Wave,
)
from survey_service.paper import queries, serials
from survey_service.paper.errors import CannotBePrinted
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.surveys import definitions, draw_tickets, who_answers
from survey_service.surveys.opening import header_of

VERSION_DIGITS = 8
REPORT_EVERY = 10


def layout_of(
    questionnaire: Questionnaire, languages: str, sha256: str, settings: Settings, *, large: bool = False
) -> FormLayout:
    return lay_out_form(
        questionnaire,
        tuple(languages.split("-")),
        definition_sha256=sha256,
        large=large,
        settings=settings.type_settings,
    )


def refuse_unprintable(services: Services, survey_id: UUID, version_id: UUID, languages: str) -> None:
    """CannotBePrinted where a form of this version would hold an empty box or unjoined letters."""
    with services.database.reading.begin() as session:
        questionnaire = definitions.frozen(session, survey_id, version_id)
    _refuse_unprintable(questionnaire, languages, services.settings)


def _refuse_unprintable(questionnaire: Questionnaire, languages: str, settings: Settings) -> None:
    found = unprintable(questionnaire, languages.split("-"), settings.type_settings)
    if found:
        raise CannotBePrinted([(one.place, one.characters) for one in found])


def preview_pdf(
    questionnaire: Questionnaire, languages: str, sha256: str, settings: Settings, *, large: bool = False
) -> bytes:
    """The form without a serial, to be looked at before anything is printed; made-up entries where a list has none, and
    of its draws one."""
    questionnaire = with_samples(questionnaire)
    layout = layout_of(questionnaire, languages, sha256, settings, large=large)
    return blank_pdf(layout, questionnaire.header, named_on_paper(questionnaire, tickets(questionnaire, 0)))


def preview_of(running: Services, definition: str, languages: str, sha256: str, large: bool) -> bytes:
    """As ``preview_pdf`` of canonical JSON; called by name in the process beside the server."""
    questionnaire = from_canonical(json.loads(definition))
    _refuse_unprintable(questionnaire, languages, running.settings)
    return preview_pdf(questionnaire, languages, sha256, running.settings, large=large)


def print_job(services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
    """Draw a batch; run again after a crash it draws the same."""
    batch_id = UUID(job.arguments["batch_id"])

    def watch(done: int, total: int) -> None:
        if done % REPORT_EVERY == 0:
            progress.report(done, total)

    print_batch(services, job.survey_id, batch_id, watch)


def print_batch(
    services: Services, survey_id: UUID, batch_id: UUID, watch: Callable[[int, int], None] | None = None
) -> bytes:
    with services.database.reading.begin() as session:
        batch = session.get_one(PaperBatch, (survey_id, batch_id))
        wave = session.get_one(Wave, (survey_id, batch.wave_id))
        version = session.get_one(QuestionnaireVersion, (survey_id, batch.questionnaire_version_id))
        version_id = version.id
        frozen = definitions.frozen(session, survey_id, version_id)
        questionnaire, sha256 = as_printed(session, batch, frozen, version.sha256)
        layout = layout_of(questionnaire, batch.languages, sha256, services.settings, large=batch.large_print)
        cover, copies = _contents(session, batch, wave, layout, services.keys)
        header = effective_header(questionnaire, header_of(wave))
        back = _return(questionnaire, wave)
    content = batch_pdf(layout, header, copies, cover=cover, back=back, watch=watch)
    blob = files_of(services.settings, services.database).put(content)
    now = services.clock()
    edition = layout.geometry.sha256
    with services.database.writing.begin() as session:
        # Two batches of a new edition may end at the same moment.
        insert_unless_there(
            session,
            cast("Table", PaperEdition.__table__),
            {
                "survey_id": survey_id,
                "sha256": edition,
                "questionnaire_version_id": version_id,
                "geometry": layout.geometry.to_json(),
                "made_at": now,
            },
        )
        made = session.get(PaperPrint, (survey_id, batch_id))
        if made is None:
            made = PaperPrint(survey_id=survey_id, batch_id=batch_id)
            session.add(made)
        made.edition_sha256, made.blob_sha256 = edition, blob
        made.pages, made.made_at = 2 + len(copies) * len(layout.pages), now
    return content


def as_printed(
    session: Session, batch: PaperBatch, questionnaire: Questionnaire, sha256: str
) -> tuple[Questionnaire, str]:
    """With the names of the batch's city, community and wave where a text has a place for them, and the hash of both:
    a form with other words is another edition, for a scan is compared with what was printed."""
    wave = session.get_one(Wave, (batch.survey_id, batch.wave_id))
    community = session.get_one(Area, batch.area_id)
    city = session.get_one(Area, session.get_one(Survey, batch.survey_id).city_id)
    named: dict[str, Area | Wave] = {"city": city, "community": community, "wave": wave}
    words = {key: Text(one.name_zh, one.name_en) for key, one in named.items()}
    printed = with_words_of_wave(questionnaire, words)
    if printed is questionnaire:
        return questionnaire, sha256
    said = json.dumps([sha256, *((one.zh, one.en) for one in words.values())], ensure_ascii=False)
    return printed, hashlib.sha256(said.encode()).hexdigest()


def _drawn(
    questionnaire: Questionnaire, keys: KeyRing, wave: Wave, form: PaperForm, case: Case | None
) -> Mapping[str, list[str]]:
    if not questionnaire.draws:
        return {}
    number = serials.draw_number(form.serial, case.number if case else "")
    return named_on_paper(questionnaire, tickets(questionnaire, draw_tickets.ticket_of(keys, wave.id, number)))


def _return(questionnaire: Questionnaire, wave: Wave) -> Return:
    """To whoever asks, by the last day of the wave; a questionnaire that names nobody says the day only."""
    body = questionnaire.notice.body
    return Return(body=body if body.zh or body.en else None, day=wave.closes_on)


def _contents(
    session: Session, batch: PaperBatch, wave: Wave, layout: FormLayout, keys: KeyRing
) -> tuple[Cover, list[Copy]]:
    area = session.get_one(Area, batch.area_id)
    name = Text(area.name_zh, area.name_en or area.name_zh)
    sampled = batch.mode is Mode.PAPER
    whom = who_answers.told(wave) if sampled else None
    forms = queries.forms(session, batch)
    mark = serials.survey_mark(batch.survey_id)
    copies = [
        Copy(
            serial=serials.grouped(form.serial),
            codes=tuple(
                serials.PageCode(
                    survey=mark,
                    serial=form.serial,
                    page=page,
                    version=layout.geometry.sha256[:VERSION_DIGITS],
                    languages=batch.languages,
                ).payload()
                for page in range(1, len(layout.pages) + 1)
            ),
            community=name,
            case_number=case.number if case else "",
            drawn=_drawn(layout.questionnaire, keys, wave, form, case),
            sampled=sampled,
            whom=whom,
        )
        for form, case in forms
    ]
    cover = Cover(
        title=layout.questionnaire.title,
        wave=Text(wave.name_zh, wave.name_en or wave.name_zh),
        community=name,
        community_code=area.code,
        batch=batch.number,
        forms=len(forms),
        first_serial=serials.grouped(forms[0][0].serial),
        last_serial=serials.grouped(forms[-1][0].serial),
        sampled=sampled,
        large=batch.large_print,
    )
    return cover, copies
