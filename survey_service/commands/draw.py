"""``survey-service draw``: from a sampling frame to the lists a field office works by."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Draws the cases of a wave from a frame (CSV or .xlsx, one row a household).

Sizes come from [bold]--size[/bold] (cases in all, shared out by --allocation)
or from [bold]--sizes[/bold] (the CSV of survey-service plan: code, cases).
Without --grid each community is one list. With --grid every grid is a
stratum. With --grid, --grids N and --per-grid M, grids are drawn in
proportion to their households, then households in them.

The draw is repeated exactly by its seed: call it again with
[bold]--release CODE=K[/bold] to issue the first K reserves of a community, or with
[bold]--substitute CASE[/bold] where a city insists on one. An .xlsx holds a list per
community, the reserves apart, and a sheet with all probabilities; a .csv
holds the latter. A .json beside it records how it was drawn.

Exit status 0 with the files, 1 where the frame does not allow them, 2 for a
wrong call.

[bold]Example[/bold]

survey-service draw frame.xlsx --unit household --community code --grid grid
--sizes plan.csv --reserves 2 --kish --seed 20260930 --out cases.xlsx
"""


class AllocationName(StrEnum):
    PROPORTIONAL = "proportional"
    EQUAL = "equal"
    SQUARE_ROOT = "square_root"


class Method(StrEnum):
    SYSTEMATIC = "systematic"
    SIMPLE = "simple"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def draw(
    frame: Annotated[Path, typer.Argument(help="The list drawn from; row 1 names the columns.", metavar="FRAME.csv")],
    unit: Annotated[str, typer.Option(metavar="COL", help="Key of a household; unique in the frame.")],
    community: Annotated[str, typer.Option(metavar="COL", help="Code of its community.")],
    seed: Annotated[int, typer.Option(help="Starts the chance; the same seed draws the same cases.", min=0)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The lists: .xlsx or .csv.")],
    grid: Annotated[str, typer.Option(metavar="COL", help="Grid of the household.")] = "",
    order: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Put the list in this order first; else as it is.")
    ] = "",
    keep: Annotated[str, typer.Option(metavar="COL[,COL]", help="Columns to print on the lists, as an address.")] = "",
    size: Annotated[int | None, typer.Option(help="Cases in all.", min=1)] = None,
    sizes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cases per community: columns code, cases.")
    ] = None,
    allocation: Annotated[AllocationName, typer.Option(help="How --size is shared out.")] = AllocationName.PROPORTIONAL,
    minimum: Annotated[int, typer.Option(help="At least so many cases per community.", min=0)] = 0,
    maximum: Annotated[int | None, typer.Option(help="At most so many cases per community.", min=1)] = None,
    grids: Annotated[int | None, typer.Option(help="Grids to draw in each community.", min=1)] = None,
    per_grid: Annotated[int | None, typer.Option(help="Households in each drawn grid.", min=1)] = None,
    method: Annotated[Method, typer.Option(help="How households are drawn from a list.")] = Method.SYSTEMATIC,
    reserves: Annotated[int, typer.Option(help="Reserve replicates beside the main sample.", min=0)] = 0,
    reserve_share: Annotated[float, typer.Option(help="Size of one, as a share of the main sample.")] = 0.25,
    release: Annotated[
        list[str] | None, typer.Option(metavar="CODE=K", help="Reserves issued by now; may be repeated.")
    ] = None,
    substitute: Annotated[
        list[str] | None, typer.Option(metavar="CASE", help="A case to name a substitute for; may be repeated.")
    ] = None,
    kish: Annotated[bool, typer.Option("--kish", help="Give every case a Kish table for the adult.")] = False,
    modes: Annotated[
        str, typer.Option(metavar="MODE=SHARE[,...]", help="First modes by lot, as web_invited=0.5,paper=0.5.")
    ] = "",
    language: Annotated[Language, typer.Option(help="Language of the lists.")] = Language.ZH,
) -> None:
    if (size is None) + (sizes is None) + (grids is None) != 2:
        raise typer.BadParameter("say how many: one of --size, --sizes, or --grids with --per-grid")
    if (grids is None) != (per_grid is None) or (grids is not None and not grid):
        raise typer.BadParameter("two stages take --grid COL, --grids N and --per-grid M together")
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise typer.BadParameter(f"--out ends in .xlsx or .csv, not {out.name!r}")
    from survey_service.commands.draw_work import DrawArguments, run

    wanted = DrawArguments(
        frame=frame,
        unit=unit,
        community=community,
        grid=grid or None,
        order=_names(order),
        keep=_names(keep),
        size=size,
        sizes=sizes,
        allocation=str(allocation),
        minimum=minimum,
        maximum=maximum,
        grids=grids,
        per_grid=per_grid,
        method=str(method),
        reserves=reserves,
        reserve_share=reserve_share,
        release=_pairs(release or [], "--release", "CODE=K"),
        substitute=tuple(substitute or ()),
        kish=kish,
        modes=_pairs(modes.split(",") if modes else [], "--modes", "MODE=SHARE"),
        seed=seed,
        out=out,
        language=str(language),
    )
    raise typer.Exit(run(wanted))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _pairs(texts: list[str], option: str, form: str) -> tuple[tuple[str, float], ...]:
    pairs = []
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            pairs.append((name.strip(), float(number)))
        except ValueError as error:
            raise typer.BadParameter(f"{option} takes {form}, not {text!r}") from error
        if not name.strip():
            raise typer.BadParameter(f"{option} takes {form}, not {text!r}")
    return tuple(pairs)


draw.__doc__ = _EXAMPLE
