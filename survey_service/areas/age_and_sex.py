"""How what a questionnaire asks of age and sex leads to the age groups and sexes of a register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from questionnaires.ages import Ages, ages
from questionnaires.model import Question, Questionnaire, Sex, StandsFor
from questionnaires.text import Text
from survey_service.areas.registers import ADULT_FROM, OLDEST, reaches_the_oldest


class Unmatched(StrEnum):
    """Why answers cannot be held against the register's age groups or sexes."""

    NOT_ASKED = "not_asked"
    STARTS_ELSEWHERE = "starts_elsewhere"
    ENDS_ELSEWHERE = "ends_elsewhere"
    NO_COMMON_GROUPS = "no_common_groups"


OF_AGE: Final[Mapping[Unmatched, Text]] = {
    Unmatched.NOT_ASKED: Text(
        "问卷没有问年龄，或者没有标明哪道题是年龄（stands_for: age），不能和登记的年龄对照。",
        "The questionnaire does not ask for the age, or no question is marked as stands_for: age, so answers cannot be "
        "held against the ages of the register.",
    ),
    Unmatched.STARTS_ELSEWHERE: Text(
        "问卷的年龄和登记的年龄不从同一岁开始，不能对照。",
        "The ages of the questionnaire and of the register begin at different years and cannot be held against each "
        "other.",
    ),
    Unmatched.ENDS_ELSEWHERE: Text(
        "问卷的年龄没有问到最高年龄，登记里还有更年长的人，不能对照。",
        "The ages of the questionnaire end before the highest age, while the register counts older people too; they "
        "cannot be held against each other.",
    ),
    Unmatched.NO_COMMON_GROUPS: Text(
        "问卷的年龄段和登记的年龄组没有共同的分界，不能对照。",
        "The ages of the questionnaire and the age groups of the register have no boundary in common and cannot be "
        "held against each other.",
    ),
}
SEX_NOT_ASKED: Final = Text(
    "问卷没有问性别，或者没有标明哪道题是性别（stands_for: sex），不能和登记的性别对照。",
    "The questionnaire does not ask for the sex, or no question is marked as stands_for: sex, so answers cannot be "
    "held against the sexes of the register.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeAnswers:
    """The question that tells the age, and the groups in which answers and register can be compared."""

    variable: str  # id of the question
    groups: tuple[str, ...]  # by their first year; the register's own, or some of them joined
    of_register: Mapping[str, str]  # age group of the register -> group, as ``Register.joined`` takes it
    of_code: Mapping[str, str]  # code of an option -> group; empty where the age is asked as a number

    def group(self, answer: object) -> str | None:
        """The group of a stored answer; None where it tells no age: missing, refused, outside of every group."""
        if self.of_code:
            return self.of_code.get(answer) if isinstance(answer, str) else None
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            return None
        return next((group for group in self.groups if Ages.of(group).holds(answer)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SexAnswers:
    """The question that tells the sex."""

    variable: str
    of_code: Mapping[str, str]  # code of an option -> male or female; other options tell none

    def sex(self, answer: object) -> str | None:
        """male, female or None, of a stored answer."""
        return self.of_code.get(answer) if isinstance(answer, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeAndSex:
    """What can be compared with a register. ``why_no_age`` says why the age cannot, and is None where it can; the sex
    cannot only where no question is marked for it."""

    age: AgeAnswers | None
    sex: SexAnswers | None
    why_no_age: Unmatched | None

    def reasons(self) -> tuple[Text, ...]:
        """A sentence for each of the two that cannot be compared."""
        of_age = () if self.why_no_age is None else (OF_AGE[self.why_no_age],)
        return of_age if self.sex is not None else (*of_age, SEX_NOT_ASKED)


def age_and_sex(questionnaire: Questionnaire, age_groups: Sequence[str], *, first_age: int = ADULT_FROM) -> AgeAndSex:
    """How the answers of a questionnaire lead to the age groups and sexes of a register.

    ``age_groups``: those of a usable register from ``first_age`` on, by their first year (``Register.from_age``). Where
    the questionnaire's ranges are coarser or cut otherwise, groups are joined to the finest that both know.
    """
    asked, of_sex = marked(questionnaire, StandsFor.AGE), marked(questionnaire, StandsFor.SEX)
    age = Unmatched.NOT_ASKED if asked is None else _age(asked, tuple(map(Ages.of, age_groups)), first_age)
    sex = None if of_sex is None else _sex(of_sex)
    if isinstance(age, Unmatched):
        return AgeAndSex(age=None, sex=sex, why_no_age=age)
    return AgeAndSex(age=age, sex=sex, why_no_age=None)


def marked(questionnaire: Questionnaire, what: StandsFor) -> Question | None:
    """The question that tells the age or the sex of who answers."""
    return next((one for one in questionnaire.questions() if one.stands_for is what), None)


def asked_from(questionnaire: Questionnaire) -> int | None:
    """The lowest age that can be answered, in full years: where the survey begins. None where it is not said."""
    question = marked(questionnaire, StandsFor.AGE)
    if question is None:
        return None
    if question.options:
        return min(ages_.first for _, ages_ in _ranges(question))
    return int(question.minimum) if isinstance(question.minimum, int | float) else None


def _sex(question: Question) -> SexAnswers:
    codes = {one.code: one.stands_for for one in question.options if one.stands_for in tuple(Sex)}
    return SexAnswers(variable=question.id, of_code={code: sex for code, sex in codes.items() if sex})


def _age(question: Question, register: tuple[Ages, ...], first_age: int) -> AgeAnswers | Unmatched:
    if question.options:
        return _from_ranges(question, register, first_age)
    if isinstance(question.minimum, int | float) and question.minimum > register[0].first:
        return Unmatched.STARTS_ELSEWHERE
    if isinstance(question.maximum, int | float) and question.maximum < OLDEST:
        return Unmatched.ENDS_ELSEWHERE
    if len(register) < 2:
        return Unmatched.NO_COMMON_GROUPS
    groups = tuple(map(str, register))
    return AgeAnswers(variable=question.id, groups=groups, of_register={one: one for one in groups}, of_code={})


def _from_ranges(question: Question, register: tuple[Ages, ...], first_age: int) -> AgeAnswers | Unmatched:
    """The finest groups that begin where a range of the questionnaire and a group of the register begin."""
    answered = [(code, Ages(max(one.first, first_age), one.last)) for code, one in _ranges(question)]
    answered = [(code, one) for code, one in answered if one.last is None or one.last >= one.first]
    if not answered or answered[0][1].first != register[0].first:
        return Unmatched.STARTS_ELSEWHERE
    if not reaches_the_oldest(answered[-1][1]):
        return Unmatched.ENDS_ELSEWHERE
    begins = sorted({one.first for one in register} & {one.first for _, one in answered})
    if len(begins) < 2:
        return Unmatched.NO_COMMON_GROUPS
    ends = [*(begin - 1 for begin in begins[1:]), register[-1].last]
    joined = [Ages(first, last) for first, last in zip(begins, ends, strict=True)]

    def group(of: Ages) -> str:
        return str(next(one for one in reversed(joined) if one.first <= of.first))

    return AgeAnswers(
        variable=question.id,
        groups=tuple(map(str, joined)),
        of_register={str(one): group(one) for one in register},
        of_code={code: group(one) for code, one in answered},
    )


def _ranges(question: Question) -> list[tuple[str, Ages]]:
    """Code and ages of every option that tells an age, by their first year."""
    found = [(one.code, ages(one.stands_for)) for one in question.options if one.stands_for]
    return sorted(((code, one) for code, one in found if one is not None), key=lambda pair: pair[1].first)
