"""Every member of every enum stands in every table of words, in both languages; what is missing is named.

A table is found where it is written: a dict literal whose keys are members of one enum, or their values. It is total,
or it is named in ``PARTIAL`` with the reason. An enum that is in no table is named in ``ELSEWHERE``. Enums are called
by their module and their name, for several have the same name: what excuses one of them excuses no other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from jinja2 import Environment
from jinja2.nodes import Const, Dict
from typer.models import OptionInfo

from analysis.estimation.options import Simultaneous
from analysis.estimation.replicates import ReplicateKind
from analysis.outcome_codes import OutcomeMode
from analysis.results import Reliability
from analysis.sampling.allocation import Allocation
from analysis.sampling.draw import ListDraw
from analysis.small_area import FitMethod
from analysis.weighting.blending import BlendMethod
from analysis.weighting.propensity import PropensityUse
from analysis.weighting.records import CalibrationMethod
from questionnaires.text import Text
from survey_service.commands import app
from survey_service.commands.blend import BlendMethodName
from survey_service.commands.draw import AllocationName as DrawnAllocation
from survey_service.commands.draw import Method
from survey_service.commands.estimate_columns import Joint, ReplicateMethod
from survey_service.commands.margins import CalibrationName
from survey_service.commands.plan import AllocationName
from survey_service.commands.rank import Publication as RankPublication
from survey_service.commands.rates import Mode
from survey_service.commands.report import Publication
from survey_service.commands.small_areas import FitName
from survey_service.commands.weight import PropensityName
from survey_service.tabular.notices import NoticeKind
from survey_service.tabular.problems import ProblemKind

ROOT = Path(__file__).parents[2]
PACKAGES = ("questionnaires", "analysis", "reports", "survey_service")
TEMPLATES = ROOT / "survey_service" / "web" / "templates"

# File of each table and its enum that leaves members out -> why nobody meets them there.
PARTIAL: Mapping[tuple[str, str], str] = {
    ("analysis/final_outcomes.py", "analysis.dispositions:Disposition"): "an attempt cannot say that somebody answered",
    ("survey_service/demonstration/visits.py", "survey_service.models.case:Disposition"): "who answers needs no course",
    (
        "analysis/estimation/intervals.py",
        "analysis.results:IntervalMethod",
    ): "those with a rule of another shape; test_intervals takes all",
    (
        "questionnaires/answer_words.py",
        "questionnaires.answer_forms:FindingCode",
    ): "two tables, whole with those of the kinds (below)",
    ("staff/rectification/row.html", "survey_service.models.rectification:RectificationAct"): "moves a row",
    (
        "survey_service/rectification/states.py",
        "survey_service.models.rectification:RectificationAct",
    ): "moves a row",
    ("survey_service/field/queries.py", "survey_service.models.account:WorksFor"): "those who work for an area",
    ("questionnaires/editing/kinds.py", "questionnaires.model:QuestionType"): "a page adds the simple kinds only",
    ("reports/layout/tables.py", "reports.blocks:ColumnKind"): "those that need other room than a text",
    ("reports/story/changes.py", "analysis.results:ChangeVerdict"): "what was found",
    ("reports/charts.py", "reports.blocks:Look"): "the two pale ones are drawn by another function",
    ("reports/style.py", "analysis.results:Verdict"): "what is not published has no sign",
    (
        "survey_service/commands/import_responses_work.py",
        "survey_service.importing.plan:Target",
    ): "the others are shown by their own word",
    (
        "survey_service/importing/damage.py",
        "survey_service.tabular.cells:Mark",
    ): "damage by which a cell is lost; the other marks lose nothing",
    (
        "survey_service/importing/words.py",
        "survey_service.importing.words:Notice",
    ): "those that show more of the file than is usual",
    (
        "survey_service/releases/steps_shown.py",
        "survey_service.models.release:ReleaseStepKind",
    ): "the three that make a release; a correction is its manager's",
    (
        "staff/release-steps.html",
        "survey_service.models.release:ReleaseStepKind",
    ): "the same three",
    (
        "survey_service/surveys/mode_words.py",
        "survey_service.models.capture:Mode",
    ): "modes that ask sampled households",
    (
        "survey_service/surveys/service.py",
        "survey_service.models.survey:WaveState",
    ): "a step from there on, or back: the last has none",
    ("staff/estimates.html", "analysis.results:Verdict"): "a hidden figure has a line of its own",
    ("staff/keying-parts.html", "questionnaires.model:Missing"): "what was not asked is no value of a box",
    ("staff/wave/to-do.html", "survey_service.surveys.wave_offers:Style"): "a link is no button",
    ("survey_service/keying/values.py", "questionnaires.model:Missing"): "what has a key of its own in a box",
    (
        "survey_service/commands/rates_work.py",
        "survey_service.models.capture:Mode",
    ): "the modes of cases, by the outcome codes of AAPOR",
}

_SPEAKING = ("ProblemKind", "NoticeKind")  # members of their heirs are made of their words
_WORD_OF_FILES = "a word of definition files; docs/questionnaires.md names each (test_manual)"
_WORD_OF_COMMANDS = "a word of the command line; the help of its option lists each (below)"
_INSIDE = "nobody sees it"
# Enums in no table of their own -> where their words are, or why they need none.
ELSEWHERE: Mapping[str, str] = {
    "analysis.dispositions:Disposition": "people give outcomes of the service, or codes of outcome_codes",
    "survey_service.models.remark:RemarkState": "the page names queries.Stand, which has unread beside them",
    "survey_service.models.release:ReleaseStepKind": "its three steps are named on their page",
    "survey_service.releases.steps_shown:State": "the page says each in a sentence of its own",
    "survey_service.sealed.keys:Standing": "the page says each in a sentence of its own",
    "survey_service.exports.shown:Standing": "the page says each in a sentence of its own",
    "survey_service.field.door_order:Why": "the page says each in a sentence of its own",
    "questionnaires.model:CalculatedType": "a word of definition files: a number, or words",
    "questionnaires.problems:Code": "each is its own number and title; test_problem_words has the Chinese",
    "questionnaires.editing.fields:Kind": "how a field of a page is written; FIELDS says it of each",
    "questionnaires.answer_forms:FindingCode": "by kind and by answer_words (below)",
    "analysis.sampling.draw:GridDraw": "draw_form has a choice of each, beside one for every grid",
    "analysis.results:Statistic": "phrases made of its name (below)",
    "survey_service.importing.plan:Target": "a list of pairs beside the page (below)",
    "survey_service.paper.reading.judgement:Doubt": "a field is shown as unclear, without saying why",
    "questionnaires.readiness:Reason": "its sentences are those of readiness (below)",
    "survey_service.paper.reading.ink:Remark": "becomes the doubt of the same name (below)",
    "survey_service.doctor.findings:Mark": "its value is the sign",
    "survey_service.tabular.cells:Mark": "see importing/damage.py",
    "questionnaires.indicators:DontKnow": _WORD_OF_FILES,
    "questionnaires.model:Order": _WORD_OF_FILES,
    "questionnaires.model:Entry": _WORD_OF_FILES,
    "questionnaires.model:Layout": _WORD_OF_FILES,
    "questionnaires.model:ListSource": _WORD_OF_FILES,
    "questionnaires.model:StandsFor": _WORD_OF_FILES,
    "questionnaires.model:Sex": _WORD_OF_FILES,
    "questionnaires.indicators:Sense": _WORD_OF_FILES,
    "questionnaires.indicators:Unranked": "review_copy has a sentence of each",
    "questionnaires.kinds.kind:VariableType": "a word of the codebook, as it is",
    "questionnaires.model:Severity": "a word of the API, as it is; pages show it as a look",
    "analysis.results:LonelyPsu": _WORD_OF_COMMANDS,
    "analysis.sampling.allocation:Allocation": "a copy for the command line (below)",
    "analysis.weighting.blending:BlendMethod": "a copy for the command line (below)",
    "analysis.weighting.records:CalibrationMethod": "a copy for the command line (below)",
    "analysis.small_area:FitMethod": "a copy for the command line (below)",
    "analysis.sampling.draw:ListDraw": "a copy for the command line (below)",
    "analysis.weighting.propensity:PropensityUse": "a copy for the command line (below)",
    "analysis.results:Reliability": "a copy for the command line (below)",
    "analysis.results:Tier": "reports.wording says how a cell is shown, in sentences",
    "analysis.results:Coding": "a sign before the figure",
    "analysis.estimation.options:Simultaneous": "a copy for the command line (below)",
    "survey_service.commands.draw:AllocationName": _WORD_OF_COMMANDS,
    "survey_service.commands.plan:AllocationName": _WORD_OF_COMMANDS,
    "survey_service.commands.blend:BlendFormat": _WORD_OF_COMMANDS,
    "survey_service.commands.blend:BlendMethodName": _WORD_OF_COMMANDS,
    "survey_service.commands.margins:CalibrationName": _WORD_OF_COMMANDS,
    "survey_service.commands.small_areas:FitName": _WORD_OF_COMMANDS,
    "survey_service.commands.doctor:Form": _WORD_OF_COMMANDS,
    "survey_service.commands.estimate_columns:Joint": _WORD_OF_COMMANDS,
    "survey_service.commands.draw:Method": _WORD_OF_COMMANDS,
    "survey_service.commands.weight:PropensityName": _WORD_OF_COMMANDS,
    "survey_service.commands.rank:Publication": _WORD_OF_COMMANDS,
    "survey_service.commands.report:Publication": _WORD_OF_COMMANDS,
    "survey_service.commands.estimate_columns:ReplicateMethod": _WORD_OF_COMMANDS,
    "survey_service.commands.estimate_columns:VarianceMethod": _WORD_OF_COMMANDS,
    "survey_service.commands.small_areas:VarianceName": _WORD_OF_COMMANDS,
    "analysis.weighting.eligibility:CaseStatus": "a column of numbers in a file of cases",
    "analysis.association:Correlation": "asked for in Python only",
    "analysis.regression:Family": "asked for in Python only",
    "analysis.association:IndependenceTest": "asked for in Python only",
    "analysis.estimation.quantiles:QuantileRule": "asked for in Python only",
    "analysis.estimation.options:Sides": "asked for in Python only",
    "survey_service.models.job:JobState": "the script follows it; templates branch on each and say it in sentences",
    "reports.blocks:ColumnKind": _INSIDE,
    "survey_service.models.tombstone:Ground": _INSIDE,
    "reports.typesetting.characters:Kind": _INSIDE,
    "survey_service.models.keying:KeyingPass": _INSIDE,
    "survey_service.models.keying:KeyingState": _INSIDE,
    "reports.blocks:Look": _INSIDE,
    "survey_service.tabular.number_formats:Meaning": _INSIDE,
    "survey_service.captures.incoming:Outcome": _INSIDE,
    "questionnaires.answers:Policy": _INSIDE,
    "survey_service.models.response:ResponseState": _INSIDE,
    "survey_service.web.connections:Stage": _INSIDE,
    "survey_service.surveys.wave_offers:Style": _INSIDE,
    "survey_service.paper.reading.kinds:Ticks": _INSIDE,
    "reports.blocks:Tone": _INSIDE,
    "survey_service.commands.check:Format": _WORD_OF_COMMANDS,
    "survey_service.commands.xlsform:Format": _WORD_OF_COMMANDS,
    "survey_service.xlsform.remarks:Why": "each holds its weight and its words in both languages",
    "survey_service.commands.rates:Mode": "a copy for the command line (below)",
    "survey_service.contacts.readers:Standing": "templates branch on each and say it in sentences",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A dict literal about an enum."""

    place: str  # file, from the packages or from the templates
    enum: str  # as ``called`` has it
    missing: frozenset[str]


