"""A call of a command as a plan: written with ``--write-plan``, run again by ``survey-service analyse``.

The plan of such a command is its options by their names, defaults too: a default that changes later moves no figure.
The files of data are not in it, so that the same plan serves the next wave; other files (margins, parts, areas) are
named from where the plan lies.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo

Command = Callable[..., None]

_WRITE = "write_plan"
_OUTPUT = frozenset({"out", "record", "format", _WRITE})
_TEXT_OR_FILE = frozenset({"replicate_factors"})  # numbers, or the file that has them
_WriteOption = Annotated[
    Path | None,
    typer.Option(
        "--write-plan",
        metavar="FILE.yaml",
        help="Write these options there as a plan: survey-service analyse FILE.yaml DATA runs it.",
    ),
]


def writes_plans(command: Command) -> Command:
    """The command with ``--write-plan FILE.yaml``, which keeps the call once it has succeeded."""
    hints = get_type_hints(command, include_extras=True)

    @functools.wraps(command)
    def with_plan(**given: Any) -> None:
        target = given.pop(_WRITE, None)
        try:
            command(**given)
        except typer.Exit as ended:
            if target is None or ended.exit_code:
                raise
        if target is not None:
            _write(target, plan_of_call(command, given, target.parent))

    signature = inspect.signature(command)
    own = inspect.Parameter(_WRITE, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_WriteOption)
    kept = [one.replace(annotation=hints[one.name]) for one in signature.parameters.values()]
    with_plan.__signature__ = signature.replace(parameters=[*kept, own], return_annotation=None)  # type: ignore[attr-defined]
    with_plan.__annotations__ = {**hints, _WRITE: _WriteOption}
    return with_plan


def plan_of_call(command: Command, values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """``{"format": 2, "estimate": {"weight": "w", ...}}`` with paths from ``folder``."""
    from analysis.plan import FORMAT

    written = {
        _spoken(name): _plain(values[name], name, folder)
        for name in _options(command)
        if not _left_out(values.get(name))
    }
    return {"format": FORMAT, _spoken(command.__name__): written}


def _left_out(value: Any) -> bool:
    """Not given, and without a default; a seed of 0 is given."""
    return value is None or value is False or (isinstance(value, str | list | tuple) and not value)


def call_of_plan(command: Command, options: Mapping[str, Any], folder: Path) -> list[str]:
    """The words of the call. PlanError names an option that the command does not have."""
    from analysis.plan import PlanError

    known = {_spoken(name): name for name in _options(command)}
    place = _spoken(command.__name__)
    strange = [str(name) for name in options if name not in known]
    if strange:
        raise PlanError(f"{place}.{strange[0]}: there is no such option; known are {', '.join(known)}")
    words: list[str] = []
    for spoken, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                words += [f"--{spoken}"] if one else []
            elif isinstance(one, str | int | float):
                words.append(f"--{spoken}={_typed(command, known[spoken], one, folder)}")
            elif one is not None:
                raise PlanError(f"{place}.{spoken}: a text or a number is needed, not {one!r}")
    return words


def data_files(command: Command) -> int | None:
    """How many files of data the command takes; None: any number."""
    given = [
        hint
        for hint in get_type_hints(command, include_extras=True).values()
        if any(isinstance(one, ArgumentInfo) for one in get_args(hint))
    ]
    return len(given) if all(get_args(hint)[0] is Path for hint in given) else None


def _options(command: Command) -> list[str]:
    """What decides about figures: neither the files of data nor where and how the result is written."""
    return [
        name
        for name, hint in get_type_hints(command, include_extras=True).items()
        if name not in _OUTPUT and name != "return" and not any(isinstance(one, ArgumentInfo) for one in get_args(hint))
    ]


def _spoken(name: str) -> str:
    return name.replace("_", "-")


def _plain(value: Any, name: str, folder: Path) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one, name, folder) for one in value]
    if isinstance(value, Path) or (name in _TEXT_OR_FILE and Path(value).is_file()):
        return Path(os.path.relpath(value, folder)).as_posix()
    return value if isinstance(value, bool | int | float) else str(value)


def _typed(command: Command, name: str, value: str | float, folder: Path) -> str:
    """A value as it is typed; a file that the plan names from its own folder is named from here."""
    if name in _TEXT_OR_FILE and not (folder / str(value)).is_file():
        return str(value)
    of_a_file = name in _TEXT_OR_FILE or Path in _parts(get_type_hints(command)[name])
    return str(folder / str(value)) if of_a_file else str(value)


def _parts(hint: Any) -> tuple[Any, ...]:
    return (hint, *get_args(hint))


def _write(target: Path, document: Mapping[str, Any]) -> None:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    with target.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
