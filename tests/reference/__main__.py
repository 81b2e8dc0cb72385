"""``python -m tests.reference [CASE ...]``: makes the reference numbers anew with Rscript. Never part of the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.reference import (
    generate,
    generate_blocks,
    generate_change,
    generate_compared,
    generate_draw,
    generate_drivers,
    generate_margins,
    generate_pooled,
    generate_shops,
    generate_told,
    generate_wave,
)

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    rscript = shutil.which("Rscript")
    if rscript is None:
        print(
            "Rscript is needed. On Debian: apt-get install r-base-core r-cran-survey r-cran-mass r-cran-jsonlite",
            file=sys.stderr,
        )
        return 1
    generate.write()
    generate_blocks.write()
    generate_change.write()
    generate_compared.write()
    generate_draw.write()
    generate_drivers.write()
    generate_margins.write()
    generate_pooled.write()
    generate_wave.write()
    generate_shops.write()
    generate_told.write()
    for script in sorted(HERE.glob("*/make.R")):
        if wanted and script.parent.name not in wanted:
            continue
        subprocess.run([rscript, "--vanilla", "make.R"], cwd=script.parent, check=True)
        print(f"{script.parent.name}: expected.json")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
