"""Settings that were mistyped are refused with the nearest name, wrong values in words, weak keys for what they are."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from survey_service import installation
from survey_service.database import open_database
from survey_service.environment import expected, misspelt, names, read_settings
from survey_service.installation import Refused
from survey_service.migrations import migrate
from survey_service.secrets import KeyRing, weakness
from survey_service.settings import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SURVEY_PUBLIC_ULR", "SURVEY_PUBLIC_URL"),
        ("SURVEY_TRUSTED_PROXY", "SURVEY_TRUSTED_PROXIES"),
        ("SURVEY_DATABASE", "SURVEY_DATABASE_URL"),
        ("SURVEY_DATADIR", "SURVEY_DATA_DIR"),
        ("survey_city_nmae", "SURVEY_CITY_NAME"),
        ("SURVEY_SECOND_FACTOR", "SURVEY_OIDC_SECOND_FACTOR"),
        ("SURVY_PUBLIC_URL", "SURVEY_PUBLIC_URL"),  # the prefix is a part of the name that can be mistyped
        ("SURVEYS_DATA_DIR", "SURVEY_DATA_DIR"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(typed: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(typed, "x")
    with pytest.raises(Refused) as refused:
        read_settings()
    assert f"{typed}：没有这一项设置。是不是 {meant}？" in str(refused.value)
    assert f"{typed}: there is no such setting. Is {meant} meant?" in str(refused.value)


def test_a_name_near_to_nothing_is_refused_and_a_strangers_left_alone() -> None:
    [wrong] = misspelt({"SURVEY_XQJ": "1"})
    assert "请删去" in wrong.zh
    strangers = {
        "SURVIVAL_DIR": "1",
        "PATH": "/bin",
        "DATA_DIR": "/data",
        # What an orchestrator sets by itself where the service is called "survey".
        "SURVEY_SERVICE_HOST": "10.0.0.1",
        "SURVEY_PORT_8000_TCP_ADDR": "10.0.0.1",
    }
    assert list(misspelt(strangers)) == []
    assert list(misspelt({name.lower(): "" for name in names()})) == [], "names are read in small letters too"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SURVEY_SESSION_HOURS", "zwölf", "写的是“zwölf”，应为不小于 1 的整数。"),
        ("SURVEY_SESSION_HOURS", "0", "写的是“0”，应为不小于 1 的整数。"),
        ("SURVEY_SESSION_HOURS", "", "是空的，应为不小于 1 的整数。"),
        ("SURVEY_KEYING_VERIFICATION_SHARE", "20%", "应为 0 到 1 之间的数字"),
        ("SURVEY_KEYING_ADJUDICATOR", "first", "应为 third 或 second"),
        ("SURVEY_SECOND_FACTOR_REQUIRED", " , ", "是空的。一个角色都不要求，写 nobody"),
        ("SURVEY_SECOND_FACTOR_REQUIRED", "perhaps", "没有“perhaps”这个角色"),
        ("SURVEY_TRUSTED_PROXIES", "127.0.0.1; 10.0.0.1", "用逗号分开"),
        ("SURVEY_TIME_ZONE", "Asia/Shanghi", "不是时区的名字"),
        ("SURVEY_TIME_ZONE", "UTC+8", "Asia/Shanghai"),
        ("SURVEY_TIME_ZONE", "../etc/passwd", "Asia/Shanghai"),
        ("SURVEY_PUBLIC_URL", "survey.example.gov.cn", "不是居民能直接打开的网址"),
        ("SURVEY_PUBLIC_URL", "https://survey.example.gov.cn/diaocha", "后面不带路径"),
        ("SURVEY_PUBLIC_URL", "https：//survey.example.gov.cn", "不是居民能直接打开的网址"),
        ("SURVEY_PUBLIC_URL", "https://a:99999", "不是居民能直接打开的网址"),
        ("SURVEY_DATABASE_URL", "postgres://survey@localhost/survey", "postgresql+psycopg://"),
        ("SURVEY_DATABASE_URL", "mysql://survey@localhost/survey", "不认识"),
        ("SURVEY_CONTACT_KEY", "a word", "44 个字符"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_words(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as refused:
        read_settings()
    told = str(refused.value)
    assert words in told
    assert f"{name}：" in told
    assert f"{name}: " in told
    assert "docs/settings.md" in told
    for report in ("pydantic", "validation error", "input_value", "Traceback", "type="):
        assert report not in told


def test_all_that_is_wrong_is_told_at_once_and_nothing_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_CONTACT_KEY", "hidden-word")
    monkeypatch.setenv("SURVEY_DATABASE_URL", "postgres://clerk:hidden-word@db/city")
    monkeypatch.setenv("SURVEY_QUEUE_SIZE", "many")
    monkeypatch.setenv("SURVEY_CITY_NAMES", "江城市")
    with pytest.raises(Refused) as refused:
        read_settings()
    for name in ("CONTACT_KEY", "QUEUE_SIZE", "CITY_NAMES"):
        assert f"SURVEY_{name}" in str(refused.value)
    monkeypatch.delenv("SURVEY_CONTACT_KEY")
    monkeypatch.delenv("SURVEY_QUEUE_SIZE")
    with pytest.raises(Refused) as database:
        read_settings()
    assert "SURVEY_DATABASE_URL" in str(database.value)
    assert "hidden-word" not in str(refused.value) + str(database.value)


def test_whatever_the_type_of_a_setting_there_are_words_for_it() -> None:
    for field in Settings.model_fields:
        zh, en = expected(field)
        assert zh
        assert en
    assert expected("keying_error_limit") == ("不小于 0 的数字", "a number of at least 0")


def test_what_is_right_is_read_and_an_address_loses_its_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://survey.example.gov.cn:8443/")
    monkeypatch.setenv("SURVEY_CONTACT_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("survey_city_name", "江城市")
    assert read_settings().public_url == "https://survey.example.gov.cn:8443"
    assert read_settings().city_name == "江城市"


@pytest.mark.parametrize(
    ("typed", "opened"),
    [
        ("https://10.1.2.3:443", "https://10.1.2.3"),
        ("http://survey.example:80/", "http://survey.example"),
        ("https://survey.example:80", "https://survey.example:80"),
    ],
)
def test_a_port_that_browsers_leave_out_is_left_out(monkeypatch: pytest.MonkeyPatch, typed: str, opened: str) -> None:
    """Host would be without it, and every request would be one to a foreign host."""
    monkeypatch.setenv("SURVEY_PUBLIC_URL", typed)
    assert read_settings().public_url == opened


def test_every_command_refuses_them_in_words(tmp_path: Path) -> None:
    """Also those that had no words for it: a library's report, line upon line, held the values."""
    program = "from survey_service.commands import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "demo", "--out", str(tmp_path / "d")],
        env={**os.environ, "SURVEY_SESSION_HOURS": "twelve", "SURVEY_CITYNAME": "江城市"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "SURVEY_CITYNAME：没有这一项设置。是不是 SURVEY_CITY_NAME？" in ended.stderr
    assert "写的是“twelve”" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "d").exists()