@cache
def sources() -> Mapping[str, tuple[tuple[ast.ClassDef, ...], tuple[ast.Dict, ...]]]:
    """Classes and dict literals of every file of the packages."""
    found = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "migrations/versions" not in path.as_posix():
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            classes = tuple(node for node in nodes if isinstance(node, ast.ClassDef))
            literals = tuple(node for node in nodes if isinstance(node, ast.Dict) and len(node.keys) > 1)
            found[path.relative_to(ROOT).as_posix()] = classes, literals
    return found


def called(place: str, name: str) -> str:
    """An enum by its file and its name."""
    return f"{place.removesuffix('.py').replace('/', '.')}:{name}"


@cache
def enums() -> Mapping[str, tuple[tuple[str, Mapping[str, object]], ...]]:
    """Every enum of the packages by its name: file, and members with their values. A name may be used twice."""
    found: dict[str, tuple[tuple[str, Mapping[str, object]], ...]] = {}
    for place, (classes, _) in sources().items():
        for node in classes:
            if any(isinstance(base, ast.Name) and base.id.endswith(("Enum", *_SPEAKING)) for base in node.bases):
                members = {
                    line.targets[0].id: line.value.value if isinstance(line.value, ast.Constant) else None
                    for line in node.body
                    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
                }
                if members:
                    found[node.name] = (*found.get(node.name, ()), (place, members))
    return found


