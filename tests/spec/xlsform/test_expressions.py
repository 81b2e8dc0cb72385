"""Expressions of XLSForm and the conditions that mean the same, as a table; and those that nothing here can say."""

from __future__ import annotations

import pytest

from questionnaires.condition_parser import parse as parse_condition
from survey_service.xlsform.conditions_in import Reader
from survey_service.xlsform.names import Target
from survey_service.xlsform.xpath import MAX_DEPTH, MAX_LENGTH, XPathFault, parse

KNOWN = {
    "q": Target(variable="q", holds="choice", codes={"a": "1", "b": "2"}),
    "grade": Target(variable="grade", holds="choice", codes={"1": "1", "2": "2", "3": "3"}),
    "m": Target(variable="m", holds="choices", codes={"a": "1", "b": "2"}),
    "n": Target(variable="n", holds="number"),
    "k": Target(variable="k", holds="number"),
    "d": Target(variable="d", holds="date"),
    "e": Target(variable="e", holds="date"),
    "t": Target(variable="t", holds="time"),
    "w": Target(variable="w", holds="text"),
    "row": Target(variable="grid.lanes", holds="choice", codes={"a": "1"}),
    "gone": Target(variable="gone", holds="nothing"),
}
SAID = [
    ("${q} = 'a'", 'q == "1"'),
    ("'a' = ${q}", 'q == "1"'),
    ("${q} != 'a'", 'not q == "1"'),  # holds there where nothing was answered, too
    ("${q}='a' or ${q}='b'", 'q == "1" or q == "2"'),
    ("(${q}='a' or ${n}>1) and ${d}!=''", '(q == "1" or n > 1) and answered(d)'),
    ("selected(${q}, 'a')", 'q == "1"'),
    ("selected(${m}, 'a')", '"1" in m'),
    ("not(selected(${m}, 'b'))", 'not "2" in m'),
    ("not(${q} = 'a' or ${n} > 1)", 'not (q == "1" or n > 1)'),
    ("${m} = 'a'", '("1" in m and count(m) == 1)'),
    ("count-selected(${m}) >= 2", "count(m) >= 2"),
    ("count-selected(${m}) < 2", "sum(count(m), 0) < 2"),  # nothing chosen counts 0 there
    ("${grade} > 1", 'grade in ["2", "3"]'),
    ("${grade} <= 1", 'grade == "1"'),
    ("${n} >= 18 and ${n} < 60", "n >= 18 and n < 60"),
    ("18 <= ${n}", "n >= 18"),
    ("${n} = '7'", "n == 7"),
    ("${n} + ${k} * 2 > 10", "(n + (k * 2)) > 10"),
    ("${n} div ${k} <= .5", "(n / k) <= 0.5"),
    ("${n} = ${k}", "(n == k or (not answered(n) and not answered(k)))"),  # two blanks are equal there
    ("${n} > ${k}", "n > k"),
    ("coalesce(${n}, 0) + coalesce(${k}, '0') = 100", "(sum(n, 0) + sum(k, 0)) == 100"),
    ("${d} > date('2026-03-01')", 'd > "2026-03-01"'),
    ("${d} <= '2026-03-01'", 'd <= "2026-03-01"'),
    ("${d} > today()", "d > today"),
    ("round(decimal-time(${t}) * 1440) < 510", 't < "08:30"'),
    ("string-length(${w}) > 0", "answered(w)"),
    ("${w} = ''", "not answered(w)"),
    ("regex(${w}, '^[0-9]{6}$')", 'matches(w, "postal_code")'),
    ("regex(${w}, '^[A-Za-z0-9]{6,10}$')", 'matches(w, "code", 6, 10)'),
    ("int((today() - ${d}) div 365.25) < 16", "years_between(d, today) < 16"),
    ("${row} = 'a'", 'grid.lanes == "1"'),
    ("../q = “a”", 'q == "1"'),
    ("/data/part/n > 3", "n > 3"),
    ("true() and ${n} > 1", "n > 1"),
    ("round(${n} div 3, 1) > 1", "round((n / 3), 1) > 1"),
    ("-${n} < -1", "(0 - n) < -1"),
]


@pytest.mark.parametrize(("there", "here"), SAID)
def test_what_means_the_same(there: str, here: str) -> None:
    found = Reader(KNOWN).condition(parse(there))
    assert found == here
    parse_condition(here)


UNSAID = {
    "${q}": "nothing is compared",
    "${q} = 'z'": "q has no option z",
    "${gone} = 1": "gone is not carried",
    "${nobody} = 1": "no question nobody",
    "${w} = 'Beijing'": "w cannot be compared with Beijing",
    "string-length(${w}) > 3": "length of a text",
    "regex(${w}, '(a+)+$')": "a few named forms",
    "${n} mod 2 = 0": "no such expression",
    "if(${n} > 1, 1, 2) = 1": "no if()",
    "pulldata('people', 'age', 'id', ${n}) > 3": "no pulldata()",
    "jr:choice-name(${q}, '${q}') = 'x'": "no jr:choice-name()",
    "${q} > ${grade}": "codes of the two",
    "${m} = ${m}": "cannot be compared",
    "${n} > 1 > 0": "not expected",
    "${n} >": "halfway",
    "(${n} > 1": "halfway",
    "${n} > 1 & ${k} > 1": "no meaning",
    "${n} > 'many'": "is no number",
    "": "halfway",
    "(" * (MAX_DEPTH + 5) + "1": "nested too deeply",
    "-" * 500 + "1 = 1": "nested too deeply",
    "1" * (MAX_LENGTH + 1): "longer than",
}


@pytest.mark.parametrize("there", UNSAID)
def test_what_nothing_here_can_say_is_told_in_both_languages(there: str) -> None:
    with pytest.raises(XPathFault) as caught:
        Reader(KNOWN).condition(parse(there))
    assert UNSAID[there] in caught.value.en
    assert any("\u4e00" <= one <= "\u9fff" for one in caught.value.zh)


def test_always_and_never() -> None:
    reader = Reader(KNOWN)
    assert reader.condition(parse("1 = 1 or ${n} > 1")) is True
    assert reader.condition(parse("false() and ${n} > 1")) is False
    assert reader.condition(parse("not(true())")) is False
