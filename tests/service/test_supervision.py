"""Whoever supervises an open wave: what is to do, pace, hours, people; call-backs; and no answer told to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import event, select, text, update

from analysis.outcome_codes import OutcomeMode
from analysis.sampling.sample_size import FieldAssumptions, margin_of
from questionnaires.answers import Policy, check_answers
from survey_service import jobs
from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.field import figures_round, supervision
from survey_service.field.interviewer_values import InterviewFigures
from survey_service.field.supervision_queries import Hour
from survey_service.fieldwork import INTERVIEWS_JOB, assignments, call_backs
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import (
    Account,
    CallBack,
    Capture,
    Case,
    FieldFigures,
    Job,
    JobState,
    Mode,
    Response,
    ResponseState,
    Source,
    Visited,
    VisitSource,
    Wave,
)
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter
from tests.security.matrix import lines
from tests.security.test_routes import filled
from tests.service.programs import Program
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_field_pages import plain
from tests.service.world import NOW, QUESTIONNAIRE, World

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL_ALIKE = {"know": "2", "overall": "1", "aspects.parking": "1", "aspects.lanes": "1", "age": "40"}


@pytest.fixture
def services(settings: Settings, database: Database) -> Iterator[Services]:
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=lambda: NOW)
    writer.close()


@pytest.fixture
def here(client: TestClient, world: World) -> str:
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"


def person(database: Database, user: str) -> Actor:
    with database.reading.begin() as session:
        account = session.scalars(select(Account).where(Account.user == user)).one()
        return Actor(account.id, account.name)


def listed(client: TestClient, here: str, asked: str) -> list[str]:
    """Numbers of the cases that a query finds, in the order of the page."""
    return re.findall(r"<a href=\"[^\"]+/cases/[^\"]+\">([^<]+)</a>", get(client, f"{here}/cases?{asked}"))


def more_cases(database: Database, world: World, count: int) -> None:
    """Further households of the first community, all in one grid."""
    with database.writing.begin() as session:
        model = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        names = ("survey_id", "wave_id", "area_id", "stages", "inclusion_probability", "first_mode")
        same = {name: getattr(model, name) for name in names}
        for serial in range(count):
            case = Case(**same, number=f"8{serial:03d}", stratum="grid 8", psu=f"8{serial:03d}")
            session.add(case)
            session.flush()
            world.case_ids.append(case.id)
            world.case_numbers.append(case.number)


def asked(
    database: Database,
    world: World,
    keys: KeyRing,
    place: int,
    answers: Mapping[str, object] | None = None,
    *,
    by: Actor | None = None,
    seconds: int = 600,
) -> None:
    """An interview of ``by``; of nobody: the household's own phone."""
    checked = check_answers(QUESTIONNAIRE, answers or ALL_ALIKE, Policy.WEB)
    assert checked.accepted, checked.findings
    incoming = IncomingCapture(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=world.community_ids[0] if place < 6 or place >= 12 else world.community_ids[1],
        case_id=world.case_ids[place],
        mode=Mode.WEB_INVITED if by is None else Mode.FACE_TO_FACE,
        source=Source.WEB if by is None else Source.DEVICE,
        client_id=f"test-client-{place}",
        questionnaire_version_id=world.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=NOW - timedelta(hours=1),
        by=by or SERVICE,
        paradata={"seconds": seconds},
    )
    with database.writing.begin() as session:
        record(session, incoming, keys=keys)


