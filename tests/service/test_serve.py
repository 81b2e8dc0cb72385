"""``serve`` refuses what would lose or expose a survey, and says what to do instead."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from survey_service import installation, private
from survey_service.commands.certificate import certificate_of
from survey_service.commands.serve import Demonstration
from survey_service.database import open_database
from survey_service.installation import Refused
from survey_service.migrations import migrate
from survey_service.secrets import KeyRing, load_or_make_key
from survey_service.settings import Settings
from tests.conftest import free_port

# The package's own ``serve`` is the function.
command: Any = sys.modules["survey_service.commands.serve"]


@pytest.fixture(scope="module")
def empty_survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("serve") / "empty.db"
    opened = open_database(f"sqlite:///{path}")
    migrate(opened)
    opened.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def survey(empty_survey: Path, tmp_path: Path) -> Path:
    path = tmp_path / "city.db"
    shutil.copyfile(empty_survey, path)
    return path


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SURVEY_{name.upper()}", raising=False)


def settings_for(**arguments: Any) -> Settings:
    chosen: dict[str, Any] = {
        "database": None,
        "host": "127.0.0.1",
        "port": 8000,
        "shown": None,
        "without_https": False,
    }
    return command.settings_for(**(chosen | arguments))


# ------------------------------------------------------------------ who can reach it


def test_on_loopback_the_address_follows_the_port_and_demonstration_passwords_work() -> None:
    settings = settings_for(port=8123)
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.public_host == "127.0.0.1:8123"
    assert settings.demonstration


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_other_machines_are_not_served_over_plain_http_unless_told(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="without encryption"):
        settings_for(host=host)
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "http://diaocha.example")
    with pytest.raises(Refused, match="without encryption"):
        settings_for(host=host)
    assert not settings_for(host=host, without_https=True).demonstration
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://diaocha.example")
    assert not settings_for(host=host).demonstration


def test_behind_a_proxy_demonstration_passwords_do_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound to loopback, and yet everybody reaches it."""
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://diaocha.example")
    assert not settings_for(host="127.0.0.1").demonstration


def test_every_address_is_no_address_to_print() -> None:
    with pytest.raises(Refused, match="SURVEY_PUBLIC_URL"):
        settings_for(host="0.0.0.0", without_https=True)


def test_files_and_key_lie_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_for(database=str(tmp_path / "x" / "city.db")).data_dir == tmp_path / "x"
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "y"))
    assert settings_for(database=str(tmp_path / "x" / "city.db")).data_dir == tmp_path / "y"


# ------------------------------------------------------------------ the database


def check(path: Path, *, create: bool = False) -> None:
    settings = Settings(database_url=f"sqlite:///{path}", data_dir=path.parent)
    installation.check_database(settings, create=create)


def test_a_survey_database_is_taken(survey: Path) -> None:
    check(survey)


def test_a_missing_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="--create"):
        check(tmp_path / "moved.db")
    check(tmp_path / "moved.db", create=True)


