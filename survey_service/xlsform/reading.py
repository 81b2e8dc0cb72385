"""A workbook to a definition: the YAML of a sound file, or none, and a remark on everything that is otherwise in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from survey_service.xlsform import survey_tree as tree
from survey_service.xlsform.book import (
    CHOICES,
    OWN,
    SETTINGS,
    SURVEY,
    Grid,
    Row,
    Sheet,
    language_of,
    languages,
    read_sheet,
)
from survey_service.xlsform.calculations_in import Calculations
from survey_service.xlsform.choices_in import Choices, lists_of, with_files
from survey_service.xlsform.definition_text import Document
from survey_service.xlsform.filters_in import Filters, columns_of
from survey_service.xlsform.mending import sound
from survey_service.xlsform.names import Identifiers
from survey_service.xlsform.never_asked import forget_who_is_never_asked
from survey_service.xlsform.origin import Origin, kept
from survey_service.xlsform.pieces import Piece
from survey_service.xlsform.plan_in import FormPlan
from survey_service.xlsform.questions_in import Questions
from survey_service.xlsform.remarks import Remark, Weight, Why
from survey_service.xlsform.repeats_in import ASKS_FOR_MORE, Repeats, with_more
from survey_service.xlsform.wording import Wording

EXTERNAL: Final = "external_choices"
_MEDIA: Final = {"media::image", "media::audio", "media::video", "media::big-image"}
_READ: Final = {
    SURVEY: _MEDIA
    | {
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "required",
        "required_message",
        "relevant",
        "constraint",
        "constraint_message",
        "calculation",
        "appearance",
        "default",
        "read_only",
        "choice_filter",
        "parameters",
        "repeat_count",
        "trigger",
        "disabled",
    },
    CHOICES: _MEDIA | {"list_name", "name", "label"},
    SETTINGS: {"form_title", "form_id", "version", "default_language"},
}


@dataclass(frozen=True, slots=True)
class Converted:
    """``definition``: YAML that passes every check; "" where nothing was left to ask."""

    definition: str
    remarks: tuple[Remark, ...]
    questions: int = 0  # rows of the form that ask something
    carried: int = 0  # questions of the definition, a row of a matrix counting as one

    @property
    def whole(self) -> bool:
        """Whether everything that is asked, offered, tested and calculated is carried."""
        return bool(self.definition) and not any(one.why.weight is Weight.LOST for one in self.remarks)

    @property
    def lists_to_give(self) -> bool:
        """Whether options stand in other files there: each wave gives them here."""
        return any(one.why is Why.LIST_TO_GIVE for one in self.remarks)

    @property
    def ceiling(self) -> bool:
        """Whether a group that is repeated as often as somebody likes is so only up to a number here."""
        return any(one.why is Why.CEILING for one in self.remarks)


def convert(sheets: Mapping[str, Grid], name: str) -> Converted:
    """``name``: of the file, without its ending; the title and the key where the form has none."""
    survey, choices, settings = (read_sheet(sheets, one) for one in (SURVEY, CHOICES, SETTINGS))
    if not survey.rows or not any(one.name == "type" for one in survey.columns):
        return Converted("", (Remark(why=Why.NO_SURVEY, sheet=SURVEY),))
    survey.rows = [row for row in survey.rows if row["disabled"].lower() not in ("yes", "true")]
    top = tree.tree_of(survey.rows)
    lists = with_files(lists_of(choices), read_sheet(sheets, EXTERNAL), top)
    asks = sum(one.kind not in (tree.GROUP, tree.REPEAT, tree.META) for node in top for one in node.walk())
    repeats = Repeats(top, lists)
    lists = with_more(lists) if repeats.remarks else lists
    origin = _origin(sheets)
    if origin is not None and origin.untouched:
        text, mended = sound(origin.document)
        asked = sum(len(one.get("items", [1])) for part in origin.document["sections"] for one in part["questions"])
        return Converted(text, tuple(mended), asked, asked)
    plan = FormPlan(repeats, lists, origin.variables if origin else {})
    said = settings.rows[0] if settings.rows else None
    wording = _wording(survey, choices, said, plan)
    document, remarks = _document(plan, lists, wording, said, name, origin)
    remarks = [
        *repeats.remarks,
        *plan.remarks,
        *remarks,
        *wording.remarks,
        *_unread(sheets, survey, choices, settings),
    ]
    if origin is not None:
        remarks = [*origin.concern(remarks, survey.rows), *origin.restore(document)]
        remarks += origin.of_ours(survey.rows)
    elif not wording.english:
        document["languages"] = ["zh", *wording.further]
        document = _without_english(document)
    text, mended = sound(document)
    remarks += [*mended, *(wording.summary() if origin is None else ())]
    if not text:
        remarks.append(Remark(why=Why.NO_QUESTIONS, sheet=SURVEY))
    return Converted(text, tuple(sorted(remarks, key=_order)), asks, _carried(document))


def _carried(document: Document) -> int:
    """Rows that became questions or calculated values; one that is written out several times counts once."""
    pieces = [one for part in document["sections"] for one in part["questions"]]
    pieces += [row for one in pieces for row in one.get("items", ())]
    matrices = sum("items" in one for one in pieces)
    rows = {
        (one.row.number, one.get("type")) if isinstance(one, Piece) else (0, id(one))
        for one in pieces
        if not (isinstance(one, Piece) and one.row["type"] == ASKS_FOR_MORE)
    }
    return len(rows) - matrices + len(document.get("calculated", ()))


def _origin(sheets: Mapping[str, Grid]) -> Origin | None:
    definition = kept(sheets)
    return None if definition is None else Origin(definition, sheets)


def _order(remark: Remark) -> tuple[bool, int, int]:
    sheets = (SURVEY, CHOICES, SETTINGS)
    place = sheets.index(remark.sheet.lower()) if remark.sheet.lower() in sheets else len(sheets)
    return remark.row is not None, place, remark.row or 0


def _wording(survey: Sheet, choices: Sheet, said: Row | None, plan: FormPlan) -> Wording:
    spoken = {one for one in languages(survey, choices) if one}
    usual = language_of(said["default_language"]) if said and said["default_language"] else ""
    return Wording(spoken, usual if usual.lower() != "default" else "", plan.seen_from)


def _document(
    plan: FormPlan, lists: dict[str, Choices], wording: Wording, said: Row | None, name: str, origin: Origin | None
) -> tuple[Document, list[Remark]]:
    title = (said["form_title"] if said else "") or name
    form_id = (said["form_id"] if said else "") or name
    key = Identifiers().for_name(form_id, "form")
    remarks = []
    if said is not None and said["form_id"] and key != form_id:
        remarks.append(said.remark(Why.KEY, "form_id", seen=form_id, now=key))
    known = origin.document["title"] if origin else {}
    titled = known if title == known.get("zh") else wording.plain(title)
    filters = Filters(plan, lists)
    _share(plan, lists, origin.scales if origin else set(), filters)
    calculations = Calculations(plan, wording)
    forget_who_is_never_asked(plan)
    questions = Questions(plan, lists, wording, filters)
    scales = {
        one.scale: {"options": one.options(wording, piped=False, remarks=questions.remarks)}
        for one in lists.values()
        if one.scale
    }
    sections = []
    for part in plan.parts:
        row = part.node.row if part.node else None
        heading = wording.text(row, "label") if row else None
        if row is not None:
            questions.no_hint(row)
            if heading is None:
                questions.remarks.append(row.remark(Why.TITLE, "label"))
        condition = questions.ask_if(part.conditions)
        if condition is False:
            continue
        asked = [one for one in map(questions.question, part.asked) if one is not None]
        section: dict[str, Any] = {"id": part.id, "title": heading or titled}
        if condition:
            section["ask_if"] = condition
        if part.rounds is not None and row is not None:
            section["repeats"] = questions.repeats(row, part.rounds)
        section["questions"] = asked
        if asked:
            sections.append(_section(row, section))
    document: Document = {
        "key": key,
        "version": (said["version"] if said else "") or "1",
        "languages": ["zh", "en", *wording.further],
        "title": titled,
        "notice": {},
        "scales": scales,
        "lists": {
            one.listed_as: _listed(one, lists, wording, questions.remarks) for one in lists.values() if one.listed_as
        },
        "sections": sections,
        "rules": questions.rules,
        "calculated": calculations.found,
    }
    for name_ in ("scales", "lists", "rules", "calculated"):
        if not document[name_]:
            del document[name_]
    return document, remarks + calculations.remarks + filters.remarks + questions.remarks


def _listed(one: Choices, lists: Mapping[str, Choices], wording: Wording, remarks: list[Remark]) -> dict[str, Any]:
    """A list of the file; nobody reads its title."""
    called = one.name.removeprefix(tree.FROM_FILE)[:60]
    found: dict[str, Any] = {"title": {"zh": called, "en": called}}
    if one.above:
        found["parent"] = lists[one.above].listed_as
    if one.to_give:
        return found | {"from": "wave"}
    return found | {"options": one.options(wording, piped=False, remarks=remarks)}


def _section(row: Row | None, fields: dict[str, Any]) -> dict[str, Any]:
    return fields if row is None else Piece(row, {"ask_if": "relevant", "title": "label", "id": "name"}, fields)


def _share(plan: FormPlan, lists: dict[str, Choices], shared: set[str], filters: Filters) -> None:
    """A list that two questions or a matrix use is a scale of the file; one too long for that has a name there."""
    called = {asked.node.list_name for part in plan.parts for asked in part.asked} & filters.by_name
    called |= {lists[one].above for one in called} - {""}
    uses = Counter(
        asked.rows[0][1].list_name if asked.is_matrix else asked.node.list_name
        for part in plan.parts
        for asked in part.asked
    )
    matrices = {asked.rows[0][1].list_name for part in plan.parts for asked in part.asked if asked.is_matrix}
    names = Identifiers()
    for one in lists.values():
        if one.name in called:
            one.listed_as = names.for_name(one.name, "list")
        elif (uses[one.name] > 1 and not one.has_places()) or one.name in matrices or one.name in shared:
            one.scale = names.for_name(one.name, "list")


def _without_english(value: Any) -> Any:
    """Texts without what stands in for their English."""
    if isinstance(value, dict):
        if value.keys() >= {"zh", "en"}:
            return {tag: words for tag, words in value.items() if tag != "en"}
        for name in list(value):
            value[name] = _without_english(value[name])
        return value
    return [_without_english(one) for one in value] if isinstance(value, list) else value


def _unread(sheets: Mapping[str, Grid], *read: Sheet) -> list[Remark]:
    """Sheets and columns that mean nothing here."""
    known = {SURVEY, CHOICES, SETTINGS, EXTERNAL, "choices and columns", "columns", OWN}
    found = [
        Remark(why=Why.SHEET, sheet=name) for name, rows in sheets.items() if name.strip().lower() not in known and rows
    ]
    for wanted, sheet in zip(_READ, read, strict=True):
        filters = {row["choice_filter"] for row in read[0].rows} if wanted == CHOICES else set()
        filtered = {name for one in filters if one for name in columns_of(one)}
        seen: set[tuple[str, str]] = set()
        for column in sheet.columns:
            if (column.name, column.language) in seen:  # the first of two that mean one thing is read
                if column.lost:
                    found.append(Remark(why=Why.TWICE, sheet=wanted, column=column.head))
                continue
            seen.add((column.name, column.language))
            used = any(column.name in row.cells or column.name in row.words for row in sheet.rows)
            if column.name not in _READ[wanted] | filtered and used:
                found.append(Remark(why=Why.COLUMN, sheet=wanted, column=column.head))
    return found