# ------------------------------------------------------------------ weak keys

WEAK = [
    "short",
    "a" * 64,
    "0123456789abcdef" * 4,
    "abcdefghijklmnopqrstuvwxyz012345",
    "9876543210zyxwvutsrqponmlkjihgfedcba",
    "12341234123412341234123412341234123",
    "changeme-changeme-changeme-changeme-1",
    "this-is-my-secret-key-for-the-service",
    "the output of openssl rand -hex 32",
    "请在这里填写密钥" * 4,
]


@pytest.mark.parametrize("key", WEAK)
def test_a_key_that_can_be_guessed_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"SURVEY_SECRET_KEY(?s:.*)openssl rand") as refused:
        installation.check_database(Settings(data_dir=tmp_path, secret_key=key), create=True)
    assert len(key) < 10 or key not in str(refused.value)


def test_keys_as_they_are_drawn_are_taken() -> None:
    drawn = [secrets.token_hex(32) for _ in range(300)] + [secrets.token_urlsafe(32) for _ in range(300)]
    assert [key for key in drawn if weakness(key)] == []


def test_a_survey_that_began_with_a_weak_key_goes_on(tmp_path: Path) -> None:
    """Its letters are out: another key would fit none of them. `doctor` tells it."""
    weak = "a" * 40
    settings = Settings(data_dir=tmp_path, secret_key=weak)
    opened = open_database(settings.resolved_database_url)
    migrate(opened)
    installation.settle(settings, opened, KeyRing(weak), at=datetime(2026, 9, 1, tzinfo=UTC))
    opened.dispose()
    installation.check_database(settings, create=False)
    with pytest.raises(Refused, match="again and again"):
        installation.check_database(Settings(data_dir=tmp_path, secret_key="b" * 40), create=False)
