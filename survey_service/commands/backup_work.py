"""What ``backup`` and ``restore`` do, with their bars and their last words."""

from __future__ import annotations

import errno
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from survey_service.backups.restoring import nothing_erased_in, restore_backup
from survey_service.backups.service import TOMBSTONES, make_backup
from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.commands.steps_shown import steps_shown
from survey_service.environment import read_settings
from survey_service.installation import Refused, open_existing
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings

WORDS = {
    "check": "核对备份 checking files",
    "database": "数据库 database",
    "files": "文件 files",
    "audit": "审计链 audit log",
}


def run_backup(out: Path, *, data_dir: Path | None, database: str | None) -> int:
    console = Console(stderr=True)
    try:
        settings = chosen_settings(data_dir=data_dir, database=database)
        opened = open_existing(settings)
        try:
            keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
            with steps_shown(console, WORDS) as watch:
                folder, made = make_backup(settings, opened, keys, out, at=system_clock(), watch=watch)
        finally:
            opened.dispose()
    except (Refused, OSError, SQLAlchemyError) as refused:
        return _refuse(console, refused, out)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    console.print(
        f"[green]✓[/] {folder}\n  {sum(made.rows.values()):,} rows, {len(made.files) - 1:,} files, "
        f"{size / 1e6:,.1f} MB. Without contact data, without a key: keep secret.key and wave-keys elsewhere.",
        highlight=False,
        soft_wrap=True,
    )
    if made.absent:
        console.print(
            f"[bold red]✕[/] {len(made.absent)} files that rows name were missing or damaged and are not in it: "
            f"{', '.join(name[:12] for name in made.absent[:5])} …\n"
            f"  Restore them from an older backup into {settings.files_dir}.",
            highlight=False,
            soft_wrap=True,
        )
        return 3
    return 0


def run_restore(backup: Path, *, into: Path, database: str, tombstones: list[Path], without_tombstones: bool) -> int:
    console = Console(stderr=True)
    try:
        settings = read_settings()
        found = _tombstones(settings, tombstones, without=without_tombstones)
        with steps_shown(console, WORDS) as watch:
            made = restore_backup(
                settings, backup, into, database_url=database, tombstones=found, at=system_clock(), watch=watch
            )
    except (Refused, OSError, SQLAlchemyError) as refused:
        return _refuse(console, refused, into)
    serve = f"survey-service serve --database {database or into / 'survey.db'}"
    console.print(
        f"[green]✓[/] {made.data_dir}: as of {made.manifest.made_at:%Y-%m-%d %H:%M} UTC, {made.rows:,} rows, "
        f"{made.files:,} files, {made.entries:,} entries of {made.chains} audit chains verified, "
        f"{made.erased} erased responses erased again, {made.links} open links to sheets taken back.\n"
        f"  Next: put the copy of the key there ({made.data_dir / 'secret.key'}), and the folder wave-keys; without it "
        "a manager pastes the kept lines on the waves' pages of addresses. Then\n"
        f"  SURVEY_DATA_DIR={made.data_dir} {serve}",
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _tombstones(settings: Settings, named: list[Path], *, without: bool) -> list[Path]:
    """The files that remember what was erased; Refused where none is named and nobody said that none is needed."""
    found = []
    for path in named:
        file = path / TOMBSTONES if path.is_dir() else path
        if file.is_file():
            found.append(file)
        elif not nothing_erased_in(file.parent):
            raise Refused(
                f"{file} does not exist. Name the file that remembers erased answers (SURVEY_TOMBSTONE_FILE may "
                "have put it elsewhere).\n"
                "  Where surely nothing was ever erased, say --without-tombstones instead."
            )
    if named or without:
        return found
    if settings.tombstones.is_file():
        return [settings.tombstones]
    raise Refused(
        "Answers that residents had erased after this backup would come back.\n"
        "  Name the file that remembers them: --tombstones …/tombstones.jsonl (of the lost data folder, or of the "
        "newest backup),\n  or say --without-tombstones where there is none, or for a drill."
    )


def _refuse(console: Console, refused: Exception, place: Path) -> int:
    words = str(refused)
    if isinstance(refused, OSError):
        words = f"{refused.strerror}: {refused.filename or place}"
        if refused.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            words += "\n  Nothing was kept. Make room, or name another folder."
    elif isinstance(refused, SQLAlchemyError):
        reason = str(getattr(refused, "orig", None) or type(refused).__name__).strip().splitlines()[0]
        words = f"The database failed meanwhile: {reason}\n  Nothing was kept. Look whether it runs, then try again."
    console.print(f"[bold red]✕[/] {escape(words)}", highlight=False, soft_wrap=True)
    return 1
