"""Edits touch their own characters: comments, blanks, quotes and unknown fields stay as they were typed."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from questionnaires.canonical import sha256
from questionnaires.editing.addresses import nameless
from questionnaires.editing.document import CannotEdit, Document
from questionnaires.editing.edits import apply
from questionnaires.editing.outline import placed
from questionnaires.editing.removals import NotAgreed
from questionnaires.editing.uses import fingerprint, uses_of
from questionnaires.loader import available, check_bytes
from survey_service.catalogue.shelf import programmes
from survey_service.catalogue.yaml_of import yaml_of

SOURCE = """\
# 头上的注释 a comment at the top
key: parks
version: "1.0"
title: {zh: 公园, en: Parks}   # behind a title
header:
  valid_until:                 # by the wave

notice:
  purpose: >-
    为了改造公园
    听听意见
sections:

  - id: visit
    title: {zh: 去, en: Going}
    questions:
      # 第一题 about the first
      - id: q1
        type: single_choice
        text: '去过吗'
        options: [{code: "1", label: 去过}, {code: "2", label: 没去过}]

      - id: q2
        unknown: [a, b]   # a field of a later version
        type: scale
        ask_if: q1 == "1"
        text: {zh: 满意吗, en: Satisfied?}
        scale: satisfaction
        items:
          - {id: lawns, text: {zh: 草坪, en: Lawns}}
          - {id: toilets, text: {zh: 公厕, en: Toilets}}
  - id: other
    title: {zh: 别的, en: Other}
    questions:
      - {id: q3, type: number, text: {zh: 几次, en: How often}}
# 末尾的注释
calculated:
  - {id: twice, expression: q3 * 2, text: {zh: 两倍, en: Twice}}
rules:
  - {id: many, condition: twice > 9, message: {zh: 太多, en: Many}}