def by_members(place: str, literal: ast.Dict) -> Iterator[Table]:
    """``{Role.KEYER: …}``: of several enums of one name the one that is imported or made there."""
    named = {
        (key.value.id, key.attr)
        for key in literal.keys
        if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
    }
    names = {name for name, _ in named}
    if len(named) == len(literal.keys) and len(names) == 1 and names <= enums().keys():
        [name] = names
        keys = {member for _, member in named}
        fitting = [(home, set(members) - keys) for home, members in enums()[name] if keys <= members.keys()]
        if len(fitting) > 1:
            at = imported(place).get(name, place)
            fitting = [one for one in fitting if one[0].startswith((f"{at}.py", f"{at}/", place))]
        [(home, missing)] = fitting
        yield Table(place, called(home, name), frozenset(missing))


@cache
def imported(place: str) -> Mapping[str, str]:
    """Names that a file imports -> the module or package, as a path."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / place).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {one.asname or one.name: node.module.replace(".", "/") for one in node.names}
    return found


def by_values(place: str, keys: set[str]) -> Iterator[Table]:
    """``{"keyer": …}``: where the keys are values of several enums, it is of those that they fill."""
    of = [
        (called(home, name), {str(value) for value in members.values()})
        for name, several in enums().items()
        for home, members in several
    ]
    fitting = [(name, values) for name, values in of if keys <= values]
    whole = [name for name, values in fitting if keys == values]
    for name, values in fitting:
        if not whole or name in whole:
            yield Table(place, name, frozenset(values - keys))


@cache
def tables() -> tuple[Table, ...]:
    found: list[Table] = []
    for place, (_, literals) in sources().items():
        for literal in literals:
            found += by_members(place, literal)
            keys = {key.value for key in literal.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
            if len(keys) == len(literal.keys):
                found += by_values(place, keys)
    reading = Environment(extensions=["jinja2.ext.i18n"])
    for path in sorted(TEMPLATES.rglob("*.html")):
        for one in reading.parse(path.read_text(encoding="utf-8")).find_all(Dict):
            keys = {str(pair.key.value) for pair in one.items if isinstance(pair.key, Const)}
            if len(keys) == len(one.items) >= 2:
                found += by_values(path.relative_to(TEMPLATES).as_posix(), keys)
    return tuple(found)


def test_every_table_of_an_enum_is_total() -> None:
    partial = {(one.place, one.enum): sorted(one.missing) for one in tables() if one.missing}
    lacking = [
        f"{place}: a table of {enum} lacks {partial[place, enum]}"
        for place, enum in partial
        if (place, enum) not in PARTIAL
    ]
    assert not lacking, "\n".join(lacking)
    assert not PARTIAL.keys() - partial.keys(), "total by now, or gone: delete these lines"


def test_every_enum_is_in_a_table_or_needs_none() -> None:
    whole = {one.enum for one in tables() if not one.missing}
    whole |= {f"{heir.__module__}:{heir.__name__}" for heir in speaking()}
    known = {called(home, name) for name, several in enums().items() for home, _ in several}
    neither = [f"enum {name} is in no table and not in ELSEWHERE" for name in known - whole - ELSEWHERE.keys()]
    assert not neither, "\n".join(sorted(neither))
    assert not ELSEWHERE.keys() - known, "no such enum: delete these lines"


def test_an_enum_is_not_excused_by_another_of_its_name() -> None:
    assert "survey_service.doctor.findings:Mark" in ELSEWHERE
    assert len(enums()["Mark"]) > 1
    assert "survey_service.models.capture:Mode" in {one.enum for one in tables()}
    assert not {one for one in ELSEWHERE if ":" not in one}


def speaking() -> list[type[ProblemKind] | type[NoticeKind]]:
    for place, (classes, _) in sources().items():
        if any(isinstance(base, ast.Name) and base.id in _SPEAKING for node in classes for base in node.bases):
            import_module(place.removesuffix(".py").replace("/", "."))
    return [*ProblemKind.__subclasses__(), *NoticeKind.__subclasses__()]


def test_problems_and_notices_of_files_speak_both_languages() -> None:
    members = [member for heir in speaking() for member in heir]
    assert not [member for member in members if not (member.zh and member.en)]
    ways = [(member, member.zh_way_out, member.en_way_out) for member in members if isinstance(member, ProblemKind)]
    assert not [member for member, zh, en in ways if bool(zh) != bool(en)]


def worded(value: object) -> bool:
    """Whether what is said in words is said in both languages."""
    if isinstance(value, Text):
        return bool(value.zh and value.en)
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, str) for one in value):
        return all(value)
    return True


def test_every_table_of_words_speaks_both_languages() -> None:
    """Tables in Python; the messages of templates have a test of their own (test_translations)."""
    silent, words = [], 0
    for place in sorted({one.place for one in tables() if one.place.endswith(".py")}):
        module = import_module(place.removesuffix(".py").replace("/", "."))
        for name, table in vars(module).items():
            if isinstance(table, Mapping) and table and all(isinstance(key, Enum) for key in table):
                words += any(isinstance(value, Text | tuple) for value in table.values())
                silent += [f"{place}: {name}[{key}]" for key, value in table.items() if not worded(value)]
    assert not silent, "said in one language only: " + ", ".join(silent)
    assert words >= 10


# ------------------------------------------------------------------ what the command line calls the choices of analysis

COPIES: tuple[tuple[type[Enum], type[Enum], str], ...] = (  # the copy, what it names, members that no option gives
    (CalibrationName, CalibrationMethod, ""),
    (AllocationName, Allocation, ""),
    (DrawnAllocation, Allocation, "neyman power"),
    (Method, ListDraw, ""),
    (FitName, FitMethod, ""),
    (BlendMethodName, BlendMethod, ""),
    (PropensityName, PropensityUse, ""),
    (Joint, Simultaneous, ""),
    (ReplicateMethod, ReplicateKind, ""),
    (Mode, OutcomeMode, ""),
    (RankPublication, Reliability, ""),
    (Publication, Reliability, ""),
)


def values(enum: type[Enum]) -> set[str]:
    return {str(member.value) for member in enum}


@pytest.mark.parametrize(("copy", "named", "without"), COPIES, ids=lambda one: getattr(one, "__name__", ""))
def test_the_command_line_names_every_choice(copy: type[Enum], named: type[Enum], without: str) -> None:
    """Copies because the modules of analysis are loaded when a command runs, not when its help is shown."""
    assert values(copy) == values(named) - set(without.split())


def test_the_help_of_an_option_lists_every_word_that_it_takes() -> None:
    """Typer lists them itself, but where an option has a short name for its value."""
    unnamed, seen = [], set()
    for command in app.registered_commands:
        assert command.callback is not None
        for option, hint in get_type_hints(command.callback, include_extras=True).items():
            kinds = [one for one in _types(hint) if isinstance(one, type) and issubclass(one, Enum)]
            [said] = [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, OptionInfo)][:1] or [None]
            seen |= {f"{kind.__module__}:{kind.__name__}" for kind in kinds}
            if kinds and said is not None and said.metavar and not said.parser:
                words = [str(member.value) for member in kinds[0]]
                unnamed += [
                    f"{command.callback.__name__} --{option}: {word}" for word in words if word not in str(said.help)
                ]
    assert not unnamed, unnamed
    assert {name for name, why in ELSEWHERE.items() if why is _WORD_OF_COMMANDS} <= seen


def _types(hint: object) -> Iterator[object]:
    """The types within ``Annotated[A | None, …]``."""
    inner = get_args(hint)
    if not inner:
        yield hint
    elif hasattr(hint, "__metadata__"):
        yield from _types(inner[0])
    else:
        for one in inner:
            yield from _types(one)
