"""The doctor says what is wrong before a resident finds it, with the way out, and changes nothing."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from survey_service import installation
from survey_service.commands import app as commands
from survey_service.commands import doctor_work
from survey_service.database import Database
from survey_service.doctor import of_the_machine, of_the_survey, rounds
from survey_service.doctor.findings import Finding, Mark
from survey_service.environment import names
from survey_service.models import Job, JobState
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings
from tests.service.world import NOW, World

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def begun(database: Database, settings: Settings, world: World) -> Settings:
    """An installation as it should be."""
    keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
    installation.settle(settings, database, keys, at=NOW)
    return settings.model_copy(
        update={"public_url": "https://survey.example.gov.cn", "trusted_proxies": "127.0.0.1", "contact_readers": ""}
    )


def marks(found: list[Finding]) -> dict[str, Mark]:
    worst: dict[str, Mark] = {}
    for one in found:
        worst[one.check] = max(worst.get(one.check, Mark.WELL), one.mark, key=list(Mark).index)
    return worst


def test_all_is_well_where_all_is_well(begun: Settings, database: Database) -> None:
    found = marks(rounds.examine(begun, at=NOW + timedelta(hours=1)))
    # The server's own clock goes on while the small city stands in September.
    wrong = {check for check, mark in found.items() if mark is Mark.WRONG}
    assert wrong <= (set() if database.is_sqlite else {"clock"})
    for check in ("settings", "key", "proxy", "zone", "fonts", "database"):
        assert found[check] is Mark.WELL, check
    assert ("backup" in found) is not database.is_sqlite


@pytest.mark.parametrize(
    ("changed", "check", "mark"),
    [
        ({"trusted_proxies": "0.0.0.0/0"}, "proxy", Mark.WRONG),
        ({"trusted_proxies": "::/0"}, "proxy", Mark.WRONG),
        ({"trusted_proxies": ""}, "proxy", Mark.CARE),
        ({"public_url": "http://survey.example.gov.cn"}, "proxy", Mark.WRONG),
        ({"public_url": "http://127.0.0.1:8000"}, "proxy", Mark.CARE),
        ({"second_factor_required": "nobody"}, "second_factor", Mark.CARE),
        ({"contact_readers": "no.body"}, "contacts", Mark.CARE),
        ({"export_text_readers": "no.body"}, "exports", Mark.CARE),
        ({"font_regular": Path("no-such.ttf")}, "fonts", Mark.WRONG),
        ({"database_url": "sqlite:///no-such.db"}, "database", Mark.WRONG),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else None,
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_wrong_with_settings_is_told_with_the_way_out(
    begun: Settings, changed: dict[str, Any], check: str, mark: Mark
) -> None:
    found = rounds.examine(begun.model_copy(update=changed), at=NOW + timedelta(hours=1))
    assert marks(found)[check] is mark
    for one in found:
        assert bool(one.way_zh) is bool(one.way_en)
        if one.mark is not Mark.WELL:
            assert one.way_zh, one


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_keys_that_several_machines_need_are_named(settings: Settings, database: Database) -> None:
    bare = settings.model_copy(update={"secret_key": SecretStr(""), "contact_key": SecretStr("k" * 40)})
    found = {one.check: one for one in of_the_survey.several_machines(bare, database)}
    assert found["files"].mark is Mark.CARE
    assert "SURVEY_SECRET_KEY" in found["files"].zh
    assert "SURVEY_CONTACT_KEY" not in found["files"].zh
    given = bare.model_copy(update={"secret_key": SecretStr("s" * 40)})
    found = {one.check: one for one in of_the_survey.several_machines(given, database)}
    assert found["files"].mark is Mark.WELL


def test_a_clock_that_stepped_back_is_told(begun: Settings, database: Database) -> None:
    [back] = of_the_survey.clock(database, NOW - timedelta(days=400))
    assert back.mark is Mark.WRONG
    with database.reading.begin() as session:
        server = NOW if database.is_sqlite else session.scalar(select(func.clock_timestamp()))
    assert server is not None
    if server < NOW:
        pytest.skip("this machine's clock stands before the small city's day")
    [right] = of_the_survey.clock(database, server + timedelta(seconds=30))
    assert right.mark is Mark.WELL
    if not database.is_sqlite:
        [apart] = of_the_survey.clock(database, server + timedelta(hours=1))
        assert "两分钟" in apart.zh


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_jobs_that_nobody_does_are_told(begun: Settings, database: Database, world: World) -> None:
    job = {"survey_id": world.survey_id, "kind": "release", "created_at": NOW}
    with database.writing.begin() as session:
        session.execute(insert(Job).values(**job))

    def mark(after: timedelta) -> Mark:
        [found] = of_the_survey.background(database, NOW + after)
        return found.mark

    assert mark(timedelta(minutes=9)) is Mark.WELL
    assert mark(timedelta(minutes=11)) is Mark.CARE
    with database.writing.begin() as session:
        held = {"state": JobState.RUNNING, "lease_until": NOW + timedelta(minutes=12)}
        session.execute(insert(Job).values(**job, **held))
    assert mark(timedelta(minutes=11)) is Mark.WELL, "another is being done first"
    assert mark(timedelta(minutes=13)) is Mark.CARE, "its worker is dead too"


def test_open_files_weak_keys_and_full_disks_are_told(begun: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (begun.data_dir / "installation.json").chmod(0o644)
    [modes] = of_the_machine.modes(begun)
    assert modes.mark is Mark.CARE
    assert "别人也能看" in modes.zh
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    [modes] = of_the_machine.modes(begun)
    assert modes.mark is Mark.WRONG
    [weak] = of_the_machine.key(begun.model_copy(update={"secret_key": Settings(secret_key="a" * 40).secret_key}))
    assert weak.mark is Mark.WRONG
    assert "aaaa" not in weak.zh + weak.en
    for free, mark in ((10**6, Mark.WRONG), (5 * 10**8, Mark.CARE), (10**12, Mark.WELL)):
        monkeypatch.setattr(of_the_machine.shutil, "disk_usage", lambda _, free=free: Usage(10**12, 0, free))
        assert {one.mark for one in of_the_machine.disks(begun) if one.check == "disk"} == {mark}
    monkeypatch.setattr(of_the_machine, "_kind_of_disk", lambda _: "nfs4")
    assert any(one.mark is Mark.WRONG and "nfs4" in one.en for one in of_the_machine.disks(begun))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_at_the_start_it_goes_into_the_log_and_a_check_that_fails_stops_nothing(
    begun: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> list[Finding]:
        raise ValueError("王女士 13800000000")

    monkeypatch.setattr(of_the_survey, "clock", failing)
    with structlog.testing.capture_logs() as told:
        rounds.at_the_start(begun.model_copy(update={"trusted_proxies": "0.0.0.0/0"}), database, at=NOW)
    assert {line["check"]: line["log_level"] for line in told}["proxy"] == "error"
    assert "clock" in {line["check"] for line in told}
    assert "13800000000" not in str(told)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_command_speaks_both_languages_and_changes_nothing(
    begun: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEY", begun.secret_key.get_secret_value())
    monkeypatch.setattr(doctor_work, "system_clock", lambda: NOW + timedelta(hours=1))
    place = ["doctor", "--data-dir", str(begun.data_dir), "--database", begun.database_url]
    (begun.data_dir / "installation.json").chmod(0o644)
    before = {path: path.stat().st_mode for path in begun.data_dir.rglob("*")}
    spoken = CliRunner().invoke(commands, place)
    assert spoken.exit_code == 0, spoken.output
    assert "✓ 数据库完好" in spoken.output
    assert "! " in spoken.output
    assert "  → " in spoken.output
    english = CliRunner().invoke(commands, [*place, "--language", "en"])
    assert "✓ the database is sound" in english.output
    assert not [one for one in english.output if "一" <= one <= "鿿"]
    plain = json.loads(CliRunner().invoke(commands, [*place, "--format", "json"]).output)
    assert {one["state"] for one in plain["findings"]} == {"well", "care"}
    assert {path: path.stat().st_mode for path in begun.data_dir.rglob("*")} == before
    monkeypatch.setenv("SURVEY_TRUSTED_PROXY", "127.0.0.1")
    wrong = CliRunner().invoke(commands, place)
    assert wrong.exit_code == 1
    assert "✕ SURVEY_TRUSTED_PROXY：没有这一项设置。是不是 SURVEY_TRUSTED_PROXIES？" in wrong.output
