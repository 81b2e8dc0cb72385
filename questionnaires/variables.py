"""The names that conditions and indicators may use, for the rules of a definition."""

from __future__ import annotations

from questionnaires.expressions import variables as named_by
from questionnaires.lists import is_open
from questionnaires.model import Calculated, Question, Questionnaire
from questionnaires.problems import did_you_mean


class Variables:
    """The variables of a questionnaire, in order, each with its question."""

    def __init__(self, questionnaire: Questionnaire, broken: frozenset[str]) -> None:
        self.order: dict[str, int] = {}
        self.questions: dict[str, Question] = {}
        self.broken = set(broken)
        self.calculated: set[str] = set()
        for number, question in enumerate(questionnaire.questions()):
            for variable in question.variables():
                self.order.setdefault(variable, number)
                self.questions.setdefault(variable, question)
        self.open = {one.id for one in questionnaire.questions() if is_open(questionnaire, one)}
        """Questions whose codes are known only when a wave gives its list."""

    def calculate(self, one: Calculated) -> None:
        """From here on it may be used, behind everything that it is made of."""
        self.order[one.id] = max((self.order[name] for name in named_by(one.expression.tree)), default=0)
        self.questions[one.id] = one.as_question()
        self.calculated.add(one.id)

    def is_broken(self, variable: str) -> bool:
        return variable.partition(".")[0] in self.broken

    def codes(self, variable: str) -> tuple[str, ...]:
        """Those that are known; none where more may come."""
        if variable.endswith(".other") or variable in self.open:
            return ()
        return tuple(option.code for option in self.questions[variable].options)

    def hint(self, variable: str) -> str:
        """The nearest name; for a matrix, its items."""
        items = [name for name in self.questions if name.startswith(f"{variable}.")]
        if items:
            return f'"{variable}" has several variables; name one: {", ".join(items[:4])}'
        if f"{variable}_1" in self.questions:
            return f"it is asked in rounds; name one, {variable}_1, or all of them: sum(each({variable}))"
        if variable == "this_round":
            return "it is the number of a round, known in a section that repeats"
        return did_you_mean(variable, self.questions)
