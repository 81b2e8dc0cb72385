"""What is typed as a number, a date, a time or a place means the same in the browser and to the judge.

The resident's page and the keying sheet read with one module, ``answer-forms.js``; what the service accepts the browser
accepts, and the reverse.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from questionnaires.answers import Policy, Severity, judge
from questionnaires.characters import written
from questionnaires.model import Questionnaire
from survey_service.keying.kinds import Box
from survey_service.keying.sheets import build_sheet
from tests.spec.questionnaires import test_choice_limits, test_place, test_ranking, test_time
from tests.spec.questionnaires.examples import NOTICE, loaded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser
STATIC = Path(__file__).parents[2] / "survey_service" / "web" / "static"
SHARED = "answer-forms.js"

DEFINITION = f"""\
key: typed
version: "1"
title: {{zh: 数字和日期, en: Numbers and dates}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: age, type: number, text: {{zh: 年龄, en: Age}}, minimum: 18, maximum: 120, unit: {{zh: 岁, en: years}}}}
      - {{id: any, type: number, text: {{zh: 数, en: Number}}}}
      - {{id: hours, type: number, text: {{zh: 小时, en: Hours}}, minimum: -5.5, decimals: 1}}
      - {{id: fine, type: number, text: {{zh: 面积, en: Area}}, decimals: 6, unit: {{zh: 平方米, en: m2}}}}
      - {{id: day, type: date, text: {{zh: 日期, en: Day}}}}
      - {{id: moved, type: date, text: {{zh: 搬来, en: Moved}}, minimum: 2000-02-29, maximum: 2026-09-30}}
      - {{id: clock, type: time, text: {{zh: 几点, en: When}}}}
      - {{id: about, type: place, text: {{zh: 在哪一带, en: Whereabouts}}}}
      - {{id: near, type: place, text: {{zh: 在哪里, en: Where}}, precision: 100m}}
      - {{id: site, type: place, text: {{zh: 检查点, en: Site}}, precision: exact, because: {{zh: 核实, en: Check}}}}
      - {{id: opens, type: time, text: {{zh: 几点开门, en: Opens}}, minimum: "07:00", maximum: "21:30"}}
