"""``create_app``: the only place that wires things together."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import cache
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import BaseRoute

from survey_service import installation, jobs, private, stored_files
from survey_service.account_lists import routes as account_lists
from survey_service.accounts import failed_sign_ins, first_routes, second_factor_routes, token_routes
from survey_service.accounts import routes as accounts
from survey_service.accounts.administration import identity_pages
from survey_service.accounts.administration import pages as administration
from survey_service.accounts.oidc import routes as oidc_routes
from survey_service.accounts.oidc import setup as oidc_setup
from survey_service.accounts.permissions import refuse_unprotected
from survey_service.analyses import columns_folder
from survey_service.api import all_routes as api
from survey_service.areas import count_pages as area_counts
from survey_service.areas import import_routes as area_imports
from survey_service.areas import map_pages as area_maps
from survey_service.areas import routes as areas
from survey_service.catalogue import comparison_pages, draft_pages, draft_saves, draft_surfaces, form_pages
from survey_service.catalogue import pages as catalogue
from survey_service.clock import Clock, system_clock
from survey_service.collection import (
    code_entry_page,
    letter_page,
    listening,
    page_messages,
    quality_marks_page,
    receipt_page,
    receipts,
    sent_files,
    tombstone_file,
)
from survey_service.collection import routes as collection
from survey_service.collection.reception import reception
from survey_service.collection.shedding import Shedding
from survey_service.contacts import erasing as contacts_erasing
from survey_service.contacts.pages import office as opened_contacts
from survey_service.contacts.pages import readers as contact_readers
from survey_service.contacts.pages import resident as left_contacts
from survey_service.database import open_database
from survey_service.doctor import modes
from survey_service.exports import answer_file_pages, bundle_pages, figure_pages, question_pages
from survey_service.exports import pages as exports
from survey_service.exports import round as export_round
from survey_service.field import (
    call_back_pages,
    call_pages,
    door_pages,
    note_pages,
    people_pages,
    reserve_pages,
    roll_pages,
    start_pages,
    supervision_pages,
    telephone_pages,
)
from survey_service.field import case_pages as field_case
from survey_service.field import file_pages as outcome_files
from survey_service.field import pages as field_pages
from survey_service.importing import routes as importing
from survey_service.keying import decision_pages as keying_decisions
from survey_service.keying import quality_pages as keying_quality
from survey_service.keying import routes as keying
from survey_service.keying import work_pages as keying_work
from survey_service.migrations import migrate
from survey_service.paper import routes as paper
from survey_service.preview import pages as preview
from survey_service.processes.of_a_server import ProcessesOfAServer
from survey_service.receiving import all_routes as receiving
from survey_service.rectification.pages import all_routes as rectification
from survey_service.releases import (
    again_pages,
    correction_pages,
    index_pages,
    plan_pages,
    review_pages,
    sealed_pages,
    sheet_page,
    step_pages,
    verify_pages,
    word_pages,
)
from survey_service.releases import routes as releases
from survey_service.remarks import pages as remark_pages
from survey_service.remarks import theme_pages as remark_themes
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import (
    address_pages,
    case_pages,
    invitation_pages,
    list_pages,
    recording_pages,
    seal_round,
    shipped,
    survey_pages,
    text_message_pages,
    wave_pages,
)
from survey_service.surveys import routes as surveys
from survey_service.web import failures, health, metrics, option_files, static_files
from survey_service.web.headers import Surroundings
from survey_service.writer import GroupWriter

ROUTERS = (
    collection.router,
    listening.router,
    sent_files.router,
    answer_file_pages.router,
    code_entry_page.router,
    letter_page.router,
    receipt_page.router,
    receipts.router,
    left_contacts.router,
    accounts.router,
    survey_pages.router,
    wave_pages.router,
    case_pages.router,
    list_pages.router,
    recording_pages.router,
    address_pages.router,
    invitation_pages.router,
    text_message_pages.router,
    field_pages.router,
    field_case.router,
    supervision_pages.router,
    call_back_pages.router,
    note_pages.router,
    outcome_files.router,
    call_pages.router,
    telephone_pages.router,
    door_pages.router,
    roll_pages.router,
    people_pages.router,
    reserve_pages.router,
    preview.router,
    catalogue.router,
    form_pages.router,
    draft_pages.router,
    draft_saves.router,
    draft_surfaces.router,
    comparison_pages.router,
    opened_contacts.router,
    importing.router,
    second_factor_routes.router,
    token_routes.router,
    first_routes.router,
    oidc_routes.router,
    account_lists.router,  # before /accounts/{account_id}
    administration.router,
    contact_readers.router,
    start_pages.router,
    identity_pages.router,
    surveys.router,
    quality_marks_page.router,
    keying.router,
    paper.router,
    keying_decisions.router,
    keying_work.router,
    keying_quality.router,
    area_imports.router,
    area_counts.router,
    area_maps.router,
    areas.router,
    review_pages.router,
    plan_pages.router,
    step_pages.router,
    correction_pages.router,
    index_pages.router,
    sealed_pages.router,
    verify_pages.router,
    sheet_page.router,
    again_pages.router,
    *receiving.ROUTERS,
    releases.router,
    word_pages.router,
    exports.router,
    figure_pages.router,
    bundle_pages.router,
    question_pages.router,
    *rectification.ROUTERS,
    remark_pages.router,
    remark_themes.router,
    *api.ROUTERS,
    static_files.router,
    option_files.router,
    health.router,
    metrics.router,
)


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route, as its module made it; looked through once a process.

    They are not included but shared by the applications of a process: ``include_router`` would work out every
    signature once more, at the first request of each.
    """
    every = tuple(route for router in ROUTERS for route in router.routes)
    refuse_unprotected(every)
    return every


