"""No reader with a linear program finds out how many of few said yes.

For each random city (streets, communities of unequal weight, age groups crossed with all) the attacker takes what is
sent to a program: every n, every print, the bands, the marks, every sum that holds. No hidden figure of fewer than ten
may come out in a range narrower than ``min(n, 4)`` respondents, no coded end be shown to be nearer to all alike than
two. A dozen cities in the ordinary run, two hundred with ``make soak``.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.complementary_suppression import CannotProtect
from analysis.disclosure import protect, protected
from analysis.results import Domain, Estimates, Goal, PublicationRule, PublishableTable, Reliability, Suppression
from tests.spec.analysis.attacker import (
    DESIGN,
    Attacker,
    City,
    Group,
    Truth,
    as_json,
    estimate,
    estimates_of,
    hierarchy_of,
)

TIERS = PublicationRule(reliability=Reliability.TIERS)
seeds = [*range(12), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(12, 200))]


def publish(
    truth: Truth, earlier: tuple[PublishableTable, ...] = (), rule: PublicationRule = TIERS
) -> PublishableTable:
    goals = {"aware": Goal(value=0.9)}
    return protect(estimates_of(truth), rule=rule, hierarchy=hierarchy_of(truth), goals=goals, earlier=earlier)


def attacked(table: PublishableTable, truth: Truth, *, exact: bool = True) -> Attacker:
    attacker = Attacker({row.domain: truth[row.domain] for row in table.rows}, exact=exact)
    attacker.read(as_json(table))
    return attacker


@pytest.mark.parametrize("seed", seeds)
def test_no_figure_of_few_is_found_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = City.random(rng).truth(ages=bool(rng.random() < 0.7))
    attacker = attacked(publish(truth), truth)
    assert attacker.marks <= {"not_published"}
    assert attacker.too_narrow() == {}


@pytest.mark.parametrize("reliability", [Reliability.FLAG, Reliability.SUPPRESS])
def test_nor_under_the_other_rules(reliability: Reliability) -> None:
    for seed in range(3):
        truth = City.random(np.random.default_rng(500 + seed)).truth(ages=True)
        table = publish(truth, rule=PublicationRule(reliability=reliability))
        assert attacked(table, truth).too_narrow() == {}


@pytest.mark.parametrize("seed", seeds)
def test_nor_by_a_correction_released_later(seed: int) -> None:
    """The second release alone, and what it does to the first: hidden stays hidden, coded is never shown."""
    rng = np.random.default_rng(1000 + seed)
    city = City.random(rng)
    first = publish(city.truth(ages=False))
    truth = city.corrected(rng).truth(ages=bool(rng.random() < 0.5))
    try:
        second = publish(truth, (first,))
    except CannotProtect:
        return  # it says so and publishes nothing: that gives nothing away
    assert attacked(second, truth).too_narrow() == {}
    there = {row.domain for row in second.rows}
    for row in first.rows:
        if row.domain in there:
            before, after = row.cell("aware"), second.row(row.domain).cell("aware")
            assert before.suppression is None or after.suppression is not None
            assert before.coded is None or after.coded is not None or after.suppression is not None


def test_most_corrections_of_one_table_can_be_released() -> None:
    refused = 0
    for seed in range(30):
        rng = np.random.default_rng(1000 + seed)
        city = City.random(rng)
        try:
            publish(city.corrected(rng).truth(ages=False), (publish(city.truth(ages=False)),))
        except CannotProtect:
            refused += 1
    assert refused <= 3


def test_what_was_shown_of_ten_cannot_be_hidden_of_nine() -> None:
    whole: Domain = ()
    parts: list[Domain] = [(("community", "a0"),), (("community", "a1"),)]

    def truth(few: int) -> Truth:
        return {whole: people(few + 40, 30), parts[0]: people(few, 6), parts[1]: people(40, 24)}

    flag = PublicationRule(reliability=Reliability.FLAG)
    first = publish(truth(10), rule=flag)
    assert first.row(parts[0]).cell("aware").value == 0.6
    with pytest.raises(CannotProtect, match="published in an earlier release"):
        publish(truth(9), (first,), flag)


def people(size: int, yes: int, each: float = 1.0) -> Group:
    return Group(size, size * each, yes, yes * each)


def street(*groups: Group) -> Truth:
    """A street and its communities a0, a1 ..."""
    whole = groups[0]
    for group in groups[1:]:
        whole = whole + group
    truth: Truth = {(("street", "a"),): whole}
    truth |= {(("community", f"a{number}"),): group for number, group in enumerate(groups)}
    return truth


def test_the_attacker_finds_what_is_left_open() -> None:
    """An attacker that finds nothing proves nothing: where nothing hides beside it, the one is found."""
    truth = street(people(8, 5), people(92, 55), people(80, 50))
    document = as_json(publish(truth))
    hidden = [row for row in document["rows"] if row["cells"][0].get("suppression")]
    assert len(hidden) == 2
    shown = as_json(publish({**truth, (("community", "a0"),): people(92, 55), (("street", "a"),): people(264, 160)}))
    leaked = next(row for row in shown["rows"] if row["domain"] == hidden[1]["domain"])
    hidden[1]["cells"] = leaked["cells"]
    attacker = Attacker(truth)
    attacker.read(document)
    [(low, high)] = attacker.too_narrow().values()
    assert low == pytest.approx(5)
    assert high == pytest.approx(5)


def test_little_is_hidden() -> None:
    """What protects must not empty the table: beside the figures of fewer than ten few are hidden."""
    shown = hidden = few = 0
    for seed in range(12):
        truth = City.random(np.random.default_rng(seed)).truth(ages=True)
        table = publish(truth, rule=PublicationRule(reliability=Reliability.FLAG))
        few += sum(truth[row.domain].size < 10 for row in table.rows)
        hidden += sum(row.cell("aware").suppression is not None for row in table.rows)
        shown += sum(row.cell("aware").suppression is None for row in table.rows)
    assert shown > 0
    assert hidden <= 2.2 * few


# ------------------------------------------------------------------ the two ways in that were found


def test_no_mark_and_no_figure_tells_that_all_of_few_said_yes() -> None:
    """Of 22 respondents 20, 21 and 22 said yes: what leaves of the community is the same, letter by letter.

    It was hidden under a mark of its own before, and under another where its error was large: whoever saw the mark had
    read 100 %.
    """
    told = set()
    for yes in (20, 21, 22):
        truth = street(people(22, yes), people(23, 22), people(24, 22), people(21, 19), people(25, 23))
        told.add(json.dumps(as_json(publish(truth))["rows"][1], sort_keys=True))
    assert len(told) == 1
    [cell] = json.loads(told.pop())["cells"]
    assert (cell["coded"], cell["value"], cell["high"]) == ("at_least", 0.9, 1.0)
    assert not cell["all_alike"]
    # Whatever is hidden has one mark.
    table = publish(street(people(7, 7), people(12, 5), people(60, 30), people(80, 40)))
    marks = {cell.suppression for row in table.rows for cell in row.cells}
    assert marks == {None, Suppression.NOT_PUBLISHED}


def test_weights_are_not_solved_from_the_digits_that_are_sent() -> None:
    """Four communities, twelve questions. With twelve digits each street figure is an equation in four weights.

    The weights follow, and with them that all 22 of the first said yes to the last question. With whole per cents they
    do not; and whoever knows the weights from elsewhere still finds at least two respondents of room.
    """
    rng = np.random.default_rng(7)
    sizes, each = (22, 24, 23, 25), (40.0, 90.0, 55.0, 130.0)
    answers = {f"q{number}": [int(rng.integers(8, 18)) for _ in sizes] for number in range(12)}
    answers["secret"] = [22, 17, 13, 12]
    truths = {
        name: street(*(people(size, yes, one) for size, yes, one in zip(sizes, given, each, strict=True)))
        for name, given in answers.items()
    }
    cells = [estimate(name, domain, group) for name, truth in truths.items() for domain, group in truth.items()]

    def solved(values: dict[str, list[float]]) -> float:
        """The share of the first community, by the weights that the other questions give."""
        lines = np.array([values[name][1:] for name in answers if name != "secret"])
        weights = np.linalg.lstsq(lines, np.array([values[name][0] for name in answers if name != "secret"]))[0]
        whole, _, *others = values["secret"]
        return float((whole - weights[1:] @ others) / weights[0])

    raw = {name: [round(group.share, 12) for group in truth.values()] for name, truth in truths.items()}
    assert solved(raw) == pytest.approx(1.0, abs=1e-8)  # the way in
    found = protected(
        Estimates(design=DESIGN, estimates=tuple(cells)), rule=TIERS, hierarchy=hierarchy_of(truths["secret"])
    )
    document = as_json(found.table)
    sent = {
        name: [cell.get("value") for row in document["rows"] for cell in row["cells"] if cell["variable"] == name]
        for name in answers
    }
    assert all(value is None or len(str(value)) <= 4 for values in sent.values() for value in values)
    for row in document["rows"]:
        row["cells"] = [cell for cell in row["cells"] if cell["variable"] == "secret"]
    attacker = Attacker(truths["secret"], exact=False)
    attacker.read(document)
    assert (("community", "a0"),) in attacker.guarded
    assert attacker.too_narrow() == {}
