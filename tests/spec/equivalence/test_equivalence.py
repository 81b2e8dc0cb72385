"""A definition is one questionnaire on every surface: variables, codes, numbers and skips agree, whoever answers how.

What is asked is walked on each surface by what stands there: the page of the phone, what the keyer's script is given,
the definition that a device fetches, the printed lines, the codebook. `make test` walks each set of questions that
somebody is asked and each value that decides, of the three definitions with most conditions; of the others one path, in
large print. `make soak` walks every combination of all.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from questionnaires.answers import Policy, check_answers, judge
from questionnaires.canonical import canonical_bytes
from questionnaires.model import Order, Questionnaire
from reports.fonts import TypeSettings
from reports.paper_form.layout import FormLayout, lay_out_form
from survey_service.api.schemas import Definition
from survey_service.collection.posted_answers import PostedFields, posted_form
from survey_service.keying import sheets, values
from survey_service.paper.reading.ink import Ink
from survey_service.paper.reading.judgement import judge_boxes
from tests.programmes import KEYS, filled_in, programme
from tests.spec.equivalence import paths, printed, surfaces
from tests.spec.equivalence.joints import JOINTS
from tests.spec.equivalence.paths import Walk
from tests.spec.equivalence.surfaces import Codes, Field, Surface
from tests.spec.questionnaires.examples import loaded

SEED = 20261130
MOST_CONDITIONS = ("volunteering", "public_safety", "government_conduct")
OTHERS = tuple(key for key in KEYS if key not in MOST_CONDITIONS)
TICK, NONE = Ink(mean=0.2, covered=0.3, stroke=0.2), Ink(mean=0.0, covered=0.0, stroke=0.0)


@dataclass
class Everywhere:
    """One definition on all surfaces."""

    questionnaire: Questionnaire
    type_settings: TypeSettings
    large: bool = False  # print, which is set in one density: a fifth of the work

    @cached_property
    def form(self) -> FormLayout:
        settings = self.type_settings
        return lay_out_form(
            self.questionnaire, ("zh",), definition_sha256="0" * 64, large=self.large, settings=settings
        )

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        paper = printed.paper(self.form)
        return (
            self._put_back(surfaces.phone(self.questionnaire)),
            surfaces.keys(self.questionnaire),
            surfaces.device(self.questionnaire),
            surfaces.book(self.questionnaire),
            paper,
            printed.without_arrows(paper),
        )

    def _put_back(self, phone: Surface) -> Surface:
        """Rows of a shuffled matrix stand on each phone otherwise: here in their order."""
        order = list(judge(self.questionnaire).order)
        fields = list(phone.fields)
        for question in {name.partition(".")[0] for name in self.shuffled}:
            places = [place for place, one in enumerate(fields) if one.variable.partition(".")[0] == question]
            assert places == list(range(places[0], places[-1] + 1)), "the rows of a question stand together"
            rows = sorted((fields[place] for place in places), key=lambda one: order.index(one.variable))
            fields[places[0] : places[-1] + 1] = rows
        return Surface(name=phone.name, fields=tuple(fields))

    @cached_property
    def shuffled(self) -> frozenset[str]:
        asked = self.questionnaire.questions()
        return frozenset(name for one in asked if one.order is Order.SHUFFLED for name in one.variables())


def everywhere(key: str, type_settings: TypeSettings, *, large: bool = False) -> Everywhere:
    return Everywhere(filled_in(programme(key)), type_settings, large)


# ------------------------------------------------------------------ variables, codes, numbers


def same_fields(one: Everywhere) -> None:
    """Every surface has the variables of the judge in its order, with one set of codes, labels and numbers."""
    order = list(judge(one.questionnaire).order)
    desk = {field.variable: field for field in next(s for s in one.surfaces if s.name == "keys").fields}
    for surface in one.surfaces:
        assert [field.variable for field in surface.fields] == order, surface.name
        for field in surface.fields:
            same_field(one, surface, field, desk[field.variable])
    for variable, codes in scanned(one).items():
        assert codes == [code for code, _ in desk[variable].codes], f"{variable} of a scan"
    closed = {name for name, field in desk.items() if field.codes}
    assert set(scanned(one)) == closed, "what has codes has boxes, but for what is put in order"


def same_field(one: Everywhere, surface: Surface, field: Field, keyed: Field) -> None:
    about = f"{field.variable} on {surface.name}"
    if surface.name == "phone" and field.variable in one.shuffled:
        assert sorted(field.codes) == sorted(keyed.codes), about
    else:
        assert [code for code, _ in field.codes] == [code for code, _ in keyed.codes], about
        assert all(label in ("", bare) for (_, label), bare in zip(field.codes, labels(keyed.codes), strict=True)) or (
            labels(field.codes) == labels(keyed.codes)
        ), about
    if surface.name == "phone" and field.variable in one.shuffled:
        assert field.number.partition(".")[0] == keyed.number.partition(".")[0], about
    elif surface.name != "codebook":
        assert field.number == keyed.number, about


def labels(codes: Codes) -> list[str]:
    return [printed.bare(label) for _, label in codes]


def scanned(one: Everywhere) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for box in one.form.geometry.boxes:
        found.setdefault(box.variable, []).append(box.code)
    return found


# ------------------------------------------------------------------ skips


def same_path(one: Everywhere, path: Walk) -> None:
    words = {name for name in judge(one.questionnaire).order if name.endswith(".other")}
    for surface in one.surfaces:
        asked = surface.walk(path.answers)
        if surface.name == "codebook":  # it names who is asked the question, not that an option asks for words
            assert [name for name in asked if name not in words] == [n for n in path.asked if n not in words]
        else:
            assert asked == path.asked, f"{surface.name}, where {dict(path.deciding)}"


# ------------------------------------------------------------------ what was answered


def same_answers(one: Everywhere, path: Walk) -> None:
    """The same answers, in the form in which each surface brings them, are the same to the judge."""
    for brought, policy in as_brought(one, path):
        checked = check_answers(one.questionnaire, brought, policy)
        assert checked.canonical == path.answers, policy
        assert not checked.off_path
        assert paths.asked(one.questionnaire, checked) == path.asked, policy


def as_brought(one: Everywhere, path: Walk) -> Iterable[tuple[dict[str, object], Policy]]:
    given = path.answers
    pairs = [
        (name, str(value))
        for name, answer in given.items()
        for value in (answer if isinstance(answer, list) else [answer])
    ]
    yield posted_form(PostedFields(pairs), one.questionnaire).raw_answers(one.questionnaire), Policy.WEB
    keyed = sheets.read_keys({f"{sheets.PREFIX}{name}": values.typed(answer) for name, answer in given.items()})
    yield keyed, Policy.PAPER
    yield json.loads(json.dumps(given)), Policy.DEVICE
    yield dict(given), Policy.IMPORT
    yield (
        {**{name: keyed[name] for name in keyed if name not in scanned(one)}, **read_from_scan(one, path)},
        Policy.PAPER,
    )


def read_from_scan(one: Everywhere, path: Walk) -> dict[str, object]:
    boxes = one.form.geometry.boxes
    inks = [TICK if marked else NONE for marked in printed.ticked(boxes, path.answers)]
    several = judge(one.questionnaire).several
    found: dict[str, object] = {}
    for read in judge_boxes(one.questionnaire, boxes, inks, {}):
        assert read.doubt is None
        if read.codes:
            found[read.variable] = list(read.codes) if read.variable in several else read.codes[0]
    return found


# ------------------------------------------------------------------ the walks


def walk(one: Everywhere, ways: Iterable[Walk]) -> None:
    same_fields(one)
    Definition.model_validate(json.loads(canonical_bytes(one.questionnaire)))
    for path in ways:
        same_path(one, path)
        same_answers(one, path)


def both_asked_and_not(questionnaire: Questionnaire, ways: Iterable[Walk]) -> None:
    """The proof proves nothing of a condition that held on every path, or on none, or of a value that nobody gave."""
    asked = [set(path.asked) for path in ways]
    for name in paths.conditions(questionnaire):
        [first, *_] = questionnaire.question(name).variables() or [None]
        if first is not None:
            assert {first in one for one in asked} == {True, False}, name
    for variable, decide in paths.deciding_answers(questionnaire).items():
        tried = [path.deciding.get(variable) for path in ways]
        assert all(value in tried for value in decide), variable


@pytest.mark.parametrize("key", MOST_CONDITIONS)
def test_every_set_of_questions_that_somebody_is_asked(key: str, type_settings: TypeSettings) -> None:
    one = everywhere(key, type_settings)
    ways = paths.a_way_each(one.questionnaire, random.Random(SEED))
    both_asked_and_not(one.questionnaire, ways)
    walk(one, ways)


@pytest.mark.parametrize("key", OTHERS)
def test_the_longest_way(key: str, type_settings: TypeSettings) -> None:
    one = everywhere(key, type_settings, large=True)
    walk(one, [paths.the_longest(one.questionnaire, random.Random(SEED))])


@pytest.mark.soak
@pytest.mark.parametrize("key", KEYS)
def test_every_way(key: str, type_settings: TypeSettings) -> None:
    one = everywhere(key, type_settings)
    ways = list(paths.every_way(one.questionnaire, random.Random(SEED)))
    both_asked_and_not(one.questionnaire, ways)
    walk(one, ways)


# ------------------------------------------------------------------ what no programme has yet


def joined(tmp_path: Path, type_settings: TypeSettings) -> tuple[Everywhere, list[Walk]]:
    one = Everywhere(loaded(tmp_path, JOINTS), type_settings)
    return one, paths.a_way_each(one.questionnaire, random.Random(SEED))


def test_what_is_joined_turned_round_or_left_blank_is_said_alike_on_paper(
    tmp_path: Path, type_settings: TypeSettings
) -> None:
    """“A and B, or C” was printed without brackets, and 没有选 where a question left blank does not count."""
    one, ways = joined(tmp_path, type_settings)
    both_asked_and_not(one.questionnaire, ways)
    walk(one, ways[::4])


@pytest.mark.soak
def test_every_way_of_joining(tmp_path: Path, type_settings: TypeSettings) -> None:
    one, _ = joined(tmp_path, type_settings)
    walk(one, paths.every_way(one.questionnaire, random.Random(SEED)))
