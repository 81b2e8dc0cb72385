"""PostgreSQL's own client programs: found by setting or PATH, their version checked, refused with the remedy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from survey_service.installation import Refused
from survey_service.settings import Settings


def program(settings: Settings, name: str, *, at_least: int) -> str:
    """Path of ``pg_dump`` or ``pg_restore`` of at least that major version; Refused with the remedy otherwise."""
    folder = settings.postgresql_bin
    found = shutil.which(name, path=str(folder)) if folder else shutil.which(name)
    remedy = (
        f"  Install PostgreSQL's client programs of version {at_least} or later (on Debian: apt-get install "
        f"postgresql-client-{at_least}),\n"
        f"  or name their folder: SURVEY_POSTGRESQL_BIN=/usr/lib/postgresql/{at_least}/bin"
    )
    if found is None:
        where = f"in {folder}" if folder else "on the PATH"
        raise Refused(
            f"{name} was not found {where}; a PostgreSQL database is backed up by its own programs.\n{remedy}"
        )
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.search(r"(\d+)(?:\.\d+)*\s*(?:\(|$)", told.strip())
    version = int(match.group(1)) if match else 0
    if version < at_least:
        raise Refused(f"{found} is of version {version or '?'}, older than the server's {at_least}.\n{remedy}")
    return found


def surroundings(database_url: str) -> dict[str, str]:
    """Environment by which a program reaches the database: a password on its command line could be read by anyone."""
    url = make_url(database_url)
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    given = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
        "PGSSLROOTCERT": query.get("sslrootcert"),
    }
    return {**os.environ, **{name: value for name, value in given.items() if value}, "LC_MESSAGES": "C"}


def run(command: Sequence[str | Path], database_url: str, each_line: Callable[[str], None]) -> None:
    """Run one of the programs; it tells its steps on standard error. Refused with its last words where it fails."""
    last = ""
    with subprocess.Popen(  # noqa: S603 -- a program of the administrator's choice, without a shell
        [str(part) for part in command],
        env=surroundings(database_url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                each_line(line)
                if "error" in line.lower():
                    last = line.strip()
        except BaseException:
            running.kill()
            raise
    if running.returncode != 0:
        name = Path(str(command[0])).name
        raise Refused(f"{name} failed ({running.returncode}): {last or 'it gave no reason'}\n  Nothing was kept.")
