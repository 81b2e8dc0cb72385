"""The folder of waves as columns: what the server knows of it, without the statistics that read and write it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import UUID


def path_of(folder: Path, wave_id: UUID) -> Path:
    return folder / f"{wave_id}.columns"


def empty(folder: Path) -> None:
    """Remove the file of every wave, and what a killed process left of one: an erasure is rare, and making a file anew
    takes seconds."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            path.unlink()
