"""Blocks drawn per person: the rule of the draw, what the judge makes of it, and what an answer counts."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import Missing, Policy, Severity, canonical_hash, check_answers, judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.codebook import codebook
from questionnaires.draws import Drawing, block_trees, for_browser, order_of, part_asked
from questionnaires.duration import seconds_to_answer
from questionnaires.evaluation import evaluate
from questionnaires.loader import check_bytes
from questionnaires.model import Block, Draw
from questionnaires.text import Text
from tests.spec.questionnaires.drawn import BODIES, definition, questionnaire

VECTORS = Path(__file__).with_name("draw_vectors.json")
ALL_USED = ["1", "2", "3", "4"]


def draw(count: int, take: int, name: str = "sectors") -> Draw:
    blocks = tuple(Block(id=f"b{number}", label=Text(str(number)), sections=(f"s{number}",)) for number in range(count))
    return Draw(id=name, label=Text(name), take=take, blocks=blocks)


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text(encoding="utf-8"))["orders"])
def test_the_order_of_a_ticket_is_that_of_the_vectors(vector: Mapping[str, Any]) -> None:
    blocks = tuple(Block(id=one, label=Text(one), sections=("s",)) for one in vector["blocks"])
    made = Draw(id=vector["draw"], label=Text("x"), take=vector["take"], blocks=blocks)
    assert list(order_of(made, vector["ticket"])) == vector["order"]


def test_a_round_of_tickets_is_balanced_at_every_place() -> None:
    for count, take in ((22, 3), (4, 2), (6, 4), (5, 1)):
        made = draw(count, take)
        period = next(p for p in range(1, 1000) if p * take % count == 0)
        for place in range(take):
            seen = Counter(order_of(made, 77 * period + ticket)[place] for ticket in range(period))
            assert max(seen.values()) - min(seen.values()) <= 1
        drawn = Counter(block for ticket in range(period) for block in order_of(made, 5 * period + ticket)[:take])
        assert set(drawn.values()) == {take * period // count}


def test_blocks_and_pairs_come_with_their_probability() -> None:
    """Also among those that belong to a person: 5 of 7, of which each is drawn with 3/5 and each pair with 3/10."""
    made, own = draw(7, 3), {"b0", "b2", "b3", "b5", "b6"}
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, ...]] = Counter()
    tickets = 14_000
    for ticket in range(tickets):
        first = sorted([one for one in order_of(made, ticket) if one in own][:3])
        single.update(first)
        pairs.update(itertools.combinations(first, 2))
    for name in own:
        assert abs(single[name] / tickets - 3 / 5) < 0.015
    assert len(pairs) == 10
    for count in pairs.values():
        assert abs(count / tickets - 3 / 10) < 0.015


def test_what_was_drawn_is_known_and_the_rest_is_not_asked() -> None:
    one = questionnaire()
    drawn = Drawing.of(one, one.draws[0]).drawn(11, {"used": ["1", "2", "3"]})
    assert len(drawn.blocks) == 2
    assert set(drawn.blocks) < {"tax", "water", "bank"}
    answers = {"used": ["1", "2", "3"], "bodies": 11} | {f"{name}_all": "1" for name in BODIES}
    for policy in (Policy.PAPER, Policy.IMPORT):
        checked = check_answers(one, answers, policy)
        assert checked.accepted
        assert checked.values["bodies"] == list(drawn.blocks)
        assert checked.values["bodies.among"] == ["tax", "water", "bank"]
        for name in BODIES:
            expected = "1" if name in drawn.blocks else Missing.NOT_ASKED
            assert checked.values[f"{name}_all"] == expected
        left = {f"{name}_all" for name in BODIES if name not in drawn.blocks}
        assert set(checked.off_path) == left
        found = {(each.variable, each.code.value, each.severity) for each in checked.findings}
        assert found == {(name, "not_drawn", Severity.SOFT) for name in left}
        assert checked.canonical["bodies"] == 11
        assert "bodies" not in checked.answers


def test_a_screen_hides_what_was_not_drawn() -> None:
    one = questionnaire()
    answers = {"used": ALL_USED, "bodies": 3} | {f"{name}_all": "1" for name in BODIES}
    checked = check_answers(one, answers, Policy.WEB)
    assert not checked.findings
    assert not checked.off_path
    assert len([name for name in checked.canonical if name.endswith("_all")]) == 2


def test_the_ticket_comes_before_the_blocks_and_judges_to_itself() -> None:
    one = questionnaire()
    checked = check_answers(one, {"wish": "好", "bodies": "42", "used": ALL_USED}, Policy.WEB)
    assert list(checked.canonical) == ["used", "bodies", "wish"]
    again = check_answers(one, checked.canonical, Policy.WEB)
    assert canonical_hash(again.canonical) == canonical_hash(checked.canonical)


@pytest.mark.parametrize(
    ("policy", "severity"),
    [(Policy.WEB, "hard"), (Policy.DEVICE, "hard"), (Policy.PAPER, "hard"), (Policy.IMPORT, "soft")],
)
def test_without_a_draw_no_block_counts(policy: Policy, severity: str) -> None:
    checked = check_answers(questionnaire(), {"used": ALL_USED, "tax_all": "1"}, policy)
    assert ("no_draw", severity) in {(one.code.value, one.severity.value) for one in checked.findings}
    assert checked.values["bodies"] is Missing.NO_ANSWER
    assert checked.values["tax_all"] is Missing.NOT_ASKED
    assert not check_answers(questionnaire(), {"used": ALL_USED}, policy, partial=True).findings


def test_nothing_is_drawn_where_all_are_asked() -> None:
    for policy in Policy:
        checked = check_answers(questionnaire(), {"used": ["1", "4"], "tax_all": "2", "tax_why": "慢"}, policy)
        assert not checked.findings
        assert checked.values["bodies"] == ["tax", "post"]
    nobody = check_answers(questionnaire(), {"used": ["8"], "bodies": 5}, Policy.WEB)
    assert nobody.values["bodies"] is Missing.NOT_ASKED
    assert nobody.values["bodies.among"] is Missing.NOT_ASKED


@pytest.mark.parametrize(
    ("drawn", "sound"),
    [
        (["tax", "bank"], True),
        (["bank", "tax"], True),
        (["tax"], False),
        (["tax", "water", "bank"], False),
        (["tax", "post"], False),  # has nothing to do with the person
        (["tax", "tax"], False),
        (["tax", "court"], False),
        (-1, False),
        (2**53, False),
        (True, False),
        (1.5, False),
        ({"missing": "refused"}, False),
    ],
)
def test_a_draw_of_somebody_else_is_taken_as_it_fits(drawn: object, sound: bool) -> None:
    checked = check_answers(questionnaire(), {"used": ["1", "2", "3"], "bodies": drawn}, Policy.IMPORT)
    assert checked.accepted is sound
    assert {one.code.value for one in checked.findings} == (set() if sound else {"drawn_otherwise"})
    if sound:
        assert checked.values["bodies"] == ["tax", "bank"]


RAW = st.fixed_dictionaries(
    {},
    optional={
        "used": st.lists(st.sampled_from(["1", "2", "3", "4", "8"]), max_size=4),
        "bodies": st.one_of(
            st.integers(-1, 99),
            st.lists(st.sampled_from([*BODIES, "court"]), max_size=3),
            st.sampled_from([None, "", "7", True, 1.0, {}, [1]]),
        ),
        **{f"{name}_all": st.sampled_from(["1", "2", "9", "x"]) for name in BODIES},
        "tax_why": st.just("慢"),
    },
)


@given(st.lists(RAW, max_size=6), st.booleans())
def test_many_answers_are_judged_as_each_is(answers: list[dict[str, object]], by_person: bool) -> None:
    one = judge(questionnaire(by_person=by_person))
    found = ColumnJudge(one).values(answers)
    for row, raw in enumerate(answers):
        values = {name: column.values[column.codes[row]] for name, column in found.items()}
        assert values == one.check(raw, Policy.IMPORT).values


# ---------------------------------------------------------------- what an answer counts


def pairs(answers: Mapping[str, object], *, by_person: bool = True) -> dict[str, Any]:
    one = questionnaire(by_person=by_person)
    return dict(evaluate(one, check_answers(one, answers, Policy.IMPORT).values))


def test_an_answer_counts_as_often_as_its_block_was_unlikely() -> None:
    told = {"used": ["1", "2", "3"], "bodies": ["tax", "water"], "tax_all": "1", "water_all": "2"}
    found = pairs(told)
    assert found["of_tax"] == (1.5, 1.5)  # two of three
    assert found["of_water"] == (0.0, 1.5)
    assert found["of_bank"] is None
    assert found["of_post"] is None
    assert found["pooled"] == (1.5, 3.0)
    assert found["both"] == (0.0, pytest.approx(3.0))  # both of two drawn among three: 2/3 x 1/2
    all_of_them = {"used": ["1", "2"], "tax_all": "1", "water_all": "1"}
    assert pairs(all_of_them)["both"] == (1.0, 1.0)
    four = told | {"used": ALL_USED}
    assert pairs(four)["of_tax"] == (2.0, 2.0)
    assert pairs(four)["both"] == (0.0, pytest.approx(6.0))  # 2/4 x 1/3


def test_every_person_counts_once_on_average() -> None:
    """Over all tickets the mean of what a person adds is what it would be if all were asked: unbiased."""
    one = questionnaire()
    full = {"used": ALL_USED, "tax_all": "1", "water_all": "1", "bank_all": "2", "post_all": "1"}
    rounds = 2000
    sums: Counter[str] = Counter()
    for ticket in range(rounds):
        values = check_answers(one, full | {"bodies": ticket}, Policy.WEB).values
        for name, pair in evaluate(one, values).items():
            sums[f"{name}.y"] += pair[0] if pair else 0
            sums[f"{name}.x"] += pair[1] if pair else 0
    want = {"of_tax": (1, 1), "of_bank": (0, 1), "pooled": (3, 4), "both": (1, 1)}
    for name, (y, x) in want.items():
        assert sums[f"{name}.y"] / rounds == pytest.approx(y, abs=0.15)
        assert sums[f"{name}.x"] / rounds == pytest.approx(x, abs=0.15)


def test_who_gave_no_answer_to_a_drawn_block_is_not_in_the_base() -> None:
    found = pairs({"used": ALL_USED, "bodies": ["tax", "water"], "tax_all": "9"})
    assert found["of_tax"] == (0.0, 2.0)  # cannot say stays in the base
    assert found["of_water"] is None


# ---------------------------------------------------------------- everything else that reads a questionnaire


def test_the_part_that_is_asked() -> None:
    fixed = questionnaire(by_person=False)
    part = part_asked(fixed, {"bodies": 8})
    left = [section.id for section in part.sections]
    assert left[0] == "first"
    assert left[-1] == "last"
    assert len(left) == 4
    assert not part.draws
    assert part_asked(fixed, {"bodies": 8}) is part
    own = questionnaire()
    assert part_asked(own, {"bodies": 8}) is own  # which blocks they are hangs on answers


def test_the_codebook_says_what_was_drawn_and_how_much_it_counts() -> None:
    rows = {one.name: one for one in codebook(questionnaire())}
    names = list(rows)
    assert names.index("used") < names.index("bodies") < names.index("bodies.among") < names.index("tax_all")
    assert [column.name for column in rows["bodies"].columns()] == [f"bodies.{name}" for name in BODIES]
    assert "2" in rows["bodies"].label.zh
    assert rows["tax_why"].asked_if == ('"tax" in bodies', 'tax_all == "2"')
    assert "bodies.among" not in {one.name for one in codebook(questionnaire(by_person=False))}


def test_time_is_expected_time() -> None:
    one, all_asked = questionnaire(), questionnaire(take=3)
    blocks = (seconds_to_answer(all_asked) - seconds_to_answer(one)) * 4  # of all four
    assert blocks > 0
    everybody = sum(seconds_to_answer(replace(one, draws=(), sections=(part,))) for part in one.sections[1:5])
    assert blocks == pytest.approx(everybody)


def test_trees_for_the_browser_name_the_whole_draw() -> None:
    tree = block_trees(questionnaire())["tax_why"]
    assert tree == ["drawn", "bodies", "tax"]
    given = for_browser(questionnaire(), {"bodies": 7})["bodies"]
    assert given["order"] == list(order_of(questionnaire().draws[0], 7))
    assert given["take"] == 2
    assert given["among"] == [[name, ["includes", "used", str(place)]] for place, name in enumerate(BODIES, start=1)]
    assert for_browser(questionnaire(), {"bodies": ["tax"]})["bodies"]["order"] == ["tax"]
    assert for_browser(questionnaire(), {})["bodies"]["order"] == []


FAULTS = [
    ("take: 2", "take: 4", "Q050", "takes 4 of 4"),
    ("take: 2", "take: 0", "Q016", "whole number"),
    ("    take: 2\n", "", "Q005", "take"),
    ("sections: [tax]", "sections: [taxes]", "Q050", "taxes"),
    ("sections: [tax]", "questions: [tax_al]", "Q050", "tax_al"),
    ("sections: [tax]", "sections: [tax], questions: [water_all]", "Q050", "two kinds"),
    ("sections: [tax]", "sections: [water]", "Q050", "one block"),
    ("id: bodies", "id: used", "Q011", "used"),
    ("{id: post, label", "{id: bank, label", "Q011", "bank"),
    ("""belongs_if: '"1" in used'""", """belongs_if: '"7" in used'""", "Q033", "7"),
    ("""belongs_if: '"1" in used'""", "belongs_if: answered(wish)", "Q032", "wish"),
    ("""belongs_if: '"4" in used'""", """belongs_if: 'tax_all == "1"'""", "Q032", "tax_all"),
    ("take: 2", "take: 1", "Q051", "both"),
    (
        """ask_if: tax_all == "2\"""",
        """ask_if: '"tax" in bodies'""",
        "Q031",
        "bodies",
    ),  # by whom it is asked is the draw's
]


@pytest.mark.parametrize(("old", "new", "code", "says"), FAULTS)
def test_what_cannot_be_drawn_is_said(old: str, new: str, code: str, says: str) -> None:
    text = definition()
    assert old in text
    found, problems = check_bytes(text.replace(old, new, 1).encode(), "drawn.yaml")
    assert found is None
    assert code in {one.code.number for one in problems}, "\n".join(map(str, problems))
    assert says in "\n".join(map(str, problems))
