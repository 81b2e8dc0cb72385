"""The ways through a questionnaire: answers that its conditions tell apart, with all else that is asked answered."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from questionnaires.answers import Checked, Policy, check_answers, judge
from questionnaires.conditions import Condition
from questionnaires.model import Missing, Question, Questionnaire, QuestionType
from questionnaires.reach import told_apart

MOST = 20_000
WORDS = "路灯坏了"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """``deciding``: what the conditions look at. ``answers``: all that is asked, in canonical form."""

    deciding: Mapping[str, object]
    answers: Mapping[str, object]
    asked: tuple[str, ...]  # variables, in order, the words behind 其他 too


def conditions(questionnaire: Questionnaire) -> dict[str, tuple[Condition, ...]]:
    """By question, what must hold for it to be asked; questions that everybody is asked are left out."""
    return {one.question.id: one.conditions for one in judge(questionnaire).questions if one.conditions}


def deciding_answers(questionnaire: Questionnaire) -> dict[str, list[object]]:
    """By variable that a condition looks at: None, and an answer of each sort that the conditions tell apart."""
    of_variable = {name: one for one in questionnaire.questions() for name in one.variables()}
    all_of_them = {one for several in conditions(questionnaire).values() for one in several}
    named = {name for one in all_of_them for name in one.variables()}
    in_order = [name for name in judge(questionnaire).order if name in named]
    return {name: told_apart(name, of_variable[name], all_of_them) for name in in_order}


def combinations(questionnaire: Questionnaire) -> Iterator[Checked]:
    """Every combination of deciding answers that somebody can give: nothing stands where nothing was asked."""
    domains = deciding_answers(questionnaire)
    assert math.prod(map(len, domains.values())) <= MOST, "too many to be walked"
    for chosen in product(*domains.values()):
        given = {name: value for name, value in zip(domains, chosen, strict=True) if value is not None}
        checked = check_answers(questionnaire, given, Policy.WEB)
        if checked.canonical.keys() == given.keys():
            yield checked


def asked(questionnaire: Questionnaire, checked: Checked) -> tuple[str, ...]:
    """Variables in order."""
    return tuple(name for name in judge(questionnaire).order if checked.values[name] is not Missing.NOT_ASKED)


def path_of(questionnaire: Questionnaire, deciding: Mapping[str, object], chance: random.Random) -> Walk:
    """The path of these deciding answers, with an invented answer to everything else that is asked."""
    decide = {name for several in conditions(questionnaire).values() for one in several for name in one.variables()}
    return _walk(questionnaire, deciding, decide, chance)


def anybody(questionnaire: Questionnaire, chance: random.Random) -> Walk:
    """Somebody who answers all that is asked, whatever that is."""
    return _walk(questionnaire, {}, set(), chance)


def _walk(
    questionnaire: Questionnaire, deciding: Mapping[str, object], decide: Collection[str], chance: random.Random
) -> Walk:
    for _ in range(200):
        given = dict(deciding)
        for question in questionnaire.questions():
            for name in question.variables():
                if name not in decide:
                    given[name] = WORDS if name == f"{question.id}.other" else _invented(question, chance)
        checked = check_answers(questionnaire, given, Policy.WEB)
        if checked.accepted:  # no hard rule is broken
            break
    else:
        raise AssertionError(f"nobody can answer {dict(deciding)}")
    return Walk(deciding=dict(deciding), answers=checked.canonical, asked=asked(questionnaire, checked))


def _invented(question: Question, chance: random.Random) -> object:
    if question.type is QuestionType.NUMBER:
        least, most = (limit if isinstance(limit, int | float) else 0 for limit in (question.minimum, question.maximum))
        return chance.randint(int(least), int(most))
    if question.type is QuestionType.MULTIPLE_CHOICE:
        alone = [option.code for option in question.options if option.exclusive or option.missing]
        if alone and chance.random() < 0.3:
            return [chance.choice(alone)]
        several = [option.code for option in question.options if option.code not in alone]
        least = question.minimum_choices or 1
        return chance.sample(several, chance.randint(least, min(len(several), question.maximum_choices or 9)))
    if question.type is QuestionType.RANKING:
        codes = [option.code for option in question.options]
        return chance.sample(codes, question.ranks or len(codes))
    return chance.choice(question.options).code if question.options else WORDS


def every_way(questionnaire: Questionnaire, chance: random.Random) -> Iterator[Walk]:
    """A path for every combination."""
    for checked in combinations(questionnaire):
        yield path_of(questionnaire, checked.canonical, chance)


def a_way_each(questionnaire: Questionnaire, chance: random.Random) -> list[Walk]:
    """A path for each set of questions that somebody is asked, and for each value that a condition looks at."""
    found: list[Walk] = []
    known: set[object] = set()
    for checked in combinations(questionnaire):
        new = {asked(questionnaire, checked)} | {(name, str(value)) for name, value in checked.canonical.items()}
        if not new <= known:
            known |= new
            found.append(path_of(questionnaire, checked.canonical, chance))
    return found


def the_longest(questionnaire: Questionnaire, chance: random.Random) -> Walk:
    """The path on which most is asked."""
    longest = max(combinations(questionnaire), key=lambda checked: len(asked(questionnaire, checked)))
    return path_of(questionnaire, longest.canonical, chance)
