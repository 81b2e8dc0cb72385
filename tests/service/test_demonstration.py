"""The demonstration city in small: asked through the service itself, true to its plan, the same for the same seed."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from analysis.results import Suppression
from questionnaires.loader import available, load
from survey_service.accounts.queries import below
from survey_service.analyses.service import WaveEstimates, community_domain
from survey_service.areas.age_and_sex import age_and_sex
from survey_service.areas.queries import register_of_city
from survey_service.areas.registers import usable
from survey_service.audit import verify
from survey_service.audit.chain import chains
from survey_service.clock import system_clock
from survey_service.database import Database, open_database
from survey_service.demonstration import command, ground, truth
from survey_service.demonstration.built_already import DATABASE, stands
from survey_service.demonstration.city import CITY_NAME
from survey_service.demonstration.foreign_file import FOREIGN, ROWS, TIED, foreign_file
from survey_service.demonstration.service import Built, ForeignDatabase, Options, build
from survey_service.exports.formats import Format
from survey_service.exports.writing import WaveSource, write_export
from survey_service.field.interviewer_values import InterviewFigures
from survey_service.fieldwork.appointments import told_by_wave
from survey_service.importing import service as importing
from survey_service.importing.plan import Target
from survey_service.importing.prepare import prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind, Notice
from survey_service.models import (
    Account,
    Area,
    AreaPopulation,
    BatchState,
    CallBack,
    Capture,
    Case,
    Disposition,
    FieldFigures,
    Mode,
    PaperBatch,
    Rectification,
    RectificationEntry,
    RectificationState,
    RegisterKind,
    ReleaseDocument,
    Response,
    Role,
    Source,
    Survey,
    Visited,
    Wave,
    WaveState,
    WorksFor,
)
from survey_service.rectification.states import is_overdue, is_to_recheck
from survey_service.releases import recomputing
from survey_service.releases import service as releases
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.tabular.words import Read
from survey_service.writer import GroupWriter
from tests import exported_plan, exported_scripts
from tests.service.change_claims import Records, Said, areas, said, sheets

ON = date(2026, 11, 22)
SMALL = Options(seed=5, on=ON, scale=0.1, languages={"zh": ["990181000000", "990181101004"]}, groups=())


def serve(settings: Settings, url: str) -> Iterator[Services]:
    database = open_database(url)
    writer = GroupWriter(database.writing, queue_size=2000, group_size=200)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)
    writer.close()
    database.dispose()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def services(
    request: pytest.FixtureRequest,
    empty_databases: Callable[[str, pytest.FixtureRequest], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Services]:
    """One small city per database, built once: the tests below only look at it."""
    url = empty_databases(request.param, request)
    folder = tmp_path_factory.mktemp("city")
    settings = Settings(
        data_dir=folder,
        database_url=url,
        secret_key="a key for tests only, long enough to be taken",
        public_url=command.BASE,
        city_name=CITY_NAME[0],
    )
    yield from serve(settings, url)


def quietly(_step: str, _done: int, _total: int) -> None:
    return None


@pytest.fixture(scope="module")
def built(services: Services) -> Built:
    return build(services, SMALL, quietly)


def estimates_of(services: Services, built: Built) -> WaveEstimates:
    with services.database.reading.begin() as session:
        return releases.prepare(session, built.survey_id, built.latest.asked.wave_id).estimates


def test_the_city_stands_and_every_answer_went_in_by_its_own_door(services: Services, built: Built) -> None:
    with services.database.reading.begin() as session:
        kinds = Counter(session.scalars(select(Area.kind)))
        assert kinds == {"city": 1, "street": 3, "town": 1, "community": 13, "grid": 78}
        people = session.scalar(
            select(func.sum(AreaPopulation.persons))
            .join(Area, Area.id == AreaPopulation.area_id)
            .where(Area.name_zh == "万寿桥社区")
        )
        assert people == 3290
        assert session.scalar(select(Area.households).where(Area.name_zh == "万寿桥社区")) == 1534
        city = session.scalars(select(Area.id).where(Area.kind == "city")).one()
        register = register_of_city(session, city, SMALL.on)
        assert register is not None
        assert (register.kind, len(register.counts)) == (RegisterKind.USUAL_RESIDENTS, 13)
        assert usable(register, SMALL.on) is None
        assert not age_and_sex(load(available()[ground.PROGRAMME]), register.from_age(18).age_groups).reasons()

        states = {wave.key: wave.state for wave in session.scalars(select(Wave))}
        assert states == {
            "2026Q2": WaveState.RELEASED,
            "2026Q3": WaveState.RELEASED,
            "2026Q4": WaveState.OPEN,
        }
        captures = session.scalar(select(func.count()).select_from(Capture))
        responses = session.scalar(select(func.count()).select_from(Response))
        answers = sum(one.answers for one in (built.earlier.asked, built.latest.asked, built.open))
        assert responses == answers + built.paper.forms
        assert captures == responses + built.paper.verified + built.paper.decided

        doors = Counter((mode, source) for mode, source in session.execute(select(Capture.mode, Capture.source)))
        assert set(doors) == {
            (Mode.PAPER, Source.FIRST_KEYING),
            (Mode.PAPER, Source.SECOND_KEYING),
            (Mode.PAPER, Source.ADJUDICATION),
            (Mode.FACE_TO_FACE, Source.DEVICE),
            (Mode.WEB_INVITED, Source.WEB),
            (Mode.WEB_OPEN, Source.WEB),
        }
        kept = InterviewFigures.of(session.scalars(select(FieldFigures.figures)).one())
        assert kept.whole.interviews == doors[Mode.FACE_TO_FACE, Source.DEVICE]
        assert set(session.scalars(select(CallBack.visited))) >= {Visited.CAME, Visited.NOBODY_CAME}
        ties = {account.works_for for account in session.scalars(select(Account).where(Account.works_for.is_not(None)))}
        assert ties == {WorksFor.NONE, WorksFor.OTHER, WorksFor.COMMUNITY}
        keyers = set(session.scalars(select(Capture.by_account_id).where(Capture.mode == Mode.PAPER)))
        assert len(keyers) == 3
        assert [batch.state for batch in session.scalars(select(PaperBatch).order_by(PaperBatch.number))] == [
            BatchState.DONE,
            BatchState.ADJUDICATION,
            BatchState.IN_VERIFICATION,
            BatchState.IN_KEYING,
            BatchState.ISSUED,
        ]
        assert None not in keyers
        open_answers = session.scalars(select(Response.case_id).where(Response.mode == Mode.WEB_OPEN)).all()
        assert set(open_answers) == {None}

        assert [verify(session, chain) > 0 for chain in chains(session)] == [True, True]
        assert all(session.scalars(select(Account.demonstration)))
        assert set(built.passwords) == {*(role.value for role in Role), "interviewer2", "interviewer3"}


def test_both_designs_are_drawn_as_planned(services: Services, built: Built) -> None:
    with services.database.reading.begin() as session:
        cases = session.scalars(select(Case).where(Case.wave_id == built.latest.asked.wave_id)).all()
        session.expunge_all()
        new_town = session.scalars(select(Area.id).where(Area.name_zh == "云溪新城社区")).one()
    grids = [case for case in cases if case.area_id == new_town]
    others = [case for case in cases if case.area_id != new_town]
    assert len({case.psu for case in grids}) == 10
    assert len({case.stratum for case in grids}) == 1
    assert [stage["variance"] for stage in grids[0].stages] == [True, True, False]
    assert grids[0].stages[0]["population"] == 30
    assert len({case.stratum for case in others}) == 48
    assert len({case.psu for case in others}) == len(others)
    for case in cases:
        product = 1.0
        for stage in case.stages:
            product *= stage["probability"]
        assert case.inclusion_probability == pytest.approx(product)
    outcomes = Counter(case.disposition for case in cases)
    assert set(outcomes) == set(Disposition) - {Disposition.PARTIAL}


def test_the_stories_that_the_city_is_to_tell(services: Services, built: Built) -> None:
    estimates = estimates_of(services, built)
    rows = {one.code: estimates.table.row(community_domain(one.code)) for one in estimates.cases.communities}
    names = {one.name_zh: one.code for one in estimates.cases.communities}
    few = rows[names["莲花池社区"]].cell("awareness")
    assert few.suppression is Suppression.NOT_PUBLISHED
    found = {(one.domain, one.variable): one for table in estimates.raw for one in table.estimates}
    assert found[community_domain(names["莲花池社区"]), "awareness"].sample_size == 8
    # Who answered knew of it; not everyone who lives there does.
    all_alike = found[community_domain(names["桂花岭社区"]), "awareness"]
    assert all_alike.all_alike
    assert all_alike.value == 1.0
    residents = ground.people(SMALL.seed)
    assert truth.truth(residents[names["桂花岭社区"]], "awareness") < 0.99


def test_every_claim_of_change_is_carried_by_the_releases(services: Services, built: Built) -> None:
    """On every sheet, in both languages: risen, fallen, none found and how large it would have been, not compared."""
    before, now = built.earlier.release, built.latest.release
    records, waves = Records.of(before, now), {"zh": "2026年第二季度", "en": "second quarter of 2026"}
    with services.database.reading.begin() as session:
        later = releases.release_summaries(session, built.survey_id, now.id, services.settings)
        first = releases.release_summaries(session, built.survey_id, before.id, services.settings)
    headline = [one for one in later.city.indicators if one.headline]
    claims = Counter()
    for domain, story in sheets(later):
        names = {one.id: one.name.in_language(story.language) for one in headline}
        assert said(story) == records.expected(domain, names, waves[story.language], story.language)
        claims.update({name: verdict for name, verdict in records.verdicts(domain).items() if name in names}.values())
    assert set(claims) == {"risen", "fallen", "no_detectable_change", "not_comparable"}
    for area in areas(later):
        assert area.trend is not None
        assert [one.zh for one in area.trend.waves] == ["2026年第二季度", "2026年第三季度"]
        for told in area.trend.told:
            shown = [(point.value, point.coded, point.tier.value) for point in told.points]
            assert shown == records.row_of_waves(area.place.domain, told.variable)
            breaks = ("the definition differs",) if told.variable == "support" else ()
            assert [point.breaks for point in told.points] == [(), breaks]
    assert [said(story) for _, story in sheets(first)] == [Said({}, None)] * 36  # nothing was released before it


def test_the_index_of_the_year_is_made_of_what_both_waves_printed(services: Services, built: Built) -> None:
    record = json.loads(built.latest.release.estimates)
    [index] = record["indices"]
    assert [part["weight"] for part in index["index"]["parts"]] == [0.5, 0.5]
    printed = []
    for release in (built.earlier.release, built.latest.release):
        [city] = [row for row in json.loads(release.estimates)["published"]["rows"] if not row["domain"]]
        printed += [cell["value"] for cell in city["cells"] if cell["variable"] == "satisfaction"]
    [told] = [one for one in index["figures"] if not one["domain"]]
    assert abs(float(told["value"]) - 50 * sum(printed)) <= 0.51
    with services.database.reading.begin() as session:
        made = releases.release_summaries(session, built.survey_id, built.latest.release.id, services.settings)
    assert [(one.value, one.interval) for one in made.city.indices] == [(told["value"], told["interval"])]


def test_the_list_of_what_is_put_right_has_rows_in_every_state(services: Services, built: Built) -> None:
    with services.database.reading.begin() as session:
        found = session.scalars(select(Rectification).order_by(Rectification.number)).all()
        entries = session.scalar(select(func.count()).select_from(RectificationEntry))
        session.expunge_all()
        sheets = releases.release_summaries(session, built.survey_id, built.latest.release.id, services.settings)
    assert {one.state for one in found} == set(RectificationState)
    assert entries == sum(one.acts for one in found)
    assert {one.wave_id for one in found} == {built.earlier.asked.wave_id}
    assert any(is_overdue(one, ON) for one in found)
    assert any(is_to_recheck(one, ON) for one in found)
    assert any(one.state is RectificationState.CHECKED and not is_to_recheck(one, ON) for one in found)
    for one in found:
        assert one.evidence["release"] == built.earlier.release.number
        assert one.checked_by_id is None or one.checked_by_id != one.reported_by_id
    told = [item for street in sheets.streets.values() if street.put_right for item in street.put_right.items]
    assert len(told) == sum(one.state is not RectificationState.STRUCK for one in found)
    assert {item.state for item in told} >= {"planned", "under_way", "reported", "returned", "checked", "held"}
    assert any(item.change is not None for item in told)


def test_households_have_agreed_on_times_still_to_come(services: Services, built: Built) -> None:
    now = datetime.combine(ON, time(8), services.settings.zone)
    with services.database.reading.begin() as session:
        told = told_by_wave(session, now)
    [agreed] = told.values()
    assert set(told) == {(built.survey_id, built.open.wave_id)}
    assert min(agreed.today, agreed.tomorrow, agreed.later) >= 1
    assert agreed.next_at is not None
    assert agreed.next_at.astimezone(services.settings.zone).date() == ON


def test_the_pdfs_are_there_and_the_release_can_be_computed_again(services: Services, built: Built) -> None:
    store = files_of(services.settings, services.database)
    with services.database.reading.begin() as session:
        of_release = ReleaseDocument.release_id == built.latest.release.id
        shown = session.scalars(select(ReleaseDocument).where(of_release)).all()
        assert sorted(one.file_name for one in shown) == ["桂花岭社区.pdf", "示范市.pdf"]
        assert all(store.get(one.blob_sha256).startswith(b"%PDF-") for one in shown)
        wave = session.get_one(Wave, (built.survey_id, built.latest.asked.wave_id))
        assert recomputing.recompute(session, built.latest.release, wave).same


def test_the_plan_beside_the_exported_rows_gives_every_figure_of_the_wave(
    services: Services, built: Built, tmp_path: Path
) -> None:
    """Digit for digit what is compared of a release that is computed again: 12 of them, last one up or down."""
    with services.database.reading.begin() as session:
        source = WaveSource(session=session, survey_id=built.survey_id, wave_id=built.latest.asked.wave_id)
        write_export(source, [Format.CSV], tmp_path)
    quarter = built.latest.asked.days.quarter.key
    found = exported_plan.analysed(tmp_path, f"{quarter}.csv")
    own = exported_plan.raw_figures(estimates_of(services, built).raw)
    assert len(own) > 200
    assert exported_plan.differing(own, found) == []


@pytest.mark.parametrize("language", ["R", "py"])
def test_a_script_beside_the_exported_rows_computes_every_figure_of_the_release(
    services: Services, built: Built, tmp_path: Path, language: str
) -> None:
    """Value, standard error and interval to 1e-8, from the columns alone: no figure stands in script or data."""
    if language == "R":
        exported_scripts.skip_without_r()
    with services.database.reading.begin() as session:
        source = WaveSource(session=session, survey_id=built.survey_id, wave_id=built.latest.asked.wave_id)
        write_export(source, [Format.CSV], tmp_path)
    wanted = exported_scripts.of_record(built.latest.release.estimates)
    printed = exported_scripts.run(tmp_path / f"{built.latest.asked.days.quarter.key}.{language}")
    exported_scripts.assert_same(printed, wanted)
    kept = "".join(path.read_text(encoding="utf-8-sig") for path in tmp_path.glob("*.*"))
    figures = [f"{one:.12g}" for line in wanted.values() for one in line[:4] if one not in (None, 0, 1)]
    assert len(figures) > 100
    assert not [one for one in figures if len(one) > 8 and one[:10] in kept]


def test_the_foreign_file_is_understood_but_for_one_word(services: Services, built: Built) -> None:
    wave_key = (built.survey_id, built.open.wave_id)
    with services.database.reading.begin() as session:
        content = foreign_file(session, *wave_key, seed=5, on=ON)
        wave, survey = session.get_one(Wave, wave_key), session.get_one(Survey, built.survey_id)
        held = importing.ground(session, wave, survey.city_id, below([survey.city_id]))
        questionnaire = importing.questionnaire_of(session, wave)
    grid = importing.read("export.csv", content, questionnaire)
    plan = suggest(grid, questionnaire, held.cases)
    assert all(column.sure or column.target is Target.IGNORE for column in plan.columns)
    prepared = prepare(grid, plan, questionnaire, held)
    assert [(problem.kind, problem.row, problem.values["seen"]) for problem in prepared.problems] == [
        (Kind.UNKNOWN_VALUE, ROWS + 1, FOREIGN)
    ]
    assert sum(row.case is not None for row in prepared.rows) == TIED
    assert {one.kind for one in prepared.notices.all()} == {
        *(Read.ENCODING, Notice.FULL_WIDTH, Notice.COLUMNS_LEFT_OUT, Notice.COLUMNS_PERSONAL)
    }


def test_a_database_in_use_is_refused(settings: Settings, database: Database) -> None:
    with database.writing.begin() as session:
        session.add(Area(code="110000000000", name_zh="别人的城市", kind="city"))
    for services in serve(settings, database.url):
        with pytest.raises(ForeignDatabase):
            build(services, SMALL, quietly)


# ------------------------------------------------------------------ the command, on its own SQLite file


def leave(services: Services, built: Built, folder: Path) -> dict[str, bytes]:
    """The city of these tests in a folder as the command would have left it; returns the PDFs by name."""
    folder.mkdir()
    if services.database.is_sqlite:
        source, target = make_url(services.database.url).database, folder / DATABASE
        with closing(sqlite3.connect(str(source))) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
    command.export(services, built, folder)
    command.describe(folder, built, seed=SMALL.seed, on=ON)
    return {path.name: path.read_bytes() for path in (folder / "reports").iterdir()}


def build_in(folder: Path) -> dict[str, bytes]:
    """What the command does, in small; returns the PDFs by name."""
    command.clear(folder)
    with command._services(folder) as services:
        made = build(services, SMALL, quietly)
        command.export(services, made, folder)
        command.describe(folder, made, seed=SMALL.seed, on=ON)
    return {path.name: path.read_bytes() for path in (folder / "reports").iterdir()}


def test_the_same_seed_and_day_give_the_same_bytes(services: Services, built: Built, tmp_path: Path) -> None:
    first = leave(services, built, tmp_path / "one")
    assert set(first) == {"桂花岭社区.pdf", "示范市.pdf"}
    assert build_in(tmp_path / "one") == first  # over the earlier one, with another key and other ids

    described = json.loads((tmp_path / "one" / "demo.json").read_text(encoding="utf-8"))
    assert len(described["resident"]) == 13
    assert all(address.startswith("http://127.0.0.1:8000/a/") for address in described["resident"])
    assert set(described["sign_in"]) == {
        *(role.value for role in Role),
        "interviewer2",
        "interviewer3",
        "keyer2",
        "keyer3",
    }
    assert described["database"] == "survey.db"  # beside the description, wherever the folder is copied to
    assert stands(tmp_path / "one", on=ON)
    assert not stands(tmp_path / "one", on=date(2027, 2, 1))  # its open wave would be closed
    assert not stands(tmp_path / "three", on=ON)
