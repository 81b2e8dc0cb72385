"""Analysis plans that were handed in as YAML, read to plain values by a child process."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from questionnaires.text import Text
from survey_service.outside.door import DEFINITIONS, Stopped, parsed

_BUSY: Final = Text("正在读别的文件，请过一分钟再传。", "Other files are being read. Try again in a minute.")
_UNREADABLE: Final = Text(
    "文件读不了。请用从这里下载的 YAML 改。", "The file cannot be read. Change one that comes from here."
)


class Read(NamedTuple):
    document: Any  # plain values; None where there is a fault
    fault: Text | None


def read(content: bytes) -> Read:
    """The document of the file, or what is wrong with it."""
    try:
        with parsed("plans", content, DEFINITIONS, {"source": "plan"}) as reply:
            (answer,) = reply.lines()
    except Stopped as stopped:
        return Read(None, _BUSY if stopped.reason == "busy" else _UNREADABLE)
    if "document" in answer:
        return Read(answer["document"], None)
    line, message = answer["line"], answer["message"]
    if line:
        return Read(
            None,
            Text(
                f"第 {line} 行不是规范的 YAML，请核对缩进和冒号。",
                f"Line {line} is no YAML ({message}). Check the indentation and the colons.",
            ),
        )
    return Read(None, _UNREADABLE)
