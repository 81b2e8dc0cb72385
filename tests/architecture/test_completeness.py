"""Every kind of question on every surface: walked, not only looked up, and named where one is missing."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import questionnaires.kinds
from questionnaires.answer_words import describe
from questionnaires.answers import Policy, Severity, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.codebook import codebook
from questionnaires.evaluation import evaluate
from questionnaires.indicators import Indicator, IndicatorKind
from questionnaires.kinds import KINDS, kind_of
from questionnaires.kinds.kind import Kind, VariableType
from questionnaires.kinds.ranking import ranks_of
from questionnaires.loader import check_bytes
from questionnaires.model import Missing, Question, Questionnaire, QuestionType
from questionnaires.text import Text
from reports.fonts import TypeSettings
from reports.paper_form.kinds import PRINTED
from reports.paper_form.layout import lay_out_form
from survey_service.api.schemas import QuestionOfDefinition
from survey_service.collection.kinds import PHONE
from survey_service.collection.resident_pages import Look, _environment, answered_questions
from survey_service.collection.resident_steps import screens
from survey_service.demonstration.kinds import INVENTED
from survey_service.exports.answers import answer_columns
from survey_service.exports.kinds import EXPORTED
from survey_service.importing import kinds as importing
from survey_service.importing.pages import question_choices
from survey_service.importing.plan import Target
from survey_service.importing.recognise import suggest
from survey_service.keying import quality, sheets, values
from survey_service.keying.kinds import KEYED, Box
from survey_service.paper.reading.ink import Ink
from survey_service.paper.reading.judgement import judge_boxes
from survey_service.paper.reading.kinds import TICKED, Ticks
from survey_service.tabular.cells import read_cells
from survey_service.web.pages import environment
from survey_service.xlsform.book import OWN
from survey_service.xlsform.kinds import WRITTEN
from survey_service.xlsform.reading import convert
from survey_service.xlsform.writing import write
from tests.architecture.kind_samples import NOT_ANSWERED_ON, SAMPLES, VARIANTS, Sample

ROOT = Path(__file__).parents[2]
PACKAGES = ("questionnaires", "analysis", "reports", "survey_service")
DEFINITION = """\
key: sample
version: "1"
title: {{zh: 样例, en: Sample}}
notice:
  purpose: {{zh: 试验, en: A test}}
  body: {{zh: 某办公室, en: An office}}
  retention: {{zh: 两年, en: Two years}}
  contact: {{zh: "12345", en: "12345"}}
sections:
  - id: only
    title: {{zh: 一, en: One}}
    questions:
      - id: asked
        type: {kind}
        text: {{zh: 问的是这一题吗, en: Is this the question}}{fields}
