"""What is asked: definition files, the model they become, the judge of answers, the rates they yield.

The everyday names; everything else is imported from its module. They are loaded when first used (PEP 562), so that
``reports`` and the command line do not pay for the YAML reader.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from questionnaires.answer_words import describe
    from questionnaires.answers import Checked, Finding, Policy, Severity, canonical_hash, check_answers
    from questionnaires.canonical import canonical_bytes, from_canonical, sha256, to_canonical
    from questionnaires.codebook import codebook
    from questionnaires.evaluation import comparable, evaluate, evaluator
    from questionnaires.loader import available, check, definitions_path, load
    from questionnaires.model import Missing, Questionnaire
    from questionnaires.problems import DefinitionProblems, Problem
    from questionnaires.readiness import effective_header, ready_to_open

_HOMES = {
    "Checked": "answers",
    "DefinitionProblems": "problems",
    "Finding": "answers",
    "Missing": "model",
    "Policy": "answers",
    "Problem": "problems",
    "Questionnaire": "model",
    "Severity": "answers",
    "available": "loader",
    "canonical_bytes": "canonical",
    "canonical_hash": "answers",
    "check": "loader",
    "check_answers": "answers",
    "codebook": "codebook",
    "comparable": "evaluation",
    "definitions_path": "loader",
    "describe": "answer_words",
    "effective_header": "readiness",
    "evaluate": "evaluation",
    "evaluator": "evaluation",
    "from_canonical": "canonical",
    "load": "loader",
    "ready_to_open": "readiness",
    "sha256": "canonical",
    "to_canonical": "canonical",
}

__all__ = [
    "Checked",
    "DefinitionProblems",
    "Finding",
    "Missing",
    "Policy",
    "Problem",
    "Questionnaire",
    "Severity",
    "available",
    "canonical_bytes",
    "canonical_hash",
    "check",
    "check_answers",
    "codebook",
    "comparable",
    "definitions_path",
    "describe",
    "effective_header",
    "evaluate",
    "evaluator",
    "from_canonical",
    "load",
    "ready_to_open",
    "sha256",
    "to_canonical",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
