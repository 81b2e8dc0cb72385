"""A worker as the service has it, in which an export stands still in its midst until a test lets it go on."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from survey_service.exports import job, writing
from survey_service.web.logs import set_up_logs
from survey_service.worker import doing

COMMAND = (sys.executable, "-m", "tests.faults.slow_export")
BEGUN, GO_ON = "export begun", "export go on"


def slow(source: writing.WaveSource, formats: Any, folder: Path, *, progress: writing.Progress, **further: Any) -> Any:
    """After the first step that is reported something is written, and not everything."""
    data_dir = folder.parent.parent

    def held(done: int, total: int) -> None:
        progress(done, total)
        if done and not (data_dir / GO_ON).exists():
            (folder / ".half").write_bytes(b"the first rows")
            (data_dir / BEGUN).touch()
            while not (data_dir / GO_ON).exists():
                time.sleep(0.02)
                progress(done, total)

    return writing.write_export(source, formats, folder, progress=held, **further)


if __name__ == "__main__":
    set_up_logs()
    job.write_export = slow
    doing.run(sys.argv[1], rounds="--rounds" in sys.argv[2:])
