"""A stored questionnaire written as a definition file: for versions whose own file nobody kept.

Written from the canonical form, whose fields are named as in a file. What that form adds is taken out again: the
options that a question has from its scale, and the words of a condition as a tree.
"""

from __future__ import annotations

from typing import Any, Final

from questionnaires.canonical import to_canonical
from questionnaires.editing.document import Plain, in_lines, on_one_line
from questionnaires.model import Questionnaire

_QUOTED: Final = frozenset(
    {
        *("code", "parent", "label", "version", "form_number", "issuing_body", "approval_number"),
        *("numerator", "against", "excluded"),
    }
)
_FIRST: Final = ("key", "version", "title", "languages", "header", "notice", "scales", "sections")


def yaml_of(questionnaire: Questionnaire) -> str:
    """Text that ``check`` reads as the same questionnaire."""
    stored = to_canonical(questionnaire)["questionnaire"]
    assert isinstance(stored, dict)
    for one in stored.get("calculated", ()):
        for name in ("text", "short"):
            if one[name] == {"zh": one["id"]}:  # nobody gave it words
                del one[name]
    held: dict[str, Any] = _plain(stored)
    scales, lists = held.pop("scales", []), held.pop("lists", [])
    first: dict[str, Any] = {name: held[name] for name in ("key", "version") if name in held}
    first["languages"] = [Plain(one) for one in questionnaire.languages]
    first |= {name: held[name] for name in ("title",) if name in held}
    text = in_lines(first, 0)
    for name in ("header", "notice"):
        if held.get(name):
            text += f"\n{name}:\n{in_lines(held[name], 2)}"
        elif name == "notice":
            text += "\nnotice: {}\n"
    if scales:
        text += "\nscales:\n" + "".join(
            f"  {one['id']}:\n    options:\n" + "".join(f"      - {on_one_line(option)}\n" for option in one["options"])
            for one in scales
        )
    if lists:
        text += "\nlists:\n" + "".join(map(_list, lists))
    text += _listed("sections", held["sections"])
    return text + "".join(_listed(name, one) for name, one in held.items() if name not in _FIRST)


def _list(one: dict[str, Any]) -> str:
    """A list by its id; entries that a wave gave stand in no file."""
    said = {
        "from" if name == "source" else name: one[name]
        for name in ("title", "source", "level", "parent")
        if name in one
    }
    entries = [] if "source" in one else one.get("options", [])
    written = f"  {one['id']}:\n{in_lines(said, 4)}"
    if entries:
        written += "    options:\n" + "".join(f"      - {on_one_line(entry)}\n" for entry in entries)
    return written


def _listed(name: str, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"\n{name}:\n" + "".join(_block(one) for one in value)
    return "\n" + in_lines({name: value}, 0)


def _block(one: dict[str, Any]) -> str:
    return "  - " + in_lines(one, 4)[4:]


def _plain(value: Any, name: str = "") -> Any:
    """Values as they are written: words of people and codes in quotes, everything else as it is."""
    if isinstance(value, dict):
        if set(value) == {"source", "tree"}:
            return value["source"]
        kept = {key: one for key, one in value.items() if not (key == "options" and value.get("scale"))}
        if kept.get("short") is not None and kept["short"] == kept.get("text"):
            del kept["short"]  # what it is anyway; places are filled in the text alone
        texts = set(kept) <= {"zh", "en"}
        return {
            _key(key): _plain(one, "label" if texts else key if name not in _QUOTED else name)
            for key, one in kept.items()
        }
    if isinstance(value, list):
        return [_plain(one, name) for one in value]
    if isinstance(value, bool):
        return Plain("true" if value else "false")
    if isinstance(value, int | float):
        return Plain(f"{value:.12g}")
    return value if name in _QUOTED or not _bare(value) else Plain(value)


def _bare(value: str) -> bool:
    return (
        value.replace("_", "").replace(".", "").replace("-", "").isalnum() and value.isascii() and not value.isdigit()
    )


def _key(key: str) -> str:
    return key if not key[:1].isdigit() else f'"{key}"'
