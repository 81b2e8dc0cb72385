"""``python -m tests.bench [MODULE ...]``: every bench module in a process of its own, JSON lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from survey_service.processes.manners import keep_to_one_thread

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))

if __name__ == "__main__":
    keep_to_one_thread(os.environ)  # as the worker's
    for module in sys.argv[1:] or MODULES:
        subprocess.run([sys.executable, "-m", f"tests.bench.{module}"], check=True)