"""
NUMBERS = {
    "blanks": ["", " ", "\u3000", "\t", " 45 ", "\u300045\u3000", "\u001c45", "4 5", "45\u00a0", "45\u0085",
               "\ufeff"],
    "digits": ["0", "45", "045", "４５", "４５．５", "٤٥", "四十五", "①", "1e2", "0x1f", "Infinity", "NaN", "½", "²"],
    "signs": ["+45", "-2", "-0", "－2", "−2", "＋45", "--2", "+-2", "- 2", "2-", "-", "+"],
    "decimals": ["45.", "45.0", ".5", "45.50", "1.25", "45。5", "0.1", "0.30000000000000004", "0.0000001",
                 "1.0000001", "0.000001", "1.2345678901", "1.23456789012", "4.5.6", "2.675", "1,5"],
    "groups": ["1,000", "1,234.5", "１，０００", "1,00", "10,00", "1,0000", ",100", "1,,000",
               "1,000,000,000,000,000"],
    "size": ["999999999999999", "1000000000000000", "999999999999999.9999999999", "-999999999999999", "9" * 40],
    "ranges": ["17", "18", "120", "121", "17.9", "-5.5", "-5.6", "-6"],
    "units": ["45岁", "45 岁", "４５岁", "45岁years", "45years岁", "45 years", "岁", "45岁岁", "45 m2", "45㎡",
              "45平方米", "45\u001c years", "45 元"],
    "unseen": ["4\u200b5", "\u200e45", "45\ufeff", "45\u200d", "4\u200d5", "\u200d45", "4\ufe0f5", "45\ufe0f",
               "４\x005", "4\x005", "\u206645\u2069", "45\u00ad", "4\u31645", "\u280045", "4\u034f\u034f5",
               "45\U000e0041", "45\ufdd0", "45\U0001ffff", "\u180e45", "45\u180e岁"],
}  # fmt: skip
DATES = {
    "blanks": ["", " ", "\u3000", "\ufeff", " 2026-02-03 "],
    "marks": ["2026-02-03", "2026-2-3", "2026/02/03", "2026.2.3", "20260203", "2026-02/03", "2026-0203", "202602-03",
              "2026 2 3", "2026,2,3", "2026－2－3", "２０２６－０２－０３", "2026—2—3"],
    "words": ["2026年2月3日", "2026年2月3", "2026年02月03日", "2026年 2月 3日", "2026 年2月3日", "2026年2-3",
              "2026-2月3日", "二〇二六年二月三日", "2026年2月", "2026-2-3日", "２０２６年２月３日", "2026年2月3号",
              "3 February 2026"],
    "days": ["2024-02-29", "2023-02-29", "2000-02-29", "1900-02-29", "2100-02-29", "2026-02-30", "2026-04-31",
             "2026-12-31", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01", "0001-01-01", "9999-12-31",
             "20260230", "20240229"],
    "lengths": ["26-2-3", "2026-002-3", "12026-2-3", "202623", "2026020", "2026-2", "2026", "2026-2-3-4",
                "-2026-2-3"],
    "ranges": ["2000-02-28", "2000-02-29", "2026-09-30", "2026-10-01", "2026/10/1", "19991231"],
    "unseen": ["2026\u200b-02-03", "2026-02-03\u200f", "2026-\u001c02-03", "2026-\u00a02-3", "2026-2-3\ufe0f",
               "2\u200d026-2-3", "\x002026-2-3", "2026年\u00052月3日", "2026-02-03T00:00", "0x7ea"],
}  # fmt: skip
TIMES = [
    *(raw for raw, _ in test_time.FORMS if isinstance(raw, str)),
    *(
        "700",
        "659",
        "2130",
        "21:31",
        "晚上9点半",
        " 8:30 ",
        "8 : 30",
        "8: 30",
        "8:\u00a030",
        "８點半",
        "8点 半",
        "下午 3 点",
    ),
    *(
        "\ufeff8:30",
        "8\u200b30",
        "8:3０",
        "+8:30",
        "-830",
        "8:30am.",
        "8:30a.m",
        "3PM",
        "3 p.m.",
        "下午3点半钟",
        "半夜11点",
    ),
]
PLACES = [
    *(raw for raw, *_ in test_place.FORMS if isinstance(raw, str)),
    *test_place.BEYOND,
    *("30.6250,104.0750", "30.62500001,104.07500001", "30.62499999 104.07499999", "0.005 0.015", "-0.005,-0.015"),
    *(
        "\ufeff30.66\u200b,104.07",
        "30.66\u00a0104.07",
        "30.66\t104.07",
        "30.66\n104.07",
        "+30.66 +104.07",
        "30.66. 104.07",
    ),
    *(
        "30.66,104.07,12.1",
        "30.66,104.07,100.0001",
        "30.66,104.07,",
        "30.66,104.07,-5",
        "n30.66 e104.07",
        "30.66 N,104.07 E",
    ),
    *("9.999999,99.999999", "30.66 104.07 5", "007.123456 008.123456", "30.,104.123456"),
]
KEYS = {".", "*", "/"}  # on the sheet these say why there is no answer

# Both modules as a page takes them; nothing else is fetched.
RUN = """
async ({ rows, cases }) => {
  const forms = await import("/answer-forms.js");
  const { readNumber, readDate } = forms;
  const readTime = (await import("/clock-forms.js")).clock(forms);
  const readPlace = (await import("/place-forms.js")).place(forms);
  const { fault, unlikely, value } = await import("/keying-rows.js");
  const phrase = (name) => name;
  return cases.map(([variable, typed]) => {
    const row = rows[variable];
    const read = { date: readDate, time: readTime, number: readNumber, place: readPlace }[row.kind](typed, row);
    const boxed = typed.trim();
    const said = { fault: fault(row, boxed, phrase), doubt: unlikely(row, boxed, phrase), value: value(row, boxed) };
    return { read, keyed: boxed && said };
  });
}
"""
UNSEEN = """
async (runs) => {
  const { folded } = await import("/answer-forms.js");
  const shown = (code) => folded(String.fromCodePoint(0x6c49, code, 0x6c49)).length > 2;
  const found = [];
  for (const [first, last] of runs) for (let code = first; code <= last; code += 1) if (!shown(code)) found.push(code);
  return found;
}
"""


@pytest.fixture(scope="session")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("typed"), DEFINITION)


@pytest.fixture(scope="session")
def run(browser: Browser) -> Any:
    """Runs a script with an argument on an empty page whose host serves our static files."""
    page = browser.new_page()

    def serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(body=(STATIC / name).read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>scripts</title>", content_type="text/html")

    page.route("**/*", serve)
    page.goto("http://scripts.test/")
    yield page.evaluate
    page.close()


def cases(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """Every number, date, time and place to every question."""
    numbers = [typed for group in NUMBERS.values() for typed in group]
    dates = [typed for group in DATES.values() for typed in group]
    return [
        (question.id, typed) for question in questionnaire.questions() for typed in numbers + dates + TIMES + PLACES
    ]


def test_the_browser_reads_numbers_dates_and_times_as_the_judge_does(run: Any, questionnaire: Questionnaire) -> None:
    rows = {row.variable: row.for_script() for row in build_sheet(questionnaire, "zh").rows}
    table = cases(questionnaire)
    found = run(RUN, {"rows": rows, "cases": table})
    assert len(found) == len(table)
    check = judge(questionnaire).check
    seen_faults = set()
    for (variable, typed), browser_said in zip(table, found, strict=True):
        case = f"{variable} {typed!r}"
        checked = check({variable: typed}, Policy.PAPER)  # paper keeps what is clear and cannot be meant
        (finding,) = checked.findings or (None,)
        expected = {"value": checked.canonical.get(variable), "fault": finding.code.value if finding else ""}
        assert browser_said["read"] == expected, case
        seen_faults.add(expected["fault"])
        keyed = browser_said["keyed"]
        if not keyed or typed.strip() in KEYS:
            continue
        hard = finding is not None and finding.severity is Severity.HARD
        if expected["value"] is None and finding is None:  # nothing that anybody sees: a key must say why
            assert keyed == {"fault": "fill", "doubt": "", "value": None}, case
            continue
        assert bool(keyed["fault"]) == hard, case
        assert bool(keyed["doubt"]) == (finding is not None and not hard), case
        assert keyed["value"] == expected["value"], case
    assert seen_faults == {
        "",
        "not_a_number",
        "decimals",
        "out_of_range",
        "not_a_date",
        "date_out_of_range",
        "not_a_time",
        "time_out_of_range",
        "not_a_place",
        "place_out_of_range",
        "place_too_coarse",
    }


def test_the_sheet_counts_several_choices_as_the_judge_does(run: Any, tmp_path: Path) -> None:
    limited = loaded(tmp_path, test_choice_limits.DEFINITION)
    (row,) = build_sheet(limited, "zh").rows
    table = [keyed for keyed, _ in test_choice_limits.CASES if keyed]
    script = """async ({ row, table }) => {
      const { fault, unlikely } = await import("/keying-rows.js");
      return table.map((keyed) => [fault(row, keyed, (name) => name), unlikely(row, keyed, (name) => name)]);
    }"""
    found = run(script, {"row": row.for_script(), "table": table})
    words = {"too_few_choices": "tooFew", "too_many_choices": "tooMany", "exclusive": "alone", None: ""}
    assert found == [["", words[code]] for keyed, code in test_choice_limits.CASES if keyed]


def test_the_sheet_reads_an_order_as_the_judge_does(run: Any, tmp_path: Path) -> None:
    ranked = loaded(tmp_path, test_ranking.DEFINITION)
    rows = {row.variable: row.for_script() for row in build_sheet(ranked, "zh").rows}
    table = [one for one in test_ranking.CASES if isinstance(one[1], str) and re.fullmatch(r"[0-9a-z,> ]+", one[1])]
    script = """async ({ rows, table }) => {
      const { fault, unlikely, value } = await import("/keying-rows.js");
      const say = (name) => name;
      const read = (row, keyed) => [fault(row, keyed, say), unlikely(row, keyed, say), value(row, keyed)];
      return table.map(([name, keyed]) => read(rows[name], keyed));
    }"""
    found = run(script, {"rows": rows, "table": [list(one[:2]) for one in table]})
    words = {"ranked_twice": "rankedTwice", "ranks_missing": "ranksMissing", "too_many_choices": "tooMany", None: ""}
    assert len(table) > 10
    for (_, keyed, placed, code), (fault, doubt, value) in zip(table, found, strict=True):
        unread = not placed
        assert bool(fault) == unread, keyed
        assert doubt == ("" if unread else words[code]), keyed
        assert value == (placed or None), keyed


def test_the_script_knows_every_kind_of_box(run: Any) -> None:
    assert set(run("async () => Object.keys((await import('/keying-rows.js')).BOXES)")) == set(Box)


def test_the_browser_takes_the_same_characters_for_unseen(run: Any) -> None:
    """Each between two Han characters, where joiners stay; what this Python's Unicode does not know yet is left out."""
    runs = [(0x80, 0x3FFFF), (0xE0000, 0xE0FFF), (0xF0000, 0xF000F), (0x10FFF0, 0x10FFFF)]
    here = {code for first, last in runs for code in range(first, last + 1) if len(written(f"汉{chr(code)}汉")) == 2}
    there = set(run(UNSEEN, runs))
    assert here <= there
    assert {code for code in there - here if unicodedata.category(chr(code)) != "Cn"} == set()
    assert len(here) > 200
