"""``survey-service serve``: one process, one database, and every refusal says what to do instead."""

from __future__ import annotations

import errno
import json
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from survey_service.settings import Settings

SQLITE_HEADER = b"SQLite format 3\x00"
CHECKED_WHOLE_BELOW = 200_000_000  # bytes; a larger file is checked by its tables only, so that the start stays quick


class Refused(Exception):
    """The service does not start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What ``survey-service demo`` wrote beside its database."""

    folder: Path
    database: str
    resident: tuple[str, ...] = ()
    sign_in: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    city: str = ""
    city_en: str = ""


def serve(
    database: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL or path of a SQLite file; default: SURVEY_DATABASE_URL.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    demo: Annotated[Path | None, typer.Option(help="Folder of a demonstration city made by `demo`.")] = None,
    create: Annotated[bool, typer.Option("--create", help="Begin a new, empty database where there is none.")] = False,
    without_https: Annotated[
        bool, typer.Option("--without-https", help="Serve other machines over plain http, for a trial in one room.")
    ] = False,
) -> None:
    """Serve the residents' and the staff's pages.

    Examples:

      survey-service serve --demo out/demo

      survey-service serve --database sqlite:///city.db --port 8080

      SURVEY_PUBLIC_URL=https://diaocha.example.gov.cn survey-service serve --host 127.0.0.1
    """
    from rich.console import Console

    console = Console(stderr=True)
    try:
        shown = read_demonstration(demo) if demo else None
        settings = settings_for(database=database, host=host, port=port, shown=shown, without_https=without_https)
        check_database(settings, named=bool(database or shown), create=create)
        with listening(host, port) as listener, alone(settings):
            _run(settings, listener, shown, console)
    except Refused as refused:
        console.print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


# ------------------------------------------------------------------ settings


def read_demonstration(folder: Path) -> Demonstration:
    path = folder / "demo.json"
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Demonstration(
            folder=folder,
            database=str(plain["database"]),
            resident=tuple(plain.get("resident", ())),
            sign_in=dict(plain.get("sign_in", {})),
            city=str(plain.get("city", "")),
            city_en=str(plain.get("city_en", "")),
        )
    except FileNotFoundError:
        raise Refused(
            f"{path} does not exist: there is no demonstration city in {folder}.\n"
            f"  Make one:  survey-service demo --out {folder}"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Refused(
            f"{path} cannot be read as the description of a demonstration city.\n"
            f"  Make it anew:  survey-service demo --out {folder}"
        ) from None


def settings_for(
    *, database: str | None, host: str, port: int, shown: Demonstration | None, without_https: bool
) -> Settings:
    """The installation's settings with what was said on the command line; Refused where people would be unsafe."""
    from survey_service.settings import Settings, is_loopback

    settings = Settings()
    update: dict[str, Any] = {}
    url = _as_url(database or (shown.database if shown else "") or settings.database_url)
    if url:
        update["database_url"] = url
    if shown:
        update["data_dir"] = shown.folder
        if shown.city:
            update |= {"city_name": shown.city, "city_name_en": shown.city_en}
    elif (path := sqlite_path(url)) and "data_dir" not in settings.model_fields_set:
        # The files and the key of an installation lie beside its database.
        update["data_dir"] = path.parent
    if "public_url" not in settings.model_fields_set:
        name = f"[{host}]" if ":" in host else host
        update["public_url"] = f"http://{name}:{port}"
    chosen = settings.model_copy(update=update)
    address = urlsplit(chosen.public_url)
    outside = not is_loopback(host) or not is_loopback(address.hostname or "")
    if outside and address.scheme != "https" and not without_https:
        raise Refused(
            f"People on other machines would reach {chosen.public_url} without encryption: passwords and answers "
            "could be read on the way.\n"
            "  Set SURVEY_PUBLIC_URL=https://… and put a proxy with a certificate in front,\n"
            "  or add --without-https for a trial in one room."
        )
    if outside and address.hostname in {"0.0.0.0", "::"}:  # noqa: S104 -- named to be refused
        raise Refused(
            f"{host} is every address of this machine and none that a phone can open.\n"
            "  Set SURVEY_PUBLIC_URL to the address that people type."
        )
    # Demonstration passwords are printed in public: they work only where nobody else can reach the service.
    return chosen.model_copy(update={"demonstration": not outside})


def _as_url(database: str) -> str:
    """A path is as good as a URL: ``city.db`` is ``sqlite:///city.db``."""
    return database if not database or "://" in database else f"sqlite:///{database}"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for every other database."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith("sqlite"):
        return None
    return Path(rest.removeprefix("/").partition("?")[0])


# ------------------------------------------------------------------ the database


def check_database(settings: Settings, *, named: bool, create: bool) -> None:
    """Refuses what is missing, damaged or something else: a survey is never replaced by an empty one."""
    url = settings.resolved_database_url
    path = sqlite_path(url)
    if path is None:
        _check_server(url)
        return
    if path.exists():
        _check_file(path)
        return
    begun_before = (settings.data_dir / "secret.key").exists()
    if (named or begun_before) and not create:
        raise Refused(
            f"There is no database at {path}.\n"
            "  If it was moved, name it with --database; if this is a first start, add --create."
        )


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise Refused(f"{path} is a folder, not a database. Name the file in it with --database.")
    try:
        with path.open("rb") as file:
            header = file.read(len(SQLITE_HEADER))
    except OSError as unreadable:
        raise Refused(f"{path} cannot be read: {unreadable.strerror}. Check who owns the file.") from None
    if header != SQLITE_HEADER:
        raise Refused(f"{path} is not a SQLite database; it is left as it is. Name another file with --database.")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"alembic_version", "wave", "capture"} <= tables:
                raise Refused(
                    f"{path} is a database of something else; it is left as it is. Name another file with --database."
                )
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            whole = path.stat().st_size > CHECKED_WHOLE_BELOW
            state = "ok" if whole else connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as damaged:
        raise Refused(
            f"{path} is damaged ({damaged}); it is left as it is.\n  Restore the newest backup, then start again."
        ) from None
    if state != "ok":
        raise Refused(
            f"{path} is damaged ({state}); it is left as it is.\n  Restore the newest backup, then start again."
        )
    known = {one.name.partition("_")[0] for one in _versions()}
    if version is None or version[0] not in known:
        raise Refused(
            f"{path} was written by a newer version of this software (tables {version and version[0]}).\n"
            "  Install that version; an older one could lose what it does not know."
        )


