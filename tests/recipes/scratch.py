"""A copy of the tree in which a recipe is followed, and commands that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ("pyproject.toml", "docs", "survey_service", "questionnaires", "analysis", "reports", "tests")
# What was compiled comes along: it is known by time and size of its source, which the copy keeps.
LEFT_OUT = shutil.ignore_patterns("reference", "golden", "bench", "recipes")


@dataclass(frozen=True, slots=True)
class Scratch:
    """The files that the recipe wrote stand in ``touched``."""

    root: Path
    touched: set[str]

    def write(self, place: str, text: str) -> None:
        """A new file."""
        assert not (self.root / place).exists(), f"{place} is there already"
        self._put(place, text)

    def add(self, place: str, after: str, line: str) -> None:
        """Put text behind the one place in a file where ``after`` stands."""
        text = (self.root / place).read_text(encoding="utf-8")
        assert text.count(after) == 1, f"{place} holds {text.count(after)} times: {after}"
        self._put(place, text.replace(after, after + line))

    def change(self, place: str, before: str, now: str) -> None:
        """Put ``now`` in the place of ``before``, which stands there once."""
        text = (self.root / place).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{place} holds {text.count(before)} times: {before}"
        self._put(place, text.replace(before, now))

    def python(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """The interpreter of this run, on the copy."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV_"))}
        environment |= {"PYTHONPATH": str(self.root), **settings}
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=environment, capture_output=True, text=True
        )

    def pytest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Without plugins, which cost more than what is tested here."""
        return self.python(
            "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
        )

    def _put(self, place: str, text: str) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.touched.add(place)


def copied(folder: Path) -> Scratch:
    """A fresh copy of the packages and their tests, without what no recipe needs."""
    root = folder / "tree"
    for name in KEPT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=LEFT_OUT)
        else:
            root.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, root / name)
    return Scratch(root, set())
