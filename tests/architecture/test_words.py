"""Words that are in no table of one enum: none is missing, and none is said of what is not there."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from jinja2 import Environment
from jinja2.nodes import Dict

from analysis.results import Statistic, Verdict
from questionnaires.answer_forms import FindingCode
from questionnaires.answer_words import OF_A_QUESTION, OF_THE_FORM, OF_TWO_QUESTIONS
from questionnaires.kinds import KINDS
from questionnaires.problems import Code
from questionnaires.readiness import Blank, Reason
from questionnaires.text import Text
from reports.wording.phrases import PHRASES
from survey_service import jobs
from survey_service.areas import area_file
from survey_service.areas import words as areas
from survey_service.fieldwork import INTERVIEWS_JOB
from survey_service.importing.pages import ASIDE
from survey_service.importing.plan import Target
from survey_service.paper import PRINT_JOB
from survey_service.paper.reading.ink import Remark
from survey_service.paper.reading.judgement import Doubt

TEMPLATES = Path(__file__).parents[2] / "survey_service" / "web" / "templates"


def test_every_finding_has_its_words() -> None:
    of_kinds = {code for kind in KINDS.values() for code in kind.faults}
    assert not {*OF_A_QUESTION, *OF_THE_FORM} & of_kinds
    assert {*OF_A_QUESTION, *OF_TWO_QUESTIONS, *OF_THE_FORM} | of_kinds == set(FindingCode)
    assert not OF_A_QUESTION.keys() & OF_THE_FORM.keys()


def test_every_statistic_and_verdict_has_its_phrases() -> None:
    named = [*Statistic, *("share_of" if one is Statistic.PROPORTION else f"{one}_of" for one in Statistic)]
    named += [phrase for one in Verdict for phrase in (f"legend_{one}", f"{one}_count", f"{one}_list")]
    assert not [phrase for phrase in named if phrase not in PHRASES]


def test_words_that_stand_in_lists_and_sentences() -> None:
    answering = {Target.ANSWER, Target.OPTION}  # named by their question
    emptied = {Target.PERSONAL}  # no one chooses it
    assert {target for target, _ in ASIDE} == set(Target) - answering - emptied
    for reason in Reason:
        said = {
            Blank("header.form_number", reason, Text("表号", "Form number")).describe(language)
            for language in ("zh", "en")
        }
        assert len(said) == 2
    assert len({Blank("", reason, Text("一", "one")).describe() for reason in Reason}) == len(Reason)
    assert {Doubt(remark.value) for remark in Remark} < set(Doubt)
    assert all(code.number and code.title for code in Code)


def test_words_that_are_no_enum() -> None:
    assert set(areas.LEVELS) == set(area_file.KINDS.values())
    import_module("survey_service.worker.doing")  # whoever does them knows all
    # Printing is followed on the page of its batch; other tests of this process have kinds of their own.
    of_a_wave = {kind for kind in jobs._HANDLERS if not kind.startswith("test_")} - {PRINT_JOB}
    of_a_wave -= {INTERVIEWS_JOB}  # comes again and again, and is shown on no list
    assert keys_in("staff/wave/job.html", "release") == of_a_wave


def keys_in(template: str, key: str) -> set[str]:
    """The keys of the one dict of a template that has this key."""
    parsed = Environment(extensions=["jinja2.ext.i18n"]).parse((TEMPLATES / template).read_text(encoding="utf-8"))
    [found] = [
        keys for one in parsed.find_all(Dict) if key in (keys := {str(pair.key.as_const()) for pair in one.items})
    ]
    return found
