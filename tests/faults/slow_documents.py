"""A worker as the service has it, which stands still in the midst of a release's PDFs until a test lets it go on."""

from __future__ import annotations

import os
import sys
import time

from survey_service.releases import documents
from survey_service.settings import Settings
from survey_service.web.logs import set_up_logs
from survey_service.worker import doing

COMMAND = (sys.executable, "-m", "tests.faults.slow_documents")
MADE, GO_ON = "documents made", "documents go on"
FIRST = 1  # PDFs that a worker makes before it stands still

_draw, _count = documents.pdf, documents._pages
_drawn: list[Settings] = []


def told(one: documents.Wanted, settings: Settings) -> bytes:
    """Whatever is drawn is told by whom, in a line of a file that all workers write to."""
    with (settings.data_dir / MADE).open("a") as file:
        file.write(f"{os.getpid()} {one.code} {one.language}\n")
    _drawn.append(settings)
    return _draw(one, settings)


def counted(content: bytes) -> int:
    """Called when the file is in the store and its row is not yet there."""
    while len(_drawn) > FIRST and not (_drawn[-1].data_dir / GO_ON).exists():
        time.sleep(0.02)
    return _count(content)


if __name__ == "__main__":
    set_up_logs()
    documents.pdf, documents._pages = told, counted
    doing.run(sys.argv[1], rounds="--rounds" in sys.argv[2:])
