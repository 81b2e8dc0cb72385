"""``survey-service demo``: the demonstration city, its database and all its PDFs, in one go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

SEED = 20260930


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the database, demo.json and the PDFs.")] = Path(
        "out/demo"
    ),
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed and day give the same city.")] = SEED,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Do nothing where the city of this version stands already.")
    ] = False,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day the city is seen on; today where left out."),
    ] = None,
) -> None:
    """Build the demonstration city: three waves asked through the service itself, two released, the last with its PDFs,
    and one open.

    Everything in it is invented. A database that the demonstration did not make is never touched.

    Example: survey-service demo --out out/demo --seed 20260930
    """
    # Imported when the command runs: statistics, database and type would slow every --help.
    from survey_service.clock import system_clock
    from survey_service.demonstration.built_already import stands
    from survey_service.environment import read_settings

    zone = read_settings().zone
    day = on.date() if on else system_clock().astimezone(zone).date()
    if if_missing and stands(out, on=day):
        typer.echo(f"示范城市已在 {out}，不重做。")
        return
    from survey_service.demonstration.command import run

    run(out, seed=seed, on=day)
