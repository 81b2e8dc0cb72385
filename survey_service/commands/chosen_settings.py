"""Which installation a command works on: what was said on the command line goes before the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from survey_service.environment import read_settings
from survey_service.installation import as_url, sqlite_path
from survey_service.secrets import KEY_FILE, KeyRing
from survey_service.settings import Settings


def chosen_settings(*, data_dir: Path | None, database: str | None) -> Settings:
    """The installation's settings with what was said on the command line, as ``serve`` reads them."""
    settings = read_settings()
    url = as_url(database or settings.database_url)
    update: dict[str, Any] = {"database_url": url} if url else {}
    if data_dir is not None:
        update["data_dir"] = data_dir
    elif (path := sqlite_path(url)) and "data_dir" not in settings.model_fields_set:
        update["data_dir"] = path.parent
    return settings.model_copy(update=update)


def key_if_there(settings: Settings) -> KeyRing | None:
    """The installation's key for a command that only looks: none is made where there is none."""
    if configured := settings.secret_key.get_secret_value():
        return KeyRing(configured)
    try:
        return KeyRing((settings.data_dir / KEY_FILE).read_text().strip())
    except OSError:
        return None
