"""Names of columns on the command line: several with commas between them, quoted where a name has a mark of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import typer

Scale = tuple[float, float]
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_SCALE = re.compile(rf"^(.*)\[\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\]$", re.ASCII)


def parted(text: str, mark: str) -> list[str]:
    """``text`` at every ``mark`` outside double quotes, without blanks at the ends; quotes stay."""
    parts, quoted = [""], False
    for letter in text:
        quoted ^= letter == '"'
        if letter == mark and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def bare(name: str) -> str:
    """The name without the quotes around it; a doubled quote within them is one."""
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        return name[1:-1].replace('""', '"')
    return name


def quoted(name: str) -> str:
    """The name as it has to be written."""
    return '"' + name.replace('"', '""') + '"' if re.search(r'[,/"]', name) else name


def names(text: str, option: str) -> tuple[str, ...]:
    """The columns of one option. Raises typer.BadParameter where a name is empty; no text: no column."""
    if not text.strip():
        return ()
    found = tuple(bare(part) for part in parted(text, ","))
    if not all(found):
        raise typer.BadParameter(f"{option} {text!r}: a name is empty; write COL or COL,COL")
    return found


def ratio(text: str) -> tuple[str, str]:
    """NUM/DEN as two columns."""
    parts = [bare(part) for part in parted(text, "/")]
    if len(parts) != 2 or not all(parts):
        raise typer.BadParameter(
            f"--ratio takes NUM/DEN, two columns, not {text!r}; a name with a slash goes between double quotes"
        )
    return parts[0], parts[1]


def scaled(text: str) -> tuple[str, Scale | None]:
    """COL or COL[LOW,HIGH]: a column and the range of its answers."""
    found = _SCALE.match(text.strip())
    if found is None:
        return bare(text.strip()), None
    low, high = float(found[2]), float(found[3])
    if low >= high:
        raise typer.BadParameter(f"--mean {text!r}: the scale must rise, as in [0,100]")
    return bare(found[1].strip()), (low, high)


def remedy_for(columns: Sequence[str]) -> str:
    """The way out where a column is unknown: those that there are, written as they must be."""
    shown = [quoted(name) for name in columns]
    more = " A name with a comma or a slash goes between double quotes." if shown != list(columns) else ""
    return f"The columns are: {', '.join(shown)}.{more}"
