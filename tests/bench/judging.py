"""One judgement of a resident's answers: ``python -m tests.bench.judging``, a JSON line."""

from __future__ import annotations

import json
import time

from questionnaires.answers import Policy, check_answers
from questionnaires.loader import available, load

ROUNDS, TIMES = 5, 50


def main() -> None:
    questionnaire = load(available()["civilized_city"])
    answers = {variable: "1" for question in questionnaire.questions() for variable in question.variables()}
    fastest = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(TIMES):
            check_answers(questionnaire, answers, Policy.WEB)
        fastest = min(fastest, (time.perf_counter() - start) / TIMES)
    print(json.dumps({"work": "judging civilized_city", "milliseconds": round(fastest * 1000, 3), "at_most": 1.0}))


if __name__ == "__main__":
    main()
