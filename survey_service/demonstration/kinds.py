"""An invented answer to a question of each kind, for the file that an office would bring."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from questionnaires.kinds.place import GRAINS
from questionnaires.kinds.ranking import ranks_of
from questionnaires.kinds.time import limits
from questionnaires.model import Question, QuestionType

Invented = Callable[[random.Random, Question], object]


def _one(rng: random.Random, question: Question) -> object:
    """One option by chance; the first ones are chosen most."""
    return question.options[min(int(rng.expovariate(0.8)), len(question.options) - 1)].code


def _several(rng: random.Random, question: Question) -> object:
    plain = [option.code for option in question.options if not option.exclusive and not option.other]
    chosen = [code for code in plain if rng.random() < 0.4] or plain[:1]
    more = [code for code in plain if code not in chosen][: max((question.minimum_choices or 0) - len(chosen), 0)]
    return [*chosen, *more][: question.maximum_choices]


def _in_order(rng: random.Random, question: Question) -> object:
    return rng.sample([option.code for option in question.options], ranks_of(question))


def _age(rng: random.Random, _question: Question) -> object:
    return rng.randint(22, 81)


def _wish(rng: random.Random, _question: Question) -> object:
    return rng.choice(("多设一些停车位", "路灯早点修好", None, None))


def _of_the_day(rng: random.Random, question: Question) -> object:
    """A quarter of an hour within the limits; the first time accepted where there is none."""
    first, last = limits(question)
    quarters = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 15, 30, 45)]
    return rng.choice([one for one in quarters if first <= one <= last] or [first])


def _nearby(rng: random.Random, question: Question) -> object:
    """Somewhere within the invented city."""
    decimals = GRAINS[question.precision].decimals
    return ",".join(f"{centre + rng.uniform(-0.1, 0.1):.{decimals}f}" for centre in (30.66, 104.07))


def nothing(_rng: random.Random, _question: Question) -> object:
    return None


INVENTED: Final[Mapping[QuestionType, Invented]] = {
    QuestionType.SINGLE_CHOICE: _one,
    QuestionType.MULTIPLE_CHOICE: _several,
    QuestionType.SCALE: _one,
    QuestionType.RANKING: _in_order,
    QuestionType.NUMBER: _age,
    QuestionType.SHORT_TEXT: _wish,
    QuestionType.LONG_TEXT: _wish,
    QuestionType.DATE: nothing,
    QuestionType.TIME: _of_the_day,
    QuestionType.PLACE: _nearby,
    QuestionType.ATTACHMENT: nothing,
    QuestionType.NOTE: nothing,
}