indicators:
  - id: visited
    kind: proportion
    variables: [q1]
    numerator: ["1"]
  - id: fine
    kind: proportion
    variables: [q2.lawns, q2.toilets]
    numerator: ["1", "2"]
  - id: whole
    kind: index
    parts: [{indicator: visited, weight: 0.5}, {indicator: fine, weight: 0.5}]"""

SHARED: dict[str, Any] = {"satisfaction": {"options": [{"code": "1", "label": {"zh": "满意"}, "value": "4"}]}}


OF_Q1 = [("condition", "question:q2"), ("indicator", "indicator:visited"), ("index", "indicator:whole")]


def put(at: str, field: str, value: str) -> dict[str, Any]:
    return {"do": "set", "at": at, "field": field, "value": value}


def lines(*edits: dict[str, Any], source: str = SOURCE) -> list[str]:
    """The lines that edits take out (-) and put in (+)."""
    new = apply(source, edits, SHARED)
    found = difflib.unified_diff(source.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line[0] + line[1:].strip() for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


EDITS: list[tuple[list[dict[str, Any]], list[str]]] = [
    # a comment behind a value stays, also behind one that was not there
    ([put("questionnaire", "title.zh", '新"名')],
     ["-title: {zh: 公园, en: Parks}   # behind a title", '+title: {zh: "新\\"名", en: Parks}   # behind a title']),
    ([put("questionnaire", "header.valid_until", "2027-06-30")],
     ["-valid_until:                 # by the wave", "+valid_until: 2027-06-30                 # by the wave"]),
    # a text of one language becomes one of two; one in lines becomes one in quotes
    ([put("question:q1", "text.en", "Been there?")],
     ["-text: '去过吗'", '+text: {zh: "去过吗", en: "Been there?"}']),
    ([put("questionnaire", "notice.purpose.zh", "短了")],
     ["-purpose: >-", "-为了改造公园", "-听听意见", '+purpose: {zh: "短了"}']),
    # fields that are not there, in a list of lines and on one line
    ([put("question:q2", "hint.zh", "每行选一项"), put("question:q2", "hint.en", "One in each")],
     ['+hint: {zh: "每行选一项", en: "One in each"}']),
    ([put("question:q3", "maximum", "３１")],
     ["-- {id: q3, type: number, text: {zh: 几次, en: How often}}",
      "+- {id: q3, type: number, text: {zh: 几次, en: How often}, maximum: 31}"]),
    ([put("indicator:visited", "target", "92.5%")], ["+target: {value: 0.925}"]),
    # what is no number is kept for the check to name
    ([put("questionnaire", "notice.minutes", "几分钟")], ['+minutes: "几分钟"']),
    # order: the comment above goes along, what lies between stays
    ([{"do": "move", "at": "item:q2:toilets", "by": -1}],
     ["+- {id: toilets, text: {zh: 公厕, en: Toilets}}", "-- {id: toilets, text: {zh: 公厕, en: Toilets}}"]),
    ([{"do": "move", "at": "option:q1:1", "by": 1}],
     ['-options: [{code: "1", label: 去过}, {code: "2", label: 没去过}]',
      '+options: [{code: "2", label: 没去过}, {code: "1", label: 去过}]']),
    # the last of its section goes to the next, an only one leaves an empty list
    ([{"do": "move", "at": "question:q3", "by": -1}],
     ["+- {id: q3, type: number, text: {zh: 几次, en: How often}}", "-questions:",
      "-- {id: q3, type: number, text: {zh: 几次, en: How often}}", "+questions: []"]),
    ([{"do": "add", "what": "item", "at": "question:q2"}], ['+- {id: row1, text: {zh: "", en: ""}}']),
    ([{"do": "add", "what": "option", "at": "question:q1"}],
     ['-options: [{code: "1", label: 去过}, {code: "2", label: 没去过}]',
      '+options: [{code: "1", label: 去过}, {code: "2", label: 没去过}, {code: "3", label: {zh: "", en: ""}}]']),
    ([{"do": "own_scale", "at": "scale:satisfaction"}],
     ["+scales:", "+satisfaction:", "+options:", '+- {code: "1", label: {zh: "满意"}, value: 4}', "+"]),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "changed"), EDITS)
def test_an_edit_changes_these_lines_and_no_others(edits: list[dict[str, Any]], changed: list[str]) -> None:
    assert sorted(lines(*edits)) == sorted(changed)


def test_a_question_that_is_added_stands_in_lines_under_a_free_id() -> None:
    edit = {"do": "add", "what": "question", "at": "question:q1", "type": "single_choice"}
    assert lines(edit) == [
        "+- id: q4",
        "+type: single_choice",
        '+text: {zh: "", en: ""}',
        "+options:",
        '+- {code: "1", label: {zh: "", en: ""}}',
        '+- {code: "2", label: {zh: "", en: ""}}',
    ]
    made = apply(SOURCE, [edit, {"do": "add", "what": "section", "at": "questionnaire"}], SHARED)
    assert [one["id"] for one in Document(made).data["sections"]] == ["visit", "other", "part1"]


@pytest.mark.parametrize(
    ("at", "uses"),
    [
        ("question:q1", OF_Q1),
        # a number that is calculated of it, and the rule about that number
        ("question:q3", [("calculated", "calculated:twice"), ("check", "rule:many")]),
        ("item:q2:lawns", [("part", "indicator:fine")]),
        ("question:q2", [("indicator", "indicator:fine"), ("index", "indicator:whole")]),
        ("option:q1:1", OF_Q1),
        ("option:q1:2", []),
        ("indicator:visited", [("index", "indicator:whole")]),
        ("rule:many", []),
    ],
)
def test_what_uses_a_thing_is_named_and_goes_with_it(at: str, uses: list[tuple[str, str]]) -> None:
    found = uses_of(Document(SOURCE).data, at)
    assert sorted((one.what.value, one.at) for one in found) == sorted(uses)
    made = Document(apply(SOURCE, [{"do": "remove", "at": at, "with": fingerprint(found)}], SHARED))
    for line in ("# 头上的注释 a comment at the top", "# 第一题 about the first", "# 末尾的注释", "# by the wave"):
        assert line in made.text
    with pytest.raises(CannotEdit):
        uses_of(made.data, at)
    with pytest.raises(NotAgreed):
        apply(SOURCE, [{"do": "remove", "at": at, "with": "something else"}], SHARED)


@pytest.mark.parametrize(
    "edit",
    [
        put("question:q1", "id", "q9"),
        put("question:q1", "ask_if", "answered(q2)"),
        put("question:none", "text.zh", "x"),
        put("question:q1", "text.zh", "x" * 4001),
        {"do": "move", "at": "section:visit", "by": -1},
        {"do": "move", "at": "indicator:fine", "by": -1},
        {"do": "move", "at": "question:q1", "by": -1},
        {"do": "add", "what": "question", "at": "section:visit", "type": "note"},
        {"do": "add", "what": "option", "at": "question:q2"},  # its options are those of a shared scale
        {"do": "own_scale", "at": "scale:none"},
        {"do": "write", "at": "questionnaire"},
    ],
)
def test_what_cannot_be_done_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(CannotEdit):
        apply(SOURCE, [edit], SHARED)


def test_problems_stand_where_they_are() -> None:
    source = available()["civilized_city"].read_text(encoding="utf-8")
    broken = apply(
        source,
        [
            put("question:q1", "text.en", ""),
            put("option:q1:2", "label.zh", ""),
            put("questionnaire", "header.valid_until", "明年"),
            put("indicator:awareness", "target", "150"),
            {"do": "move", "at": "question:q1", "by": 1},
        ],
        SHARED,
    )
    _, problems = check_bytes(broken.encode(), "draft")
    found = {(one["code"], one["at"], one["field"]) for one in placed(broken, Document(broken), problems)}
    assert found == {
        ("Q013", "question:q1", "text.en"),
        ("Q013", "option:q1:2", "label.zh"),
        ("Q006", "questionnaire", "header.valid_until"),
        ("Q046", "indicator:awareness", "target"),
        ("Q032", "question:q2", "ask_if"),
    }


def test_a_condition_that_names_several_options_goes_on_without_one() -> None:
    source = SOURCE.replace('ask_if: q1 == "1"', 'ask_if: q1 in ["1", "2"] and not answered(q3)')
    [use] = uses_of(Document(source).data, "option:q1:2")
    assert (use.what.value, use.becomes) == ("narrowed", 'q1 in ["1"] and not answered(q3)')
    edit = {"do": "remove", "at": "option:q1:2", "with": fingerprint([use])}
    assert '+ask_if: q1 in ["1"] and not answered(q3)' in lines(edit, source=source)
    # Where the option stands alone, or twice, nothing can be taken out of the condition: it goes.
    for condition in ('q1 in ["2"]', 'q1 in ["1", "2"] or q1 == "2"'):
        other = source.replace('q1 in ["1", "2"] and not answered(q3)', condition)
        assert [one.what.value for one in uses_of(Document(other).data, "option:q1:2")] == ["condition"]


def test_names_that_stand_twice_or_not_at_all_are_told() -> None:
    assert nameless(Document(SOURCE).data) == []
    twice = SOURCE.replace("id: q3", "id: q1").replace("{id: lawns, ", "{")
    assert nameless(Document(twice).data) == ["item:q2:None", "question:q1"]


@pytest.mark.soak
def test_every_programme_is_written_from_what_is_stored_and_reads_the_same() -> None:
    for one in programmes().values():
        made, problems = check_bytes(yaml_of(one.questionnaire).encode(), one.key)
        assert problems == []
        assert made is not None
        assert sha256(made) == sha256(one.questionnaire)
        assert nameless(Document(one.source).data) == []
