"""``survey-service serve``: one server with its workers, one database; every refusal says what to do instead."""

from __future__ import annotations

import errno
import gc
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from survey_service import private
from survey_service.commands.certificate import Certificate, certificate_of
from survey_service.installation import Refused, as_url, check_database, sqlite_path
from survey_service.processes.manners import SELDOM, nothing_is_garbage

if TYPE_CHECKING:
    from survey_service.settings import Settings


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
    certificate: Annotated[
        Path | None, typer.Option(help="PEM file of a certificate with its chain: serve https without a proxy.")
    ] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="PEM file of its key.")] = None,
) -> None:
    """Serve the residents' and the staff's pages.

    Examples:

      survey-service serve --demo out/demo

      survey-service serve --database sqlite:///city.db --port 8080

      SURVEY_PUBLIC_URL=https://diaocha.example.gov.cn survey-service serve --host 127.0.0.1

      SURVEY_PUBLIC_URL=https://diaocha.example.gov.cn:8443 survey-service serve --host 10.1.2.3 --port 8443
      --certificate chain.pem --certificate-key key.pem
    """
    from rich.console import Console

    console = Console(stderr=True)
    try:
        shown = read_demonstration(demo) if demo else None
        proof = certificate_of(certificate, certificate_key)
        settings = settings_for(
            database=database, host=host, port=port, shown=shown, without_https=without_https, https=bool(proof)
        )
        check_database(settings, create=create)
        with listening(host, port) as listener, alone(settings):
            _run(settings, listener, shown, console, proof)
    except Refused as refused:
        console.print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


# ------------------------------------------------------------------ settings


def read_demonstration(folder: Path) -> Demonstration:
    path = folder / "demo.json"
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        # The city in this folder: a copy of a city is served from the copy, whatever the description calls its file.
        database = folder / PurePosixPath(str(plain["database"])).name
        return Demonstration(
            folder=folder,
            database=f"sqlite:///{database.resolve()}",
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
    *, database: str | None, host: str, port: int, shown: Demonstration | None, without_https: bool, https: bool = False
) -> Settings:
    """The installation's settings with what was said on the command line; Refused where people would be unsafe."""
    from survey_service.environment import read_settings
    from survey_service.settings import is_loopback

    settings = read_settings()
    update: dict[str, Any] = {}
    url = as_url(database or (shown.database if shown else "") or settings.database_url)
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
        shown_port = "" if port == (443 if https else 80) else f":{port}"
        update["public_url"] = f"{'https' if https else 'http'}://{name}{shown_port}"
    chosen = settings.model_copy(update=update)
    address = urlsplit(chosen.public_url)
    if https and address.scheme != "https":
        raise Refused(
            f"With a certificate people reach the service by https, but SURVEY_PUBLIC_URL is {chosen.public_url}.\n"
            "  Let it begin with https://, with the port that people type."
        )
    outside = not is_loopback(host) or not is_loopback(address.hostname or "")
    if outside and address.scheme != "https" and not without_https:
        raise Refused(
            f"People on other machines would reach {chosen.public_url} without encryption: passwords and answers "
            "could be read on the way.\n"
            "  Set SURVEY_PUBLIC_URL=https://… and put a proxy with a certificate in front,\n"
            "  or give the service a certificate of its own: --certificate chain.pem --certificate-key key.pem,\n"
            "  or add --without-https for a trial in one room."
        )
    if outside and address.hostname in {"0.0.0.0", "::"}:  # noqa: S104 -- named to be refused
        raise Refused(
            f"{host} is every address of this machine and none that a phone can open.\n"
            "  Set SURVEY_PUBLIC_URL to the address that people type."
        )
    # Demonstration passwords are printed in public: they work only where nobody else can reach the service.
    return chosen.model_copy(update={"demonstration": not outside})


# ------------------------------------------------------------------ alone


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One server per SQLite database: two would fight for its lock and remember different things."""
    path = sqlite_path(settings.resolved_database_url)
    if path is None:
        yield
        return
    import fcntl

    private.folder(path.parent)
    lock = private.begin_file(path.with_name(path.name + ".lock")).open("w")
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


def _run(
    settings: Settings, listener: socket.socket, shown: Demonstration | None, console: Any, proof: Certificate | None
) -> None:
    with nothing_is_garbage():
        import uvicorn

        from survey_service.accounts.first_administrator import invitation
        from survey_service.app import create_app
        from survey_service.doctor import rounds
        from survey_service.processes.of_a_server import ProcessesOfAServer
        from survey_service.web.connections import gate_for, guarded
        from survey_service.web.logs import set_up_logs

    set_up_logs()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and not self.should_exit:
                spare_the_collector()
                held = app.state.services
                rounds.at_the_start(settings, held.database, at=held.clock())
                console.print(_welcome(settings, shown))
                if secret := invitation(app.state.services):
                    console.print(_invitation(settings, secret))

    app = create_app(settings, processes=ProcessesOfAServer(settings))
    configuration = uvicorn.Config(
        app,
        http=guarded(gate_for(settings)),
        ws="none",  # nothing here speaks it
        log_config=None,  # its words go through our log, see web/logs.py
        log_level="warning",
        access_log=False,  # it would write the codes of residents; our own line names the route only
        proxy_headers=False,  # nobody is believed to be somebody else
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=15,
        ssl_certfile=proof.chain if proof else None,
        ssl_keyfile=proof.key if proof else None,
    )
    server = Server(configuration)
    with suppress(SystemExit):  # its way to say that it did not start
        server.run(sockets=[listener])
    if not server.started:
        raise _why(getattr(app.state, "failed", None))


def _why(failed: Exception | None) -> Refused:
    """What kept the service from starting, without the words of a stranger's exception: they may hold answers."""
    if isinstance(failed, Refused):
        return failed
    if failed is None:
        return Refused("The service did not start; the lines above say why.")
    from survey_service.web.logs import places

    return Refused(
        f"The service did not start: {type(failed).__name__}, at\n    " + "\n    ".join(places(failed)) + "\n"
        "  docs/operations.md says what to look at first."
    )


def spare_the_collector() -> None:
    """What was made at the start lives as long as the process: Python's collector need not walk through it again and
    again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def _invitation(settings: Settings, secret: str) -> Any:
    """What whoever installs the service needs to make the first account; printed until there is one."""
    from rich.panel import Panel

    from survey_service.accounts.first_administrator import ADDRESS

    lines = (
        f"还没有账号。打开 {settings.public_url}{ADDRESS}，填入一次性口令：\n"
        f"There is no account yet. Open that page and type the one-time secret:\n\n  {secret}"
    )
    return Panel.fit(lines, title="系统管理员 first administrator", border_style="yellow")


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
