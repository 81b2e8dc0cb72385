"""Nodes to indicators and their templates. As in ``builders`` a value is returned: all problems come out at once."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.fields import Fields, Notes
from questionnaires.indicators import (
    DontKnow,
    Indicator,
    IndicatorKind,
    Part,
    SecondBase,
    Sense,
    Target,
    Unranked,
)
from questionnaires.kinds.ranking import MOST_RANKS
from questionnaires.text import Text
from questionnaires.yaml_nodes import Node

MOST_PER = 1_000_000
_KNOWN = (
    *("id", "name", "definition", "kind", "variables", "numerator", "numerator_if", "against", "correct"),
    *("pass_at", "scores", "numerator_total", "denominator_total", "per", "option", "unranked", "within", "base"),
    *("excluded", "dont_know", "parts", "second_base", "target", "headline", "group", "each"),
)


def indicator(notes: Notes, broken: set[str], node: Node) -> Indicator:
    """``broken``: ids of those whose kind cannot be known; this one is added where it is such."""
    name = Fields(Notes(), node, "an indicator", _KNOWN).string("id")
    fields = Fields(notes, node, f'indicator "{name}"' if name else "an indicator", _KNOWN)
    if fields.get("kind") is None:
        fields.lacks("kind")
    kind = fields.word("kind", IndicatorKind, IndicatorKind.PROPORTION)
    if fields.string("kind") != kind:
        broken.add(name)
    # A score of "I do not know" does not exist; a share of all who were asked does.
    usual = DontKnow.EXCLUDED if kind is IndicatorKind.MEAN_SCORE else DontKnow.IN_BASE
    correct = _correct(notes, fields)
    numerator_if = fields.condition("numerator_if")
    totals = tuple(fields.string(one) for one in ("numerator_total", "denominator_total"))
    named = fields.strings("variables") or tuple(correct) or (numerator_if.variables() if numerator_if else ())
    return Indicator(
        id=fields.identifier(),
        name=fields.text("name", needed=True) or Text(""),
        definition=fields.text("definition", needed=True) or Text(""),
        kind=kind,
        variables=named or tuple(one for one in totals if one),
        numerator=fields.codes("numerator"),
        numerator_if=numerator_if,
        against=fields.codes("against"),
        correct=correct,
        pass_at=fields.whole("pass_at", 1, 100),
        scores=_scores(fields),
        numerator_total=totals[0] or None,
        denominator_total=totals[1] or None,
        per=fields.whole("per", 1, MOST_PER) or 1,
        option=_option(fields),
        unranked=fields.word("unranked", Unranked, Unranked.MIDDLE),
        within=fields.whole("within", 1, MOST_RANKS),
        base=fields.condition("base"),
        excluded=fields.codes("excluded"),
        dont_know=fields.word("dont_know", DontKnow, usual),
        parts=tuple(_part(notes, one, fields.owner) for one in fields.sequence("parts")),
        second_base=_second_base(notes, fields),
        target=_target(notes, fields),
        headline=fields.boolean("headline"),
        group=fields.string("group") or None,
        each=fields.string("each") or None,
    )


def _correct(notes: Notes, fields: Fields) -> Mapping[str, tuple[str, ...]]:
    found = {}
    for key, value in fields.pairs("correct"):
        holder = Fields(notes, None, f'"correct" of {fields.owner}', ())
        nodes = getattr(value, "nodes", (value,))
        found[key.value] = tuple(holder.code_of(one, key.value) for one in nodes)
    return found


def _scores(fields: Fields) -> Mapping[str, float]:
    found = {}
    for key, value in fields.pairs("scores"):
        points = fields.as_number(value, "scores")
        found[fields.code_of(key, "scores")] = points if points is not None else 0.0
    return found


def _option(fields: Fields) -> str | None:
    node = fields.get("option")
    return None if node is None else fields.code_of(node, "option")


def _part(notes: Notes, node: Node, owner: str) -> Part:
    fields = Fields(notes, node, f"a part of {owner}", ("indicator", "weight"))
    return Part(indicator=fields.string("indicator", needed=True), weight=fields.number("weight", needed=True) or 0.0)


def _second_base(notes: Notes, holder: Fields) -> SecondBase | None:
    node = holder.get("second_base")
    if node is None:
        return None
    fields = Fields(notes, node, f"the second base of {holder.owner}", ("own", "name", "dont_know", "excluded"))
    stated = fields.get("dont_know") is not None
    return SecondBase(
        own=fields.text("own", needed=True) or Text(""),
        name=fields.text("name", needed=True) or Text(""),
        dont_know=fields.word("dont_know", DontKnow, DontKnow.EXCLUDED) if stated else None,
        excluded=fields.codes("excluded"),
    )


def _target(notes: Notes, holder: Fields) -> Target | None:
    node = holder.get("target")
    if node is None:
        return None
    fields = Fields(notes, node, f"the target of {holder.owner}", ("value", "sense"))
    value = fields.number("value", needed=True)
    sense = fields.word("sense", Sense, Sense.AT_LEAST)
    return None if value is None else Target(value=value, sense=sense)