def test_a_mistyped_data_folder_begins_no_survey_and_the_near_one_is_named(tmp_path: Path) -> None:
    """``serve`` with SURVEY_DATA_DIR one letter off began an empty city, and letters led into it."""
    right = tmp_path / "survey"
    right.mkdir()
    (right / "installation.json").write_text("{}")
    mistyped = Settings(data_dir=tmp_path / "survye")
    with pytest.raises(Refused, match=f"Beside it stands {right}: is that the one") as refused:
        installation.check_database(mistyped, create=False)
    assert "--create" in str(refused.value)
    assert not mistyped.data_dir.exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="--create"):
        installation.check_database(Settings(data_dir=tmp_path / "empty"), create=False)
    ended = subprocess.run(
        [sys.executable, "-c", "from survey_service.commands import main; main()", "serve", "--port", str(free_port())],
        env={**os.environ, "SURVEY_DATA_DIR": str(tmp_path / "empty")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "add --create" in ended.stderr
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_survey_whose_key_lies_in_another_folder_gets_no_new_one(survey: Path, tmp_path: Path) -> None:
    """The same slip where the database is named apart: a new key would fit no letter."""
    opened = open_database(f"sqlite:///{survey}")
    begun = Settings(data_dir=tmp_path / "right", database_url=opened.url)
    installation.settle(begun, opened, load_or_make_key(begun.data_dir, ""), at=datetime(2026, 9, 1, tzinfo=UTC))
    opened.dispose()
    installation.check_database(begun, create=False)
    wrong = Settings(data_dir=tmp_path / "rihgt", database_url=begun.database_url)
    with pytest.raises(Refused, match=r"secret key is not in the data folder(?s:.*)Beside it stands"):
        installation.check_database(wrong, create=True)
    assert not wrong.data_dir.exists()


def _another_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE photographs (id INTEGER)")
    connection.commit()
    connection.close()


def _torn(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:40_960] = b"\xff" * (40_960 - 4096)
    path.write_bytes(content)


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_text("a letter"), "is not a SQLite database"),
        (lambda path: path.write_bytes(b""), "is not a SQLite database"),
        (lambda path: (path.unlink(), _another_database(path)), "something else"),
        (_torn, "damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "damaged"),
        (_newer, "newer version"),
        (lambda path: (path.unlink(), path.mkdir()), "is a folder"),
    ],
    ids=["text", "empty", "other", "torn", "cut", "newer", "folder"],
)
def test_what_is_no_sound_survey_is_left_as_it_is(survey: Path, spoil: Any, words: str) -> None:
    spoil(survey)
    before = survey.read_bytes() if survey.is_file() else None
    with pytest.raises(Refused, match=words):
        check(survey)
    with pytest.raises(Refused, match=words):
        check(survey, create=True)
    assert (survey.read_bytes() if survey.is_file() else None) == before


def test_an_unreachable_server_is_told_without_its_password() -> None:
    url = f"postgresql+psycopg://clerk:hidden-word@127.0.0.1:{free_port()}/city"
    with pytest.raises(Refused, match="cannot be reached") as refused:
        installation.check_database(Settings(database_url=url), create=False)
    assert "hidden-word" not in str(refused.value)


def test_one_process_per_database(survey: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{survey}", data_dir=survey.parent)
    with command.alone(settings), pytest.raises(Refused, match="Another process serves"), command.alone(settings):
        pass
    with command.alone(settings):
        pass


def test_a_taken_port_names_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"--port {port + 1}"), command.listening("127.0.0.1", port):
            pass


# ------------------------------------------------------------------ the demonstration


def test_the_description_of_a_demonstration(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="survey-service demo --out"):
        command.read_demonstration(tmp_path)
    (tmp_path / "demo.json").write_text("[1]")
    with pytest.raises(Refused, match="Make it anew"):
        command.read_demonstration(tmp_path)
    (tmp_path / "demo.json").write_text(json.dumps({"database": "sqlite:///x.db", "resident": ["http://h/a/X"]}))
    beside = f"sqlite:///{tmp_path.resolve() / 'x.db'}"
    assert command.read_demonstration(tmp_path) == Demonstration(tmp_path, beside, ("http://h/a/X",))


def made_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for 127.0.0.1, and its key."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "survey")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, secret


def test_a_certificate_serves_https_and_only_where_the_address_says_so(
    survey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, secret = made_certificate(tmp_path)
    proof = certificate_of(chain, secret)
    assert settings_for(https=True).public_url == "https://127.0.0.1:8000"
    assert settings_for(https=True).secure
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "http://diaocha.example")
    with pytest.raises(Refused, match="begin with https"):
        settings_for(https=True)
    monkeypatch.delenv("SURVEY_PUBLIC_URL")
    for wrong in ((chain, None), (None, secret), (secret, chain), (chain, tmp_path / "none.pem")):
        with pytest.raises(Refused):
            certificate_of(*wrong)
    assert proof is not None
    context = ssl.create_default_context(cafile=str(chain))
    port = free_port()
    program = [
        sys.executable,
        "-c",
        "from survey_service.commands import main; main()",
        "serve",
        "--database",
        str(survey),
        "--port",
        str(port),
        "--certificate",
        str(chain),
        "--certificate-key",
        str(secret),
    ]
    running = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    try:
        until_healthy(running, f"https://127.0.0.1:{port}/health", context=context)
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/sign-in", context=context, timeout=120) as answer:
            assert answer.headers["strict-transport-security"]
    finally:
        running.terminate()
        _, told = running.communicate(timeout=120)
    assert f"https://127.0.0.1:{port}" in told