def computed(services: Services, world: World) -> InterviewFigures:
    with services.database.writing.begin() as session:
        figures_round.ask(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        job_id = session.scalars(select(Job.id).where(Job.kind == INTERVIEWS_JOB, Job.state == JobState.WAITING)).one()
    assert jobs.work(services, world.survey_id, job_id) is JobState.DONE
    with services.database.reading.begin() as session:
        return InterviewFigures.of(session.get_one(FieldFigures, (world.survey_id, world.wave_id)).figures)


@pytest.mark.both_databases
def test_what_is_to_do_stands_first_and_leads_to_the_households(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    interviewer = person(database, "interviewer")
    long_ago = NOW - timedelta(days=8)
    with database.writing.begin() as session:
        given = dict.fromkeys(world.case_ids[:4], interviewer.account_id)
        assignments.assign(session, world.survey_id, world.wave_id, given, at=long_ago, by=SERVICE)  # type: ignore[arg-type]
        visits = [
            # Agreed on yesterday, and nobody went.
            NewVisit(
                case_id=world.case_ids[0],
                code="2.25",
                mode=OutcomeMode.IN_PERSON,
                at=NOW - timedelta(days=2),
                appointment_at=NOW - timedelta(days=1),
            ),
            # Agreed on yesterday, and somebody went.
            NewVisit(
                case_id=world.case_ids[1],
                code="2.25",
                mode=OutcomeMode.IN_PERSON,
                at=NOW - timedelta(days=2),
                appointment_at=NOW - timedelta(days=1),
            ),
            NewVisit(case_id=world.case_ids[1], code="2.24", mode=OutcomeMode.IN_PERSON, at=NOW - timedelta(hours=20)),
            NewVisit(case_id=world.case_ids[2], code="3.10", mode=OutcomeMode.IN_PERSON, at=NOW - timedelta(days=7)),
        ]
        note_visits(session, world.survey_id, visits, Told(VisitSource.DOOR, NOW, interviewer))
    page = get(client, f"{here}/supervision")
    told = plain(page)
    # One agreed on yesterday; the third was visited a week ago, the fourth was given eight days ago and never visited.
    assert "该去没去 3 户" in told
    assert "约的时间已过 1 户" in told
    assert "没有约，7 天以上没人去 2 户" in told
    assert f"{interviewer.name} 3 户，最久的晚了 1 天" in told
    assert "还没有分给人的 8 户" in told
    assert told.index("要办的事") < told.index("该去没去") < told.index("还没有分给人的") < told.index("进度")
    assert listed(client, here, "quiet=late") == [world.case_numbers[0]]
    assert listed(client, here, "quiet=quiet") == [world.case_numbers[3], world.case_numbers[2]]
    # The longest in front: what was given eight days ago was due a day before now, and so was the appointment.
    every = [world.case_numbers[0], world.case_numbers[3], world.case_numbers[2]]
    assert listed(client, here, "quiet=overdue") == every
    assert listed(client, here, f"quiet=overdue&who={interviewer.account_id}") == every
    assert listed(client, here, f"quiet=overdue&after={every[0]}") == every[1:]
    page = plain(get(client, f"{here}/cases?quiet=overdue"))
    assert "该去没去 3 户，晚得最久的在前" in page
    assert "约在 9月17日" in page
    book = load_workbook(BytesIO(client.get(f"{here}/cases.xlsx?quiet=overdue").content)).active
    cells = [tuple(cell.value for cell in row) for row in book.iter_rows(min_row=2)]
    assert [row[0] for row in cells] == every
    assert [row[10] for row in cells] == [1, 1, 0]
    assert [row[9] is not None for row in cells] == [True, False, False]
    # The same name and count on the page after signing in, on the wave's, and in English.
    wave = here.removesuffix("/field")
    for address in ("/surveys", wave):
        first = get(client, address)
        assert "该去没去 3 户" in plain(first)
        assert f'href="{here}/cases?quiet=overdue"' in first
    assert "Overdue: 3 households" in plain(get(client, f"{wave}?lang=en"))


def test_pace_and_hours_by_hand() -> None:
    days = supervision.Days(opens_on=date(2026, 9, 1), closes_on=date(2026, 9, 30), today=date(2026, 9, 10))
    assert (days.length, days.gone, days.left) == (30, 10, 20)
    # Saturday 12 September 19:30 and Thursday 10 September 9:00 in Shanghai.
    saturday, thursday = datetime(2026, 9, 12, 11, tzinfo=UTC), datetime(2026, 9, 10, 1, tzinfo=UTC)
    visits = [
        Hour(saturday, "2.111", OutcomeMode.IN_PERSON, 3),
        Hour(thursday, "2.24", OutcomeMode.IN_PERSON, 5),
        Hour(thursday, "2.25", OutcomeMode.IN_PERSON, 1),
    ]
    parts = {one.name.en: one for one in supervision.by_part(visits, SHANGHAI)}
    evening, morning = parts["evening (18–22)"], parts["morning (8–12)"]
    assert (evening.week, evening.weekend, evening.met_share) == (0, 3, 1.0)
    assert (morning.week, morning.weekend, morning.met) == (6, 0, 1)
    assert supervision.off_hours(list(parts.values())) == pytest.approx(3 / 9)
    completed = [Hour(thursday - timedelta(days=2), None, None, 4), Hour(thursday, None, None, 6)]
    assert supervision.margin_of(400, 1.4) == pytest.approx(margin_of(400, field=FieldAssumptions(design_effect=1.4)))
    lines_ = supervision.by_day(completed, visits, days, SHANGHAI)
    assert [(one.on.day, one.completed, one.in_all) for one in lines_[-3:]] == [(8, 4, 4), (9, 0, 4), (10, 6, 10)]
    drawn = supervision.curve(lines_, days, expected=40)
    # Day 10 of 30 at 10 of 40: a third across, a quarter up.
    assert drawn.line.endswith("L200.0 120.0")
    assert drawn.even == "M0.0 160.0L600.0 0.0"


@pytest.mark.both_databases
def test_an_interviewer_who_makes_answers_up_is_a_reason_to_ask(
    client: TestClient, here: str, database: Database, world: World, services: Services
) -> None:
    more_cases(database, world, 28)
    honest, other = person(database, "keyer"), person(database, "interviewer")
    for place in range(12, 40):
        if place < 24:  # all alike, in two minutes
            asked(database, world, services.keys, place, by=other, seconds=120)
            continue
        given = {**ALL_ALIKE, "overall": "123"[place % 3], "aspects.lanes": "31"[place % 2], "age": f"{20 + place}"}
        if place % 4 == 0:
            del given["aspects.parking"]
        asked(database, world, services.keys, place, given, by=honest, seconds=600)
    found = computed(services, world)
    made_up, real = found.people[other.account_id], found.people[honest.account_id]  # type: ignore[index]
    assert (made_up.interviews, made_up.seconds, made_up.short, made_up.alike) == (12, 120, 12, 12)
    assert found.odd(made_up) == {"short", "alike", "distance"}
    # Of 5 questions each asked of 16 four are left out: aspects.parking of every fourth.
    assert (real.interviews, real.lost, real.short, real.alike) == (16, 4, 0, 0)
    assert found.whole.interviews == 28
    page = plain(get(client, f"{here}/supervision"))
    assert re.search(r"访问有疑点，先问清楚：\S+", page)
    assert "12&nbsp;!" in page
    with database.reading.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        assert not figures_round.is_stale(session, wave, NOW + timedelta(hours=1))
    asked(database, world, services.keys, 0, by=honest)
    with database.reading.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        assert figures_round.is_stale(session, wave, NOW + timedelta(hours=1))
        assert not figures_round.is_stale(session, wave, NOW + timedelta(minutes=5))


# ------------------------------------------------------------------ call-backs


def test_a_tenth_of_everybody_and_at_least_one_is_drawn_and_stays() -> None:
    one, two = UUID(int=1), UUID(int=2)
    cases = [UUID(int=place) for place in range(100, 125)]
    first = call_backs.choose({one: cases, two: cases[:2]}, {}, seed=5)
    assert [list(first.values()).count(who) for who in (one, two)] == [3, 1]
    assert first == call_backs.choose({two: cases[:2], one: cases[::-1]}, {}, seed=5)
    assert first != call_backs.choose({one: cases, two: cases[:2]}, {}, seed=6)
    drawn = {one: {case for case, who in first.items() if who == one}}
    assert call_backs.choose({one: cases}, drawn, seed=7) == {}
    assert len(call_backs.choose({one: [*cases, *(UUID(int=p) for p in range(200, 210))]}, drawn, seed=7)) == 1


@pytest.mark.both_databases
def test_what_a_call_back_found_is_noted_once_and_counted(
    client: TestClient, here: str, database: Database, world: World, services: Services
) -> None:
    interviewer = person(database, "interviewer")
    for place in range(4):
        asked(database, world, services.keys, place, by=interviewer, seconds=180)
    assert "再抽 1 户" in get(client, f"{here}/call-backs")
    token = csrf(get(client, f"{here}/call-backs"))
    client.post(f"{here}/call-backs", data={"csrf": token})
    with database.reading.begin() as session:
        case_id, seed = session.execute(select(CallBack.case_id, CallBack.seed)).one()
    again = call_backs.choose({interviewer.account_id: world.case_ids[:4]}, {}, seed)  # type: ignore[dict-item]
    assert list(again) == [case_id]
    one = f"{here}/call-backs/{case_id}"
    assert "手机上记的是 3 分钟" in get(client, one)
    answered = call_backs.Answered(visited=Visited.CAME, right_person=True, minutes=None)
    with database.writing.begin() as session, pytest.raises(call_backs.OwnInterview):
        call_backs.note(session, world.survey_id, case_id, answered, at=NOW, by=interviewer)
    for wrong in ({}, {"visited": "came", "minutes": "about ten"}, {"visited": "came", "minutes": "601"}):
        refused = client.post(one, data={"csrf": token, **wrong}, headers=HTML)
        assert (refused.status_code, "先选有没有人来问过" in refused.text) == (422, True)
    client.post(one, data={"csrf": token, "visited": "nobody_came", "right": "yes", "minutes": "9"})
    with database.reading.begin() as session:
        noted = session.scalars(select(CallBack)).one()
        # Where nobody came, nothing else can be said.
        assert (noted.visited, noted.right_person, noted.minutes) == (Visited.NOBODY_CAME, None, None)
    assert client.post(one, data={"csrf": token, "visited": "came"}, headers=HTML).status_code == 409
    page = plain(get(client, f"{here}/supervision"))
    assert "回访发现问题：" in page
    assert "1 / 1 没人来 1&nbsp;!" in page
    client.post(f"{one}/take-back", data={"csrf": token})
    assert "等着回访的 1 户" in plain(get(client, f"{here}/supervision"))


# ------------------------------------------------------------------ nobody is told how anybody answered

VERDICTS = ("未达标", "尚不能判定", "达标", "not reached", "cannot tell", "95% 区间")
MIRRORED = {"1": "3", "3": "1", "2": "2"}


def test_no_page_of_an_open_wave_changes_when_every_answer_is_turned_round(
    client: TestClient, here: str, database: Database, world: World, services: Services
) -> None:
    """Satisfied and dissatisfied change places in every stored answer: whoever reads the pages cannot tell."""
    more_cases(database, world, 28)
    interviewer = person(database, "interviewer")
    for place in range(12, 40):
        given = {**ALL_ALIKE, "overall": "113"[place % 3], "aspects.lanes": "31"[place % 2], "age": f"{20 + place}"}
        asked(database, world, services.keys, place, given, by=interviewer if place < 30 else None)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(targets={"satisfaction": {"value": 0.5, "sense": "at_least"}}))
    computed(services, world)
    before = walked(client, database, world)
    assert len(before) > 25
    assert any("距离" in page for page in before.values())
    with database.writing.begin() as session:
        triggers = select(text("name")).select_from(text("sqlite_master")).where(text("type = 'trigger'"))
        for name in session.scalars(triggers).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        for capture_id, stored in session.execute(text("SELECT id, answers FROM capture")).all():
            turned = re.sub(
                r'"(overall|aspects\.\w+)":"([123])"', lambda hit: f'"{hit[1]}":"{MIRRORED[hit[2]]}"', stored
            )
            session.execute(text("UPDATE capture SET answers = :a WHERE id = :i"), {"a": turned, "i": capture_id})
    computed(services, world)
    after = walked(client, database, world)
    assert {path for path in before if before[path] != after[path]} == set()


def walked(client: TestClient, database: Database, world: World) -> dict[str, str]:
    """Every page and address of the API of this wave that a manager or a statistician may ask for."""
    found: dict[str, str] = {}
    begins = ("/surveys/{survey_key}/waves/{wave_key}", "/api/v1/surveys/{survey_key}/waves/{wave_key}")
    for user in ("manager", "statistician"):
        sign_in(client, user)
        program = Program(client, database, user)
        for method, path in lines():
            if method != "GET" or not path.startswith(begins) or "draft" in path or "{serial}" in path:
                continue
            headers = program.headers if path.startswith("/api") else HTML
            reply = client.get(filled(path, world), headers=headers)
            if reply.status_code == 200 and "pdf" not in reply.headers["content-type"]:
                page = reply.text if reply.headers["content-type"].startswith(("text", "application/json")) else ""
                assert not [word for word in VERDICTS if word in plain(page)], path
                page = re.sub(r'(csrf|visit|content)" ?[a-z]*="[^"]+"', "", page)
                page = re.sub(r'name="(csrf|visit)" value="[^"]+"', "", page)
                found[f"{user} {path}"] = page
        client.cookies.clear()
    return found


@pytest.mark.both_databases
def test_households_with_a_mark_are_listed_from_the_marks_page(
    client: TestClient, here: str, database: Database, world: World, services: Services
) -> None:
    """The first two gave the very same answers on their phones, the third in no time, the fourth as people do."""
    asked(database, world, services.keys, 0)
    asked(database, world, services.keys, 1)
    asked(database, world, services.keys, 2, {**ALL_ALIKE, "age": "41"})
    asked(database, world, services.keys, 3, {**ALL_ALIKE, "age": "42"})
    with database.writing.begin() as session:
        session.execute(text(UNGUARDED if database.is_sqlite else "ALTER TABLE capture DISABLE TRIGGER USER"))
        ids = select(Response.current_capture_id).where(Response.case_id == world.case_ids[2])
        session.execute(
            update(Capture).where(Capture.id.in_(ids)).values(paradata={"seconds": 2, "fast": True}),
            execution_options={"synchronize_session": False},
        )

    def listed(mark: str) -> list[str]:
        return re.findall(r"/cases/[^\"]+\">([^<]+)</a>", get(client, f"{here}/cases?mark={mark}"))

    assert listed("alike") == world.case_numbers[:2]
    assert listed("fast") == [world.case_numbers[2]]
    assert listed("any") == world.case_numbers[:3]
    assert listed("straight") == listed("bursts") == []
    page = get(client, here.replace("/field", "/marks"))
    assert f'href="{here}/cases?mark=any"' in page
    assert f'href="{here}/cases?area=110101000001&amp;mark=alike"' in page


UNGUARDED = "DROP TRIGGER refuse_update_capture"


def test_the_page_asks_as_often_for_many_households_as_for_few(
    client: TestClient, here: str, database: Database, world: World, services: Services
) -> None:
    asked(database, world, services.keys, 0, by=person(database, "interviewer"))

    def statements() -> int:
        heard: list[str] = []

        def hear(*arguments: object) -> None:
            heard.append(str(arguments[2]))

        event.listen(database.reading_engine, "before_cursor_execute", hear)
        get(client, f"{here}/supervision")
        event.remove(database.reading_engine, "before_cursor_execute", hear)
        return len(heard)

    statements()
    few = statements()
    more_cases(database, world, 30)
    for place in range(12, 30):
        asked(database, world, services.keys, place, by=person(database, "interviewer" if place % 2 else "keyer"))
    computed(services, world)
    assert statements() <= few
