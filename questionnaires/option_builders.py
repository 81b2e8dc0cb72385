"""Nodes to options, and to what shares them: scales and lists."""

from __future__ import annotations

from questionnaires.fields import IDENTIFIER, OPTION_CODE, Fields, Notes
from questionnaires.lists import ENTRY_CODE, MAX_ENTRIES, MAX_LABEL
from questionnaires.model import ListSource, Missing, Option, OptionList, Scale
from questionnaires.problems import Code
from questionnaires.text import Text
from questionnaires.yaml_nodes import Node, Scalar

MAX_OPTIONS = 60


def option(notes: Notes, node: Node, owner: str) -> Option:
    known = ("code", "label", "value", "missing", "exclusive", "other", "stands_for", "parent", "offer_if")
    fields = Fields(notes, node, f"an option of {owner}", known)
    code_node = fields.get("code")
    code = ""
    if code_node is None:
        fields.lacks("code")
    else:
        code = fields.code_of(code_node, "code")
        if code and not OPTION_CODE.fullmatch(code) and isinstance(code_node, Scalar) and code_node.quoted:
            hint = "a code has one to eight letters or digits; one digit is keyed fastest"
            notes.add(Code.BAD_NAME, code_node.location, f'{owner} has the code "{code:.40}"', hint)
    missing = None
    if fields.get("missing") is not None:
        missing = fields.word("missing", Missing, Missing.DONT_KNOW)
        if missing not in (Missing.DONT_KNOW, Missing.REFUSED):
            message = f'an option of {owner} means "{missing}"'
            notes.add(Code.UNKNOWN_WORD, fields.place("missing"), message, "an option can mean dont_know or refused")
    return Option(
        code=code,
        label=fields.text("label", needed=True, piped=not owner.startswith("scale")) or Text(""),
        value=fields.number("value"),
        missing=missing,
        exclusive=fields.boolean("exclusive"),
        other=fields.boolean("other"),
        stands_for=fields.string("stands_for") or None,
        parent=_parent(fields),
        offer_if=fields.condition("offer_if"),
    )


def _parent(fields: Fields) -> str | None:
    node = fields.get("parent")
    return None if node is None else fields.code_of(node, "parent") or None


def options(notes: Notes, nodes: tuple[Node, ...], owner: str, fewest: int = 2) -> tuple[Option, ...]:
    """Options one below the other, with what holds between them."""
    built = tuple(option(notes, node, owner) for node in nodes)
    if nodes and not fewest <= len(nodes) <= MAX_OPTIONS:
        message = f"{owner} has {len(nodes)} options"
        notes.add(Code.OUT_OF_LIMITS, nodes[0].location, message, f"from {fewest} to {MAX_OPTIONS}")
    codes: set[str] = set()
    meanings: set[Missing] = set()
    for one, node in zip(built, nodes, strict=True):
        place = Fields(Notes(), node, owner, ("code", "missing"))
        if one.code and one.code in codes:
            message = f'{owner} has the code "{one.code}" twice'
            notes.add(Code.DUPLICATE_CODE, place.place("code"), message, "every option needs a code of its own")
        codes.add(one.code)
        if one.missing and one.missing in meanings:
            message = f'{owner} has two options that mean "{one.missing}"'
            notes.add(Code.MISSING_TWICE, place.place("missing"), message, "keep one of them")
        if one.missing:
            meanings.add(one.missing)
    return built


def scales(notes: Notes, fields: Fields) -> dict[str, Scale]:
    found: dict[str, Scale] = {}
    for key, node in fields.pairs("scales"):
        owner = f'scale "{key.value}"'
        holder = Fields(notes, node, owner, ("options",))
        found[key.value] = Scale(id=key.value, options=options(notes, holder.sequence("options", needed=True), owner))
    return found


def lists(notes: Notes, fields: Fields) -> dict[str, OptionList]:
    """The lists of a file by their ids; what holds between them and the questions is judged later."""
    return {key.value: _list(notes, key, node) for key, node in fields.pairs("lists")}


def _list(notes: Notes, key: Scalar, node: Node) -> OptionList:
    owner = f'list "{key.value}"'
    if not IDENTIFIER.fullmatch(key.value):
        hint = "an id has small letters, digits and _, begins with a letter and is no word of conditions"
        notes.add(Code.BAD_NAME, key.location, f'{owner} has the id "{key.value:.60}"', hint)
    fields = Fields(notes, node, owner, ("title", "from", "level", "parent", "options"))
    # A word that nobody knows is no file: its options are not missed as well.
    source = fields.word("from", ListSource, ListSource.FILE if fields.get("from") is None else ListSource.WAVE)
    level = fields.string("level") or None
    if source is ListSource.AREAS and level is None:
        fields.lacks("level", "name the kind of area, such as street or community")
    if source is not ListSource.AREAS and level is not None:
        notes.add(Code.LIST, fields.place("level"), f'{owner} has "level"', "only a list from: areas has one")
    nodes = fields.sequence("options", needed=source is ListSource.FILE)
    if nodes and source is not ListSource.FILE:
        message = f'{owner} has "options" beside "from"'
        notes.add(Code.LIST, fields.place("options"), message, "keep one of them")
        nodes = ()
    return OptionList(
        id=key.value,
        title=fields.text("title", needed=True) or Text(""),
        source=source,
        level=level,
        parent=fields.string("parent") or None,
        options=_entries(notes, nodes, owner),
    )


def _entries(notes: Notes, nodes: tuple[Node, ...], owner: str) -> tuple[Option, ...]:
    if len(nodes) > MAX_ENTRIES:
        message = f"{owner} has {len(nodes)} options"
        notes.add(Code.OUT_OF_LIMITS, nodes[0].location, message, f"from 1 to {MAX_ENTRIES}")
    built = []
    codes: set[str] = set()
    for node in nodes:
        fields = Fields(notes, node, f"an entry of {owner}", ("code", "label", "parent"))
        code_node = fields.get("code")
        code = "" if code_node is None else fields.code_of(code_node, "code")
        if code_node is None:
            fields.lacks("code")
        elif isinstance(code_node, Scalar) and code_node.quoted and not ENTRY_CODE.fullmatch(code):
            hint = "a code of a list has one to twenty letters or digits"
            notes.add(Code.BAD_NAME, code_node.location, f'{owner} has the code "{code:.40}"', hint)
        if code and code in codes:
            message = f'{owner} has the code "{code}" twice'
            notes.add(Code.DUPLICATE_CODE, fields.place("code"), message, "every option needs a code of its own")
        codes.add(code)
        label = fields.text("label", needed=True) or Text("")
        if max(len(label.zh), len(label.en)) > MAX_LABEL:
            message = f'the label of "{code:.40}" in {owner} is too long'
            notes.add(Code.OUT_OF_LIMITS, fields.place("label"), message, f"at most {MAX_LABEL}")
        built.append(Option(code=code, label=label, parent=_parent(fields)))
    return tuple(built)