def until_healthy(running: subprocess.Popen[str], health: str, context: ssl.SSLContext | None = None) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(health, timeout=5, context=context) as answer:
                assert json.load(answer)["status"] == "ok"
            return
        except OSError:
            assert running.poll() is None, running.stderr.read() if running.stderr else ""
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_it_serves_the_copy_shows_its_addresses_and_leaves_nothing_open(survey: Path, tmp_path: Path) -> None:
    """What is served is the folder that was named, though the description was written in another one; and whatever
    the umask, nobody else reads what it writes or finds."""
    original = tmp_path.with_name(f"{tmp_path.name}-original") / "city.db"
    original.parent.mkdir()
    shutil.copyfile(survey, original)
    before = original.read_bytes()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.pdf").write_text("as an earlier version left it")
    for path in (tmp_path, survey, tmp_path / "reports", tmp_path / "reports" / "a.pdf"):
        path.chmod(0o777)
    shown = {
        "database": f"sqlite:///{original}",
        "resident": ["http://127.0.0.1:8000/a/ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
        "sign_in": {"manager": {"user": "manager", "password": "shown-to-all"}},
    }
    (tmp_path / "demo.json").write_text(json.dumps(shown))
    port = free_port()
    program = [sys.executable, "-c", "from survey_service.commands import main; main()", "serve"]
    running = subprocess.Popen(
        [*program, "--demo", str(tmp_path), "--port", str(port)], stderr=subprocess.PIPE, text=True, umask=0
    )
    try:
        until_healthy(running, f"http://127.0.0.1:{port}/health")
        workers = tmp_path / "city.db.workers"
        while not workers.is_dir() or not any(workers.iterdir()):
            time.sleep(0.02)  # they begin beside the server
        there = {path.name: path for path in (tmp_path, *tmp_path.rglob("*"))}
        assert {"city.db", "city.db-wal", "city.db-shm", "city.db.lock", "secret.key"} <= set(there)
        assert {name: oct(path.stat().st_mode & 0o777) for name, path in there.items() if private.is_loose(path)} == {}
        assert original.read_bytes() == before
        assert [path.name for path in original.parent.iterdir()] == ["city.db"], "the original was opened"
        second = subprocess.run(
            [*program, "--demo", str(tmp_path), "--port", str(free_port())], capture_output=True, text=True
        )
        assert second.returncode == 1
        assert "already" in second.stderr
    finally:
        running.terminate()
        _, told = running.communicate(timeout=120)
    assert f"http://127.0.0.1:{port}/a/ABCDEFGHIJKLMNOPQRSTUVWXYZ" in told
    assert "shown-to-all" in told
    assert "modes_closed" in told


def test_what_keeps_it_from_starting_is_said_in_words_and_not_as_a_traceback(survey: Path, tmp_path: Path) -> None:
    """The key is compared after the tables were opened, when the server itself is starting already."""
    opened = open_database(f"sqlite:///{survey}")
    begun = Settings(data_dir=tmp_path, database_url=opened.url)
    first_key = KeyRing("the key that it began with, which is long enough")
    installation.settle(begun, opened, first_key, at=datetime(2026, 9, 1, tzinfo=UTC))
    opened.dispose()
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from survey_service.commands import main; main()",
            "serve",
            "--database",
            str(survey),
            "--port",
            str(free_port()),
        ],
        env={**os.environ, "SURVEY_SECRET_KEY": "another key, as long as that one", "SURVEY_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "✕ The secret key is not the one that this installation began with" in ended.stderr
    assert "Put the former key back" in ended.stderr
    assert "Traceback" not in ended.stderr