def create_app(
    settings: Settings, *, clock: Clock = system_clock, processes: ProcessesOfAServer | None = None
) -> FastAPI:
    """The service on ``settings``; its tables are brought to this version before it answers.

    ``processes``: what does its background work. Without them jobs wait for ``survey-service work``.
    """

    page_messages.install_words(settings.page_words_dir)
    shipped.keep_in(settings.definitions_dir)
    configured, counted = oidc_setup.Configured(oidc_setup.provider_for(settings)), metrics.Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            installation.check_database(settings, create=True, thorough=False)
            with ExitStack() as opened:  # a start that is refused half way closes what it had opened
                opened.callback(os.umask, private.only_ours())
                modes.mend(settings)
                database = open_database(settings.resolved_database_url)
                opened.callback(database.dispose)
                migrate(database)
                stored_files.take_over(settings, database)
                keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
                installation.settle(settings, database, keys, at=clock())
                writer = GroupWriter(database.writing, queue_size=settings.queue_size, group_size=settings.group_size)
                opened.callback(writer.close)
                services = Services(
                    settings=settings, database=database, writer=writer, keys=keys, clock=clock, processes=processes
                )

                def forget() -> None:
                    """What holds answers and is no row: after every erasure."""
                    columns_folder.empty(settings.columns)
                    export_round.remove_files(services)

                services.hold(reception(settings, writer), health.Question(), counted, configured)
                opened.callback(failed_sign_ins.finish, services)
                app.state.services = services
                tombstone_file.start(services, forget)
                # What came due while nobody served.
                jobs.do_round(contacts_erasing.erase_due_contacts, services)
                jobs.do_round(seal_round.destroy_due_keys, services)
                opened.callback(tombstone_file.stop, services)
                if processes is not None:
                    opened.callback(processes.stop)
                    processes.start(services)
                yield
        except Exception as failed:
            app.state.failed = failed  # for `serve` to say: the server itself would print it with all its values
            raise

    app = FastAPI(
        title="Survey service",
        version=version("survey-service"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # the redirect would be built from the Host header
    )
    app.router.routes.extend(_routes())
    failures.install(app)
    app.add_middleware(Shedding)
    app.add_middleware(Surroundings, settings=settings, metrics=counted)
    return app
