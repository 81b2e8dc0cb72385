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
    "v": Target(variable="v", holds="text"),
    "coded": Target(variable="coded", holds="choice", codes={"-1": "1", "3": "2"}),
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
    ("${q}", "answered(q)"),
    ("not(${n})", "not n != 0"),
    ("${q} = 'z' or ${n} > 1", "n > 1"),  # a code that the list does not have is nobody's
    ("${w} = 'Beijing'", 'w == "Beijing"'),
    ("${w} != ${v}", "not (w == v or (not answered(w) and not answered(v)))"),
    ("string-length(${w}) > 3", "length(w) > 3"),
    ("string-length(${w}) < 3", "not length(w) >= 3"),  # a blank is short there
    ("string-length(${n}) = 11", "length(join(n)) == 11"),
    (r"regex(${w}, '^\d{2}-[\w.-]+$')", 'fits(w, "[0-9]{2}-[A-Za-z0-9_.-]+")'),
    (r"regex(${n}, '(?:19|20)\d\d')", 'fits(join(n), "(19|20)[0-9][0-9]")'),
    ("starts-with(${w}, 'a.b')", 'fits(w, "a[.]b.*")'),
    ("contains(${w}, 'x')", 'fits(w, ".*x.*")'),
    ("${n} mod 2 = 0", "mod(n, 2) == 0"),
    ("floor(${n} div 2) > 1", "floor((n / 2)) > 1"),
    ("if(${n} > 1, ${k}, 2) = 1", "if(n > 1, k, 2) == 1"),
    ("if(${n} > 1, ${k} > 1, ${k} > 2)", "n > 1 and k > 1 or not n > 1 and k > 2"),
    ("if(${n} > 1, 'a', 'b') = 'a'", 'if(n > 1, "a", "b") == "a"'),
    ("${grade} + 1 > 2", "(number(grade) + 1) > 2"),
    ("${coded} * 2 > 4", '(if(coded == "1", -1, if(coded == "2", 3, 0 / 0)) * 2) > 4'),
    ("coalesce(${n}, '') > 1", "if(answered(n), n, 0 / 0) > 1"),  # an empty text is no 0
    ("coalesce(${w}, 'none') = 'none'", 'if(answered(w), w, "none") == "none"'),
    ("concat(${w}, '-', ${n}) = 'a-1'", 'join(w, "-", n) == "a-1"'),
    ("${d} <= now()", "d <= today"),
    ("${d} < now()", "d <= today"),  # a day that has begun
    ("${d} <= today() + 30", "days_between(today, d) <= 30"),
    ("${e} - ${d} > 7", "days_between(d, e) > 7"),
    ("decimal-date-time(${d}) >= decimal-date-time(${e}) - 1", "days_between(e, d) >= 0 - 1"),
    ("format-date(${d}, '%Y-%m-%d') = '2026-01-01'", 'd == "2026-01-01"'),
    ("max(${n}, ${k}) > 3 and abs(${n}) < 2", "max(n, k) > 3 and max(n, 0 - n) < 2"),
    ("selected(${w}, 'b')", 'fits(w, "(.* )?b( .*)?")'),
    ("${n} = 'many' or ${k} = 1", "k == 1"),  # no number is a word
    ("${n} &gt;= 2", "n >= 2"),
    ("${q} = ’a‘", 'q == "1"'),
    ("${w} = null", "not answered(w)"),
    (
        "${q} = ${grade}",
        '(if(q == "1", "a", if(q == "2", "b", "")) == grade or (not answered(q) and not answered(grade)))',
    ),
]


@pytest.mark.parametrize(("there", "here"), SAID)
def test_what_means_the_same(there: str, here: str) -> None:
    found = Reader(KNOWN).condition(parse(there))
    assert found == here
    parse_condition(here)


UNSAID = {
    "${gone} = 1": "gone is not carried",
    "${nobody} = 1": "no question nobody",
    "${w} > 'Beijing'": "is no number",
    "regex(${w}, '(?=a)b')": "no such form",
    "regex(${w}, '[a-z')": "no such form",
    "${d} + 1": "d is no number",
    "random() > 0.5": "no random()",
    "pulldata('people', 'age', 'id', ${n}) > 3": "no pulldata()",
    "jr:choice-name(${q}, '${q}') = 'x'": "no jr:choice-name()",
    "${q} > ${grade}": "are no numbers",
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
