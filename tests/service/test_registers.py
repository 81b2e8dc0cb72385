"""The register of a city as the database holds it: one statement more for no community, and what old rows become."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import MetaData, Table, Uuid, delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service.areas import queries
from survey_service.areas import service as areas
from survey_service.areas.people_file import Declaration
from survey_service.areas.registers import Unusable, usable
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.migrations import migrate
from survey_service.models import Area, AreaCount, RegisterKind
from tests.architecture.test_tables import empty_database
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases

DAY = date(2025, 12, 31)
GROUPS = ("0-17", "18-59", "60+")
CELLS = {(sex, group): 10 * GROUPS.index(group) + len(sex) for sex in ("male", "female") for group in GROUPS}


def count(
    session: Session,
    area_id: UUID,
    kind: RegisterKind = RegisterKind.USUAL_RESIDENTS,
    as_of: date = DAY,
    source: str = "统计局",
) -> None:
    said = Declaration(as_of=as_of, register=kind, source=source)
    areas.record_population(session, area_id, CELLS, said, at=NOW, by=SERVICE)


def test_all_communities_of_one_day_and_kind_are_a_register(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        for area_id in world.community_ids:
            count(session, area_id)
        count(session, world.street_id, as_of=date(2026, 6, 30))  # a street is no community
        elsewhere = Area(code="990000000000", kind="community", name_zh="别处")
        session.add(elsewhere)
        session.flush()
        count(session, elsewhere.id, RegisterKind.ACTUAL_POPULATION, date(2026, 6, 30))
    statements: list[str] = []

    def listen(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(database.reading_engine, "before_cursor_execute", listen)
    with database.reading.begin() as session:
        register = queries.register_of_city(session, world.city_id, NOW.date())
    event.remove(database.reading_engine, "before_cursor_execute", listen)
    assert sum(one.lstrip().startswith(("SELECT", "WITH")) for one in statements) == 3
    assert register is not None
    assert (register.kind, register.as_of, register.sources) == (RegisterKind.USUAL_RESIDENTS, DAY, ("统计局",))
    assert register.age_groups == GROUPS
    assert register.lower_age == 0
    assert set(register.counts) == {"110101000001", "110101000002"}
    assert register.counts["110101000001"]["18-59", "female"] == CELLS["female", "18-59"]
    assert register.from_age(18).totals() == dict.fromkeys(register.counts, 14 + 16 + 24 + 26)
    assert usable(register, NOW.date()) is None


def test_what_a_city_lacks_is_told(database: Database, world: World) -> None:
    def reason() -> Unusable | None:
        with database.reading.begin() as session:
            return usable(queries.register_of_city(session, world.city_id, NOW.date()), NOW.date())

    first, second = world.community_ids
    assert reason() is Unusable.NONE_IMPORTED
    with database.writing.begin() as session:
        count(session, first, RegisterKind.HOUSEHOLD_REGISTER, date(2024, 12, 31))
    assert reason() is Unusable.HOUSEHOLD_REGISTER
    with database.writing.begin() as session:
        count(session, first)
    assert reason() is Unusable.COMMUNITIES_MISSING
    with database.writing.begin() as session:
        count(session, second, RegisterKind.ACTUAL_POPULATION, date(2026, 3, 31))
    assert reason() is Unusable.MIXED
    with database.writing.begin() as session:
        count(session, first, RegisterKind.ACTUAL_POPULATION, date(2026, 3, 31))
    assert reason() is None


def test_an_area_has_one_kind_and_one_source_for_a_day(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        count(session, world.community_ids[0])
    with pytest.raises(IntegrityError), database.writing.begin() as session:
        session.execute(
            insert(AreaCount).values(
                area_id=world.community_ids[0],
                as_of=DAY,
                register=RegisterKind.HOUSEHOLD_REGISTER,
                source="公安",
            )
        )
    with pytest.raises(IntegrityError), database.writing.begin() as session:  # no cell without what is said of it
        session.execute(
            text(
                "INSERT INTO area_population (area_id, sex, age_group, as_of, persons)"
                " SELECT id, 'male', '18+', :day, 1"
                " FROM area WHERE code = '110101000002'"
            ),
            {"day": DAY.isoformat() if database.is_sqlite else DAY},
        )


def test_adults_are_those_whose_group_begins_at_eighteen(database: Database, world: World) -> None:
    cells = {("male", "5-9"): 1, ("male", "0-4"): 2, ("male", "10-17"): 4, ("male", "18-99"): 8, ("male", "100+"): 16}
    with database.writing.begin() as session:
        said = Declaration(as_of=DAY, register=RegisterKind.USUAL_RESIDENTS, source="x")
        areas.record_population(session, world.community_ids[0], cells, said, at=NOW, by=SERVICE)
        assert queries.adults(session, world.community_ids) == {world.community_ids[0]: 24}


def test_counts_that_were_there_before_the_question_are_undeclared(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = empty_database(backend, tmp_path, request)
    migrate(database, "0018")
    area_id = uuid4()
    held = [(sex, group, number) for number, (sex, group) in enumerate(CELLS)]
    with database.writing_engine.begin() as connection:
        area, people = (Table(name, MetaData(), autoload_with=connection) for name in ("area", "area_population"))
        for table in (area, people):
            for column in table.columns:
                if column.name in ("id", "area_id"):
                    column.type = Uuid()
        connection.execute(
            insert(area), {"id": area_id, "code": "110101000001", "name_zh": "社区", "name_en": "", "kind": "community"}
        )
        connection.execute(
            insert(people),
            [
                {"area_id": area_id, "sex": sex, "age_group": group, "as_of": day, "persons": number, "source": source}
                for day, source in ((DAY, "公安"), (date(2026, 6, 30), "统计局"))
                for sex, group, number in held
            ],
        )
    migrate(database)
    with database.reading.begin() as session:
        assert sorted((one.as_of, one.register, one.source) for one in session.scalars(select(AreaCount))) == [
            (DAY, RegisterKind.UNDECLARED, "公安"),
            (date(2026, 6, 30), RegisterKind.UNDECLARED, "统计局"),
        ]
        kept = [(one.sex, one.age_group, one.persons) for _, one in queries.counts(session, area_id)]
        assert sorted(kept) == sorted(held * 2)
        register = queries.register_of_city(session, area_id, NOW.date())
        assert usable(register, NOW.date()) is Unusable.UNDECLARED
    with pytest.raises(IntegrityError), database.writing.begin() as session:
        session.execute(delete(AreaCount))  # the cells point to it
    database.dispose()
