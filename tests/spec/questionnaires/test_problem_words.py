"""Every sentence about a fault of a definition is told in the language of its title."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from questionnaires.loader import check
from questionnaires.problem_words import LONGEST, TITLES, explain, in_chinese
from questionnaires.problems import Code, Location, Problem
from tests.spec.questionnaires.examples import written
from tests.spec.questionnaires.test_loader import FAULTS, SOUND

PACKAGE = Path(__file__).parents[3] / "questionnaires"
TOLD = {"add", "_add", "lacks", "_forbid", "Problem", "ConditionFault", "FormFault", "wrong", "_wrong", "_not_a_number"}
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
# Where a part is one of few words, one of them stands for all.
SAMPLES = {
    '"X" of X: X': '"base" of X: X',
    "X has X characters in X": "X has 7 characters in Chinese",
    "X has no X": "X has no English",
    '"X" of X has no X': '"text" of question "x" has no "ug"',
    '"X" of X has no letter of the script of X': '"text" of question "x" has no letter of the script of "ug"',
    '"X" is a X': 'rule "x": "q3" is a number question',
    "X cannot be calculated with": 'rule "x": "7" cannot be calculated with',
    'X has the X "X"': 'X has the id "X"',
    "X has the minimum X X the maximum X": "X has the minimum 7 above the maximum 2",
    "X wants X, not X": "X wants a text, not a list",
}


def sentences(path: Path) -> Iterator[str]:
    """Texts given as message or hint where a problem is made, their variable parts as X."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TOLD - {"wrong", "lacks"}:
                yield from (one for argument in node.args for one in _texts(argument))
            elif name == "lacks":
                yield from (one for argument in node.args[1:] for one in _texts(argument))
        elif isinstance(node, ast.Assign):
            if any(getattr(target, "id", "") in ("message", "hint") for target in node.targets):
                yield from _texts(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in ("_wrong_kind", "did_you_mean", "hint"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from _texts(inner.value)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)


def every_sentence() -> list[str]:
    files = [path for path in sorted(PACKAGE.glob("*.py")) if path.name not in ("problem_words.py", "answers.py")]
    found = {one for path in files for one in sentences(path)}
    return sorted(one for one in found if re.search("[a-z]{2,} ?[a-z]*", one) and " " in one)


def test_the_walk_finds_the_sentences() -> None:
    found = every_sentence()
    assert len(found) > 90
    assert "a code is counted in one way" in found


@pytest.mark.parametrize("sentence", every_sentence())
def test_every_sentence_of_the_package_has_a_row(sentence: str) -> None:
    # The quantities of indicators are told behind their owner; a number stands where a number is told.
    sentence = SAMPLES.get(sentence, sentence)
    tried = [
        sentence,
        f'indicator "x" {sentence}',
        f'rule "x": {sentence}',
        sentence.replace("X", "7"),
        f'indicator "x" {sentence.replace("X", "7")}',
    ]
    assert any(in_chinese(one) for one in tried), sentence


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_a_fault_is_told_in_chinese_with_what_was_typed(tmp_path: Path, number: int) -> None:
    old, new, code, _, _ = FAULTS[number]
    (problem,) = check(written(tmp_path, SOUND.replace(old, new, 1)))[1]
    told = explain(problem, "zh")
    assert told.title == TITLES[code.number]
    for words in (told.message, told.hint):
        bare = re.sub(r"“[^”]*”|\"[^\"]*\"|（[^）]*）", "", words)
        assert not words or re.search("[\u4e00-\u9fff]", words), words
        assert not ENGLISH.search(bare), words
    english = explain(problem, "en")
    assert (english.title, english.message, english.hint) == (code.title, problem.message, problem.hint)


def test_every_kind_has_a_chinese_name() -> None:
    assert set(TITLES) == {code.number for code in Code}


def test_what_was_typed_stays_as_it_is() -> None:
    problem = Problem(
        Code.UNKNOWN_FIELD, Location("f"), 'question "q2" has a field "minimun"', 'did you mean "minimum"?'
    )
    assert explain(problem, "zh").message == "题目 q2 里有字段“minimun”"
    assert explain(problem, "zh").hint == "是不是“minimum”？"


def test_a_longer_sentence_is_not_taken_for_a_shorter_one() -> None:
    assert in_chinese('question "q9": no option stands for "male"') == "题目 q9 没有选项表示“male”"


def test_a_sentence_longer_than_any_is_not_matched() -> None:
    assert in_chinese(f'question "{"a" * LONGEST}" has a field "b"') is None
