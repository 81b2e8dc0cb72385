"""The city's register as the plan of a wave may use it: persons by community, age group and sex, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.case_columns import Labels, PopulationRegister
from analysis.plan import NoCalibration
from questionnaires.model import Question, Questionnaire, StandsFor
from survey_service.analyses.plans import KnownPopulation
from survey_service.areas import age_and_sex, registers
from survey_service.areas import queries as area_queries
from survey_service.areas.age_and_sex import AgeAndSex
from survey_service.areas.registers import ADULT_FROM


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WavePopulation:
    """``known`` for the plan; ``matched``: how answers lead to the register's groups, where it can be used."""

    known: KnownPopulation
    matched: AgeAndSex | None


def asked_who(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions that tell the age and the sex of who answers."""
    found = (age_and_sex.marked(questionnaire, what) for what in (StandsFor.AGE, StandsFor.SEX))
    return tuple(one for one in found if one is not None)


def population_of_city(session: Session, city_id: UUID, questionnaire: Questionnaire, on: date) -> WavePopulation:
    """In a fixed number of statements. ``on``: the day the wave ended, from which the age of a register counts."""
    register = area_queries.register_of_city(session, city_id, on)
    first_age = age_and_sex.asked_from(questionnaire) or ADULT_FROM
    why = registers.usable(register, on, first_age=first_age)
    if register is None or why is not None:
        reason = NoCalibration.NONE_IMPORTED if why is None else NoCalibration(why.value)
        return WavePopulation(known=KnownPopulation(register=None, why_none=reason), matched=None)
    asked = register.from_age(first_age)
    matched = age_and_sex.age_and_sex(questionnaire, asked.age_groups, first_age=first_age)
    joined = asked if matched.age is None else asked.joined(matched.age.of_register)
    return WavePopulation(
        known=KnownPopulation(
            register=PopulationRegister(
                adults={code: float(persons) for code, persons in joined.totals().items()},
                cells={
                    (code, group, sex): float(persons)
                    for code, cells in joined.counts.items()
                    for (group, sex), persons in cells.items()
                },
                age_groups=joined.age_groups,
                sexes=joined.sexes,
            ),
            kind=register.kind.value,
            as_of=register.as_of.isoformat(),
            lower_age=first_age,
        ),
        matched=matched,
    )


def groups_of(matched: AgeAndSex | None, answers: Mapping[str, Labels]) -> dict[str, Labels]:
    """Age group and sex of every respondent in the register's names, where it can be told; -1 where not answered."""
    if matched is None:
        return {}
    found = {}
    if matched.age is not None and matched.age.variable in answers:
        age = matched.age
        numeric = not age.of_code
        found["age"] = _mapped(
            answers[age.variable],
            {text: age.group(float(text) if numeric else text) for text in answers[age.variable].names},
            age.groups,
        )
    if matched.sex is not None and matched.sex.variable in answers:
        sex = matched.sex
        labels = answers[sex.variable]
        found["sex"] = _mapped(
            labels, {text: sex.sex(text) for text in labels.names}, tuple(sorted(set(sex.of_code.values())))
        )
    return found


def _mapped(labels: Labels, names: Mapping[str, str | None], known: tuple[str, ...]) -> Labels:
    place = {name: number for number, name in enumerate(known)}
    of_code = np.array([place.get(names[text] or "", -1) for text in labels.names] + [-1], dtype=np.int64)
    return Labels(of_code[labels.codes], known)
