"""The work of ``survey-service xlsform``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import typer

from questionnaires.loader import available, check
from questionnaires.problems import listing
from survey_service.commands.speech import language
from survey_service.outside.forms import Form, read
from survey_service.tabular import TableError
from survey_service.xlsform.remarks import Weight, line_of
from survey_service.xlsform.workbook_out import workbook
from survey_service.xlsform.writing import write

WHOLE, NOTHING, IN_PART = 0, 1, 2
_SUMMARY: Final = {
    "zh": "{out}：{carried} 道题；没有带过来 {lost} 处，写法变了 {changed} 处，略去 {aside} 处。",
    "en": "{out}: {carried} questions; {lost} not carried over, {changed} written otherwise, {aside} left aside.",
}
_SURVEYED: Final = {
    "zh": "{forms} 份表单（另有 {ask_nothing} 份什么也不问，{refused} 个文件读不了）：{sound} 份成了可用的问卷；"
    "{whole} 份完整，"
    "另有 {whole_with_a_ceiling} 份只差一样：那边没有上限的重复组，这里最多问写明的轮数；"
    "还有 {whole_with_lists_to_give} 份的选项在别的文件里，由每一期交上；"
    "{asked} 行里带过来 {carried} 道。\n没有带过来的，按表单数（括号里：只缺这一样的）：",
    "en": "{forms} forms, {ask_nothing} that ask nothing, and {refused} files that cannot be read: "
    "{sound} become a sound questionnaire; "
    "{whole} are whole, "
    "{whole_with_a_ceiling} more are but for groups that repeat without an end there and up to a stated number here, "
    "and {whole_with_lists_to_give} with options of other files, which each wave gives; "
    "{carried} of {asked} rows are carried.\nWhat is lost, by the number of forms (in brackets: nothing but that):",
}
_NONE: Final = {"zh": "没有可写的题。", "en": "Nothing is left to ask; no file was written."}


def read_form(form: Path, out: Path, *, as_json: bool) -> int:
    """The exit status. The definition is written where there is one, whatever else is remarked."""
    try:
        found = read(form.name, form.read_bytes())
        if found.definition:
            out.write_text(found.definition, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{error.filename or form}: {error.strerror or error}", err=True)
        return NOTHING
    except TableError as error:
        typer.echo(str(error), err=True)
        return NOTHING
    _tell(found, out, as_json=as_json)
    if not found.definition:
        return NOTHING
    return WHOLE if found.whole else IN_PART


def _tell(found: Form, out: Path, *, as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = {"whole": found.whole, "asked": found.asked, "carried": found.carried}
        _json(document | {"found": found.found, "remarks": found.remarks})
        return
    speech = language()
    for one in found.remarks:
        typer.echo(line_of(one, speech))
    if not found.definition:
        typer.echo(_NONE[speech], err=True)
        return
    count = Counter(one["weight"] for one in found.remarks)
    numbers = {weight.value: count[weight.value] for weight in Weight}
    typer.echo(_SUMMARY[speech].format(out=out, carried=found.carried, **numbers))


def survey_forms(folder: Path, *, as_json: bool) -> int:
    """Of every form below the folder what becomes of it. One that is there twice, in whatever file, counts once."""
    told: dict[str, Form] = {}
    refused: list[dict[str, str]] = []
    silent: set[str] = set()  # forms that ask nothing: no row is a question, a note or a calculation
    for path in sorted(one for one in folder.rglob("*") if one.suffix.lower() in (".xlsx", ".xls") and one.is_file()):
        try:
            found = read(f"form{path.suffix.lower()}", path.read_bytes())
        except (TableError, OSError) as error:
            refused.append({"file": str(path.relative_to(folder)), "why": str(error).strip()})
            continue
        if any(one["kind"] == "no_survey" for one in found.remarks):
            continue
        if not found.asked:
            silent.add(json.dumps(found.remarks))
        else:
            told.setdefault(json.dumps([found.definition, found.remarks]), found)
    lost = [{str(one["kind"]) for one in found.remarks if one["weight"] == Weight.LOST} for found in told.values()]
    document = {
        "forms": len(told),
        "refused": len(refused),
        "ask_nothing": len(silent),
        "sound": sum(bool(one.definition) for one in told.values()),
        "whole": sum(one.whole and not one.ceiling and not one.lists_to_give for one in told.values()),
        "whole_with_a_ceiling": sum(one.whole and one.ceiling and not one.lists_to_give for one in told.values()),
        "whole_with_lists_to_give": sum(one.whole and one.lists_to_give for one in told.values()),
        "asked": sum(one.asked for one in told.values()),
        "carried": sum(one.carried for one in told.values()),
        "lost": dict(Counter(kind for kinds in lost for kind in kinds).most_common()),
        "lost_alone": dict(Counter(kind for kinds in lost for kind in kinds if len(kinds) == 1).most_common()),
    }
    if as_json:
        _json(document | {"files_refused": refused})
        return WHOLE if told else NOTHING
    typer.echo(_SURVEYED[language()].format(**document))
    for kind, count in document["lost"].items():  # type: ignore[attr-defined] # a mapping
        typer.echo(f"{count:>6}  {kind} ({document['lost_alone'].get(kind, 0)})")  # type: ignore[attr-defined] # the same
    for one in refused:
        typer.echo(f"{one['file']}: {one['why']}", err=True)
    return WHOLE if told else NOTHING


def write_form(chosen: str, out: Path, *, as_json: bool) -> int:
    """``chosen``: the key of a programme that comes with the service, or a definition file."""
    path = available().get(chosen) or Path(chosen)
    questionnaire, problems = check(path)
    if questionnaire is None:
        typer.echo(listing(problems), err=True)
        return NOTHING
    written = write(questionnaire)
    try:
        out.write_bytes(workbook(written.sheets))
    except OSError as error:
        typer.echo(f"{error.filename or out}: {error.strerror or error}", err=True)
        return NOTHING
    remarks = [one.to_json() for one in written.remarks]
    if as_json:
        _json({"remarks": remarks})
    else:
        for one in remarks:
            typer.echo(line_of(one, language()))
        typer.echo(f"{out}")
    return WHOLE


def _json(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
