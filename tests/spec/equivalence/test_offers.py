"""Options that hang on an earlier answer: page, sheet, stored definition and judge offer the same ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.conditions import Condition, from_json
from questionnaires.lists import filled
from questionnaires.model import Questionnaire
from questionnaires.offers import offer_of
from survey_service.collection.resident_pages import Look, form_context, render
from survey_service.keying.sheets import build_sheet
from survey_service.web import option_files
from tests.spec.equivalence.surfaces import OCCASION
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.listed import ENTRIES, LISTED, LONG_ENTRIES
from tests.spec.questionnaires.test_offers import OFFERED

Answers = Mapping[str, Any]
STREETS = [one.code for one in LONG_ENTRIES["streets"]]
LONG_CASES: list[tuple[str, Answers]] = [
    ("community", {}),
    ("community", {"street": "99"}),
    *(("community", {"street": street}) for street in STREETS[:3]),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("listed"), LISTED)


def holds(tree: object, given: Answers) -> bool:
    return Condition("", from_json(tree)).evaluate(given)


class _Page(HTMLParser):
    """Of each question what narrows it, and the codes of its options."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.offers: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, tuple[str, dict[str, Any]]] = {}
        self.codes: dict[str, list[str]] = {}
        self._question = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self._question = got.get("data-question", self._question)
        if "data-offers" in got:
            self.offers[self._question] = json.loads(got["data-offers"])
        if "data-list" in got:
            self.lists[self._question] = (got["data-list"], json.loads(got.get("data-narrowing") or "{}"))
        code = got.get("value", "").rpartition(":")[2]  # 2:5 is code 5 at the second rank
        if (tag == "option" and code) or got.get("type") in ("radio", "checkbox"):
            codes = self.codes.setdefault(self._question, [])
            codes += [code] if code not in codes else []


def _of_a_list(address: str, narrowing: Mapping[str, Any], given: Answers) -> list[str]:
    """The entries of a fetched list that are offered: the rule of resident-search.js and keying-lists.js."""
    document = json.loads(gzip.decompress(option_files._kept[address.rpartition("/")[2].removesuffix(".json")]))
    found = []
    for code, _, *more in document["entries"]:
        parent = more[0] if more else ""
        answer = given.get(narrowing.get("within", ""))
        wide = not isinstance(answer, str) or answer in narrowing.get("wide", ())
        if not ("within" in narrowing and parent) or wide or answer == parent:
            found.append(code)
    return found


def by_page(questionnaire: Questionnaire, question: str, given: Answers) -> list[str]:
    look = Look(language="zh", large=False)
    page = _Page(render("form.html", look, form_context(OCCASION, questionnaire, look)))
    trees = page.offers.get(question, {})
    codes = [code for code in page.codes[question] if code not in trees or holds(trees[code], given)]
    return [*(_of_a_list(*page.lists[question], given) if question in page.lists else []), *codes]


def by_sheet(questionnaire: Questionnaire, question: str, given: Answers) -> list[str]:
    (row,) = [one for one in build_sheet(questionnaire, "zh").rows if one.variable == question]
    codes = [code for code, _ in row.codes if code not in row.offers or holds(row.offers[code], given)]
    return [*(_of_a_list(row.list_address, row.narrowing, given) if row.list_address else []), *codes]


def by_device(questionnaire: Questionnaire, question: str, given: Answers) -> list[str]:
    stored = from_canonical(json.loads(canonical_bytes(questionnaire)))
    offer = offer_of(stored, stored.question(question))
    assert offer is not None
    conditions = [(one.code, offer.condition(one)) for one in offer.question.options]
    return [code for code, one in conditions if one is None or one.evaluate(given)]


def by_judge(questionnaire: Questionnaire, question: str, given: Answers) -> list[str]:
    kept = []
    for option in questionnaire.question(question).options:
        found = check_answers(questionnaire, {**given, question: [option.code]}, Policy.WEB).findings
        kept += [] if any(one.code == "not_offered" for one in found) else [option.code]
    return kept


# Whoever is not asked is offered nothing, and a street that is in no list is no answer.
CASES = [(case[0], case[1]) for case in OFFERED if case[2] is not None and case[1].get("street") != "440305003"]


@pytest.mark.parametrize(("question", "before"), CASES)
def test_every_surface_offers_the_same(file: Questionnaire, question: str, before: Answers) -> None:
    full = filled(file, ENTRIES)
    wanted = by_judge(full, question, before)
    assert by_page(full, question, before) == wanted
    assert by_sheet(full, question, before) == wanted
    assert by_device(full, question, before) == wanted


@pytest.mark.parametrize(("question", "before"), LONG_CASES)
def test_a_long_list_is_the_same_everywhere(file: Questionnaire, question: str, before: Answers) -> None:
    full = filled(file, LONG_ENTRIES)
    wanted = by_judge(full, question, before)
    assert len(wanted) in (5 + 2, 90 + 2)
    assert by_page(full, question, before) == wanted
    assert by_sheet(full, question, before) == wanted
    assert by_device(full, question, before) == wanted