"""
LANGUAGES = ("zh", "en")


class Walk:
    """One kind, its sample question in a questionnaire of its own, and the right answer in canonical form."""

    def __init__(self, kind: QuestionType, sample: Sample, type_settings: TypeSettings) -> None:
        self.type_settings = type_settings
        self.sample = sample
        definition = DEFINITION.format(kind=kind, fields=self.sample.fields)
        made, problems = check_bytes(definition.encode(), "sample.yaml")
        assert made is not None, problems
        self.questionnaire: Questionnaire = made
        self.question: Question = made.question("asked")
        self.kind: Kind = kind_of(self.question)
        self.variables = self.question.variables()
        assert bool(self.variables) == bool(self.sample.right)
        checked = self.judged(dict.fromkeys(self.variables, self.sample.right), Policy.WEB)
        self.canonical = dict(checked.canonical)
        assert set(self.canonical) == set(self.variables), checked.findings

    def judged(self, answers: Mapping[str, object], policy: Policy) -> Any:
        return check_answers(self.questionnaire, answers, policy)


# ------------------------------------------------------------------ one function a surface


def the_definition_file(walk: Walk) -> None:
    stored = json.loads(canonical_bytes(walk.questionnaire))
    assert from_canonical(stored) == walk.questionnaire


def the_judge(walk: Walk) -> None:
    for policy in Policy:
        again = walk.judged(walk.canonical, policy)
        assert again.canonical == walk.canonical, "canonical answers judge to themselves"
        assert not again.findings
        for variable in walk.variables:
            stated = walk.judged({variable: {"missing": "refused"}}, policy)
            assert stated.values[variable] is Missing.REFUSED
            refused = walk.judged({variable: walk.sample.wrong}, policy)
            assert variable not in refused.canonical
            assert refused.values[variable] is Missing.NO_ANSWER
            assert [one.severity for one in refused.findings] == [Severity.HARD]


def the_words_of_answers_and_faults(walk: Walk) -> None:
    for language in LANGUAGES:
        for variable, answer in walk.canonical.items():
            assert walk.kind.in_words(walk.question, answer, language)
            for finding in walk.judged({variable: walk.sample.wrong}, Policy.WEB).findings:
                assert describe(finding, walk.questionnaire, language).endswith(("。", "."))
        if walk.variables:
            assert walk.kind.expected(walk.question, language).rstrip().endswith(("。", "."))
        for code in walk.kind.faults:
            assert walk.kind.fault(code, {}, walk.question, language).endswith(("。", "."))


def conditions(walk: Walk) -> None:
    for variable in walk.variables:
        tried = walk.kind.worth_trying(walk.question, [], 100)
        assert tried, "a search for questions that nobody reaches needs an answer to try"
        for answer in tried:
            assert walk.judged({variable: answer}, Policy.WEB).accepted
        hint = walk.kind.refuses(variable, (object(),), ordering=False)  # type: ignore[arg-type]
        assert hint or walk.kind.variable is VariableType.NUMBER


def the_codebook_and_the_columns_for_statistics(walk: Walk) -> None:
    rows = codebook(walk.questionnaire)
    assert [row.name for row in rows] == list(walk.variables)
    assert all(row.rule is None or (row.rule.zh and row.rule.en) for row in rows)
    said = walk.sample.elsewhere or walk.sample.says
    assert all(words in f"{row.rule} {row.values}" for row in rows for words in said.values())
    python = {
        VariableType.CODE: str,
        VariableType.CODES: list,
        VariableType.RANKS: list,
        VariableType.NUMBER: (int, float),
    }
    for row in rows:
        value = walk.judged(walk.canonical, Policy.IMPORT).values[row.name]
        assert isinstance(value, python.get(row.type, str))
        several = row.type in (VariableType.CODES, VariableType.RANKS)
        ranks = ranks_of(walk.question) if row.type is VariableType.RANKS else 0
        assert len(row.columns()) == (ranks or len(row.parts) or (len(row.values) if several else 1))
        assert not row.values or set(value if several else [value]) <= {one.code for one in row.values}
        share = Indicator(
            id="share",
            name=Text("份额"),
            definition=Text("份额"),
            kind=IndicatorKind.PROPORTION,
            variables=(row.name,),
            numerator=(str(value[0] if isinstance(value, list) else value),),
        )
        counting = replace(walk.questionnaire, indicators=(share,))
        assert evaluate(counting, {row.name: value})["share"] is not None


def the_residents_page(walk: Walk) -> None:
    phone = PHONE[walk.question.type]
    shown = screens(walk.questionnaire, 0)
    for language in LANGUAGES:
        drawn = _environment(language).from_string(
            "{% from 'resident/parts.html' import fields with context %}"
            "{% for step in steps %}{{ fields(step, {}, {}, total) }}{% endfor %}"
        )
        look = Look(language=language, large=False)
        html = drawn.render(steps=shown.steps, total=shown.total, language=language, look=look)
        fields = set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', html))
        assert fields == set(walk.variables), "every variable has a field"
        assert bool(phone.hint(walk.question, language)) == bool(walk.variables)
        assert walk.sample.says.get(language, "") in html
        lines = answered_questions(walk.judged(walk.canonical, Policy.WEB), shown, language)
        assert all(words for line in lines for _, words in line.answers)
        assert len(lines) == len({one.partition(".")[0] for one in walk.variables})


def the_keying_sheet(walk: Walk) -> None:
    keyed = KEYED[walk.question.type]
    for language in LANGUAGES:
        rows = sheets.build_sheet(walk.questionnaire, language).rows
        assert [row.variable for row in rows] == list(walk.variables)
        assert (keyed is None) == (not rows)
        for row in rows:
            assert quality.alternatives(row) >= 0
            assert row.for_script()["kind"] == row.kind.value
            keys = {f"{sheets.PREFIX}{row.variable}": values.typed(walk.canonical[row.variable])}
            assert sheets.judge(walk.questionnaire, sheets.read_keys(keys)).accepted
            shown = values.shown(row, walk.canonical[row.variable])
            assert shown.parts
            assert not shown.missing


def the_preview(walk: Walk) -> None:
    """What a manager sees: the page and the form of above, and every box with what is typed into it."""
    for language in LANGUAGES:
        template = environment(language).get_template("staff/planning/preview.html")
        stored = {
            "id": 1,
            "key": "k",
            "version": "1",
            "sha256": "0" * 64,
            "created_at": datetime(2026, 9, 1, tzinfo=UTC),
        }
        given = {
            "survey": {"key": "s"},
            "stored": stored,
            "title": Text("题", "Title"),
            "questionnaire": walk.questionnaire,
            "zone": UTC,
            "pictures": True,
            "of_wave": None,
            "open_lists": (),
            "spoken": (),
            "may_change": False,
            "language": language,
            "here": "",
            "sheet": sheets.build_sheet(walk.questionnaire, language),
        }
        html = "".join(template.blocks["content"](template.new_context(given)))
        boxes = re.findall(r'<span class="codes">(.*?)</span>\s*</li>', html, re.DOTALL)
        assert len(boxes) == len(walk.variables)
        assert all(re.sub(r"<[^>]*>", "", box).strip() for box in boxes), "a keyer is told what to type"


def the_printed_form(walk: Walk) -> None:
    assert walk.question.type in PRINTED
    for languages in (("zh",), ("zh", "en")):
        form = lay_out_form(
            walk.questionnaire, languages=languages, definition_sha256="0" * 64, settings=walk.type_settings
        )
        ticked = {box.variable for box in form.geometry.boxes}
        written = {entry.variable for entry in form.geometry.entries}
        assert ticked | written == set(walk.variables), "every variable has a place on paper"
        assert not ticked & written
        printed = "".join(mark.line.text if hasattr(mark, "line") else "" for page in form.pages for mark in page.marks)
        assert "问的是这一题吗" in printed
        assert all(words in printed for language, words in walk.sample.says.items() if language in languages)


def the_reader_of_scans(walk: Walk) -> None:
    ticks = TICKED[walk.question.type]
    form = lay_out_form(walk.questionnaire, languages=("zh",), definition_sha256="0" * 64, settings=walk.type_settings)
    boxes = form.geometry.boxes
    assert bool(boxes) == (ticks is not Ticks.NONE), "what is printed to be ticked is read"
    plain, none = Ink(mean=0.2, covered=0.3, stroke=0.2), Ink(mean=0.0, covered=0.0, stroke=0.0)
    last = {box.variable: box.code for box in boxes}
    marked = [plain if ticks is Ticks.SEVERAL or last[box.variable] == box.code else none for box in boxes]
    for read in judge_boxes(walk.questionnaire, boxes, marked, {}):
        assert read.doubt is None
        codes = list(read.codes)
        assert walk.judged({read.variable: codes if ticks is Ticks.SEVERAL else codes[0]}, Policy.PAPER).accepted


def the_import_of_tables(walk: Walk) -> None:
    imported = importing.IMPORTED[walk.question.type]
    assert (imported is None) == (not walk.variables)
    choices = question_choices(walk.questionnaire)
    for variable in walk.variables:
        assert f"{Target.ANSWER}:{variable}" in [one.value for one in choices]
        cell = walk.sample.cell or walk.sample.right
        item = "".join(f"—{one.text.zh}" for one in walk.question.items)
        table = f"1、{walk.question.text.zh}{item}\n{cell}\n"
        grid = read_cells("a.csv", table.encode())
        [column] = suggest(grid, walk.questionnaire).columns
        assert (column.target, column.variable) == (Target.ANSWER, variable)
        source = importing.Source(question=walk.question, said={}, platform=True, epoch_1904=False)
        reading = importing.reader(source, variable)(grid.records[0][0])
        assert reading.problem is None
        assert walk.judged({variable: reading.answer}, Policy.IMPORT).canonical[variable] == walk.canonical[variable]


def the_form_of_other_systems(walk: Walk) -> None:
    """It goes out as rows and comes back equal; also where nothing but the standard sheets came back it is asked."""
    written = write(walk.questionnaire)
    sheets = {name: list(enumerate(map(tuple, rows), start=1)) for name, rows in written.sheets.items()}
    for given in (sheets, {name: rows for name, rows in sheets.items() if name != OWN}):
        again, problems = check_bytes(convert(given, "form").definition.encode(), "again.yaml")
        assert again is not None, problems
        assert again.question("asked").variables() == walk.variables
        assert given is not sheets or again == walk.questionnaire


def the_export(walk: Walk) -> None:
    """A column or several for every variable: what was answered comes out, and every reason for no answer apart."""
    exported = EXPORTED[walk.question.type]
    assert (exported is None) == (not walk.variables)
    columns = answer_columns(walk.questionnaire, texts=True)
    assert list(dict.fromkeys(variable for variable, _ in columns)) == list(walk.variables)
    answered = walk.judged(walk.canonical, Policy.IMPORT).values
    for variable, column in columns:
        values = [answered[variable], *Missing]
        cells = column.read(values)
        assert len(cells) == len(values)
        said = column.variable
        assert said.label.zh
        assert said.label.en
        known = {code for code, _ in said.values}
        assert not known or cells[0] in known
        if said.missing:
            assert [float(said.missing[one]) for one in Missing] == cells[1:]
            assert cells[0] not in said.missing.values()
            assert set(said.missing_labels) == set(Missing)
        else:
            assert cells[1:] == [""] * len(Missing)
    kept = answer_columns(walk.questionnaire, texts=False)
    assert [column.open for _, column in kept] == [False] * len(kept)


def the_invented_file(walk: Walk) -> None:
    chance = random.Random(1)
    for _ in range(20):
        for variable in walk.variables:
            answer = INVENTED[walk.question.type](chance, walk.question)
            assert walk.judged({variable: answer}, Policy.WEB).accepted


def the_devices_and_the_programs(walk: Walk) -> None:
    stored: Any = to_canonical(walk.questionnaire)["questionnaire"]
    [question] = stored["sections"][0]["questions"]
    assert QuestionOfDefinition.model_validate(question).type is walk.question.type
    named = QuestionOfDefinition.model_json_schema()["properties"]["type"]["enum"]
    assert walk.question.type in named
    sent = json.loads(json.dumps(walk.canonical))
    assert walk.judged(sent, Policy.DEVICE).accepted


# ------------------------------------------------------------------ where a kind is not answered


def not_keyed(walk: Walk) -> None:
    """No box: and the numbers of the others stay those of the paper."""
    assert KEYED[walk.question.type] is None
    for language in LANGUAGES:
        assert not sheets.build_sheet(walk.questionnaire, language).rows


def said_on_paper(walk: Walk) -> None:
    """Its number and words, nothing to write into, and where it is answered."""
    for languages in (("zh",), ("zh", "en")):
        form = lay_out_form(
            walk.questionnaire, languages=languages, definition_sha256="0" * 64, settings=walk.type_settings
        )
        assert not form.geometry.boxes
        assert not form.geometry.entries
        printed = "".join(mark.line.text if hasattr(mark, "line") else "" for page in form.pages for mark in page.marks)
        assert "问的是这一题吗" in printed
        assert all(words in printed for language, words in walk.sample.elsewhere.items() if language in languages)


def not_imported(walk: Walk) -> None:
    assert importing.IMPORTED[walk.question.type] is None
    assert not question_choices(walk.questionnaire)


# ------------------------------------------------------------------ the walk


# name -> the table by kind that stands in its room, and the walk through it
SURFACES: Mapping[str, tuple[Mapping[QuestionType, object], Callable[[Walk], None]]] = {
    "the definition file": (KINDS, the_definition_file),
    "the judge": (KINDS, the_judge),
    "the words of answers and faults": (KINDS, the_words_of_answers_and_faults),
    "conditions": (KINDS, conditions),
    "the codebook and the columns for statistics": (KINDS, the_codebook_and_the_columns_for_statistics),
    "the resident's page": (PHONE, the_residents_page),
    "the keying sheet": (KEYED, the_keying_sheet),
    "the preview": (KEYED, the_preview),
    "the printed form": (PRINTED, the_printed_form),
    "the reader of scans": (TICKED, the_reader_of_scans),
    "the import of tables": (importing.IMPORTED, the_import_of_tables),
    "the export": (EXPORTED, the_export),
    "the form of other systems": (WRITTEN, the_form_of_other_systems),
    "the invented file": (INVENTED, the_invented_file),
    "devices and programs": (KINDS, the_devices_and_the_programs),
    "the samples of this test": (SAMPLES, lambda walk: None),
}


@pytest.mark.parametrize("surface", SURFACES)
def test_every_kind_has_an_adapter(surface: str) -> None:
    table, _ = SURFACES[surface]
    missing = [f"kind {kind} has no adapter on {surface}" for kind in QuestionType if kind not in table]
    assert not missing, "; ".join(missing)
    assert set(table) == set(QuestionType)


INSTEAD: Mapping[str, Callable[[Walk], None]] = {
    "the keying sheet": not_keyed,
    "the preview": not_keyed,
    "the printed form": said_on_paper,
    "the reader of scans": said_on_paper,
    "the import of tables": not_imported,
}


def test_paper_and_what_is_made_of_it_answer_every_kind_but_those_that_say_so() -> None:
    """The one table of exceptions, beside what the kinds say of themselves."""
    assert set(NOT_ANSWERED_ON) == {one for one, kind in KINDS.items() if not kind.on_paper}
    assert {surface for left in NOT_ANSWERED_ON.values() for surface in left} == set(INSTEAD)
    assert set(INSTEAD) <= set(SURFACES)


WALKED: Mapping[str, tuple[QuestionType, Sample]] = {kind.value: (kind, SAMPLES[kind]) for kind in SAMPLES} | VARIANTS


@pytest.mark.parametrize("name", WALKED)
def test_every_kind_walks_through_every_surface(name: str, type_settings: TypeSettings) -> None:
    kind, sample = WALKED[name]
    walk = Walk(kind, sample, type_settings)
    for surface, (table, through) in SURFACES.items():
        if kind not in table:
            continue  # named above
        try:
            (INSTEAD[surface] if surface in NOT_ANSWERED_ON.get(kind, ()) else through)(walk)
        except Exception as fault:
            raise AssertionError(f"kind {name} fails on {surface}: {fault!r}") from fault


def test_every_module_of_a_kind_is_a_name_of_the_model() -> None:
    folder = Path(questionnaires.kinds.__path__[0])
    modules = {path.stem for path in folder.glob("*.py") if "\nKIND = " in path.read_text(encoding="utf-8")}
    assert modules == set(QuestionType), "the model names every kind of questionnaires/kinds, and no other"
    assert all(kind.type is name for name, kind in KINDS.items())


def test_the_script_of_keying_knows_boxes_by_their_names() -> None:
    scripts = (ROOT / "survey_service" / "web" / "static").glob("keying*.js")
    named = {name for path in scripts for name in re.findall(r'row\.kind [!=]== "(\w+)"', path.read_text("utf-8"))}
    assert named
    assert named <= set(Box)


def test_a_kind_is_named_in_its_tables_only() -> None:
    """What branches on a kind elsewhere would be a surface that nothing walks."""
    spread = {
        path.relative_to(ROOT).as_posix(): found
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "kinds.py"
        and path.parent.name != "kinds"
        and (
            found := re.findall(r"\bQuestionType\.[A-Z_]+|question\.type (?:[!=]=|in|not in)", path.read_text("utf-8"))
        )
    }
    assert spread == {
        "questionnaires/household_adults.py": ["QuestionType.NUMBER"],  # a question of the frame, made here
        "questionnaires/builders.py": ["QuestionType.NOTE"],  # stands for a kind that cannot be known
        "questionnaires/condition_checks.py": ["QuestionType.SHORT_TEXT"],  # the words behind 其他 are one
        "questionnaires/model.py": [
            "QuestionType.NOTE",
            "QuestionType.SINGLE_CHOICE",
            "QuestionType.SHORT_TEXT",
            "QuestionType.NUMBER",
            "QuestionType.MULTIPLE_CHOICE",
        ],  # yields no variable; whether there is another round; what is calculated; what was drawn
    }
    templates = (ROOT / "survey_service" / "web" / "templates").rglob("*.html")
    assert not [path.name for path in templates if re.search(r"question\.type\b", path.read_text("utf-8"))]