def _versions() -> list[Path]:
    return sorted((Path(__file__).parents[1] / "migrations" / "versions").glob("[0-9]*.py"))


def _check_server(url: str) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from survey_service.database import answers, open_database

    try:
        shown = make_url(url).render_as_string(hide_password=True)
        opened = open_database(url)
        try:
            answers(opened)
        finally:
            opened.dispose()
    except (SQLAlchemyError, ImportError, ValueError) as unreachable:
        reason = str(getattr(unreachable, "orig", None) or unreachable).strip().splitlines()[0]
        raise Refused(
            f"The database cannot be reached: {reason}\n"
            f"  It was sought at {shown if 'shown' in locals() else 'an address that is none'}. "
            "Check that the server runs, and the name, the user and the password."
        ) from None


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One serving process per SQLite database: two would fight for its lock and share no queue."""
    path = sqlite_path(settings.resolved_database_url)
    if path is None:
        yield
        return
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                f"Another process serves {path} already. Stop it first, or use that one.\n"
                "  For more than one process, use PostgreSQL: --database postgresql+psycopg://…"
            ) from None
        yield


# ------------------------------------------------------------------ the server


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket, taken before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)  # a QR code pushed to a group brings hundreds of phones in one second
        except OSError as taken:
            if taken.errno == errno.EADDRINUSE:
                raise Refused(f"Port {port} is taken by another program. Try another one:  --port {port + 1}") from None
            if taken.errno == errno.EACCES:
                raise Refused(
                    f"Port {port} needs the administrator's rights. Try one from 1024:  --port 8000"
                ) from None
            raise Refused(f"Cannot listen on {host}:{port}: {taken.strerror or taken}.") from None
        yield listener


def _run(settings: Settings, listener: socket.socket, shown: Demonstration | None, console: Any) -> None:
    import uvicorn

    from survey_service.app import create_app
    from survey_service.web.logs import set_up_logs

    set_up_logs()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and not self.should_exit:
                console.print(_welcome(settings, shown))

    configuration = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,  # it would write the codes of residents; our own line names the route only
        proxy_headers=False,  # nobody is believed to be somebody else
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=15,
    )
    server = Server(configuration)
    server.run(sockets=[listener])
    if not server.started:
        raise Refused("The service did not start; the lines above say why.")


def _welcome(settings: Settings, shown: Demonstration | None) -> Any:
    from rich.panel import Panel
    from rich.table import Table

    table = Table.grid(padding=(0, 3))
    table.add_row("工作人员 staff", settings.public_url)
    for number, address in enumerate(shown.resident[:3] if shown else ()):
        label = "居民 residents" if number == 0 else ""
        table.add_row(label, settings.public_url + urlsplit(address).path)
    if shown and len(shown.resident) > 3:
        table.add_row("", f"… 共 {len(shown.resident)} 个 all {len(shown.resident)}: {shown.folder / 'demo.json'}")
    if shown and settings.demonstration:
        for number, (role, who) in enumerate(shown.sign_in.items()):
            label = "示范账号 sign-ins" if number == 0 else ""
            table.add_row(label, f"{who.get('user', role)}  /  {who.get('password', '')}")
    table.add_row("停止 stop", "Ctrl+C")
    return Panel.fit(table, title=f"{settings.city_name}居民调查", border_style="blue")
