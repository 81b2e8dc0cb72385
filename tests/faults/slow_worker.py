"""A worker as the service has it, and one more kind of job for it, which lasts until a test lets it end."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from survey_service import jobs
from survey_service.services import Services
from survey_service.web.logs import set_up_logs
from survey_service.worker import doing

KIND = "test_slow"
COMMAND = (sys.executable, "-m", "tests.faults.slow_worker")


@jobs.handles(KIND)
def slow(_running: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
    folder = Path(job.arguments["folder"])
    (folder / f"begun {job.attempt}").touch()
    while not (folder / "go on").exists():
        time.sleep(0.02)
        progress.report(1, 2)
    with (folder / "done").open("a") as file:
        file.write(f"{job.attempt}\n")


def die(_running: Services) -> None:
    """As a process that the system kills for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    set_up_logs()
    doing.run(sys.argv[1], rounds="--rounds" in sys.argv[2:])
