"""Progress bars for commands that go through several steps, one bar a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def steps_shown(console: Any, words: Mapping[str, str]) -> Iterator[Callable[[str, int, int], None]]:
    """``report(step, done, total)``; a bar appears with the first report of its step."""
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(words[step], total=total)
            progress.update(bars[step], completed=done, total=total)

        yield report
