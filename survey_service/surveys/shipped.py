"""What comes with the service, read once a process, and its YAML once an installation.

To read two dozen definition files takes two seconds, their canonical forms a twentieth of that. The canonical form lies
in the folder of what is kept to be fast, under a name made of the text, of the scales beside it and of the code that
reads them: where any of these is another, the file is read anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

import questionnaires as package
from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.loader import SHARED_SCALES, available, check, definitions_path
from questionnaires.model import Questionnaire
from survey_service import private

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)
_SHORT = 32  # hexadecimal digits of a name


class Shelf:
    """The questionnaires of this package; ``folder``: where their canonical forms are kept, None for nowhere."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._read: dict[str, Questionnaire | None] = {}
        self._lock = Lock()

    def get(self, key: str) -> Questionnaire | None:
        """None where none of that key comes with the service, or its file is not in order."""
        path = available().get(key)
        if path is None:
            return None
        with self._lock:  # who asks meanwhile waits for it instead of reading beside it
            if key not in self._read:
                self._read[key] = self._from(path)
            return self._read[key]

    def _from(self, path: Path) -> Questionnaire | None:
        name = f"{path.parent.name}-{_fingerprint(path)}.json"
        if self.folder is not None:
            with suppress(*_UNREADABLE):
                return from_canonical(json.loads((self.folder / name).read_bytes()))
        questionnaire = check(path)[0]
        if questionnaire is not None and self.folder is not None:
            with suppress(OSError):  # a full disk, or a folder of somebody else: it is read again next time
                _keep(self.folder, path.parent.name, name, canonical_bytes(questionnaire))
        return questionnaire


_shelf = Shelf()


def keep_in(folder: Path) -> None:
    """From now on this process keeps there what it has read."""
    _shelf.folder = folder


def questionnaire(key: str) -> Questionnaire | None:
    """The questionnaire of that name that comes with the service; None where there is none."""
    return _shelf.get(key)


def _fingerprint(path: Path) -> str:
    made_of = [path.read_bytes(), (definitions_path() / SHARED_SCALES).read_bytes(), _reader()]
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in made_of)).hexdigest()[:_SHORT]


@cache
def _reader() -> bytes:
    """The code that makes a questionnaire of a file."""
    modules = sorted(Path(package.__path__[0]).rglob("*.py"))
    return b"".join(hashlib.sha256(module.read_bytes()).digest() for module in modules)


def _keep(folder: Path, key: str, name: str, content: bytes) -> None:
    """Whole or not at all; what an earlier version of the file or of the service had kept goes."""
    private.folder(folder)
    handle, part = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).replace(folder / name)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    for old in folder.glob(f"{key}-{'?' * _SHORT}.json"):
        if old.name != name:
            old.unlink(missing_ok=True)
