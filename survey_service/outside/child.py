"""``python -m survey_service.outside.child KIND GIVEN``: one file on standard input, the answer on standard output.

The last line says that the answer is whole: ``{"end": true}``, or ``{"stopped": REASON}``. What is told of a fault is
its kind and place, never its words, which may hold cells of the file.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from survey_service.outside.children.bounds import Output, TooLong, confine

KINDS = ("attachments", "definitions", "drafts", "forms", "maps", "pictures", "plans", "sounds", "tables")


def main() -> None:
    kind, given = sys.argv[1], json.loads(sys.argv[2])
    assert kind in KINDS
    reader = import_module(f"survey_service.outside.children.{kind}")
    if given.get("head"):
        given |= json.loads(sys.stdin.buffer.readline())
    confine(given)
    out = Output(sys.stdout.buffer, given["output"])
    try:
        reader.answer(given, sys.stdin.buffer, out)
        said: dict[str, object] = {"end": True}
    except MemoryError:
        said = {"stopped": "memory"}
    except TooLong:
        said = {"stopped": "output"}
    except RecursionError:
        said = {"stopped": "depth"}
    except BaseException as fault:  # also what libraries in other languages throw
        last = fault.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        place = f"{os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno}" if last else ""  # noqa: PTH119
        said = {"stopped": "fault", "kind": type(fault).__name__, "place": place}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing of the file's objects needs to be taken down one by one


if __name__ == "__main__":
    main()
