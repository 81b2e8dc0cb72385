"""Which rate its items may go with: the headline that is asked in the very words of a group of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.engine.drivers import Driven
from questionnaires.indicators import Indicator, IndicatorKind
from questionnaires.model import Questionnaire

_FEWEST = 3  # items of a group

_Words = tuple[IndicatorKind, frozenset[tuple[str, object]]]


def driven_by(indicators: Sequence[Indicator], questionnaire: Questionnaire) -> Driven | None:
    """The first headline whose counted answers are worded as those of at least so many items of one group, which are
    asked of the same people; None where there is none."""
    groups: dict[tuple[str, _Words], list[str]] = {}
    for one in indicators:
        words = _words(one, questionnaire)
        if one.group is not None and words is not None:
            groups.setdefault((one.group, words), []).append(one.id)
    for one in indicators:
        words = _words(one, questionnaire)
        if not one.headline or words is None:
            continue
        alike = [items for (_, own), items in groups.items() if own == words]
        largest = max(alike, key=len, default=[])
        items = tuple(item for item in largest if item != one.id)
        if len(items) >= _FEWEST:
            return Driven(outcome=one.id, aspects=items)
    return None


def _words(indicator: Indicator, questionnaire: Questionnaire) -> _Words | None:
    """The answers that count, in their words; None of what is no share and no score of a single question."""
    if len(indicator.variables) != 1 or indicator.numerator_if is not None:
        return None
    counted: Mapping[str, object]
    if indicator.kind is IndicatorKind.PROPORTION:
        counted = dict.fromkeys(indicator.numerator, 1)
    elif indicator.kind is IndicatorKind.MEAN_SCORE and indicator.scores:
        counted = indicator.scores
    else:
        return None
    question = questionnaire.question(indicator.variables[0].partition(".")[0])
    labels = {option.code: option.label.zh for option in question.options}
    return indicator.kind, frozenset((labels.get(code, code), value) for code, value in counted.items())
