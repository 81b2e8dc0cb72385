"""The programmes on paper: every answer has its box or its line, in Chinese and with English under it."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise

import pypdf
import pytest

from questionnaires.canonical import sha256
from questionnaires.formalities import LegalKind
from questionnaires.model import Header
from reports.fonts import TypeSettings
from reports.marks import Words
from reports.paper_form import drawing
from reports.paper_form.drawing import blank_pdf
from reports.paper_form.geometry import BOX, CLEAR
from reports.paper_form.layout import TITLE_WIDTH, TITLE_X, FormLayout, lay_out_form
from tests.programmes import KEYS, filled_in, programme

# Codes of two digits, the most boxes; the others are laid out in make soak.
HARDEST = ("citizen_review", "uncivil_behaviour")
SHEETS = {1: 2, 2: 3}  # at most so many, by the number of languages


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> TypeSettings:
    return TypeSettings(cache=tmp_path_factory.mktemp("type"))


def holds(layout: FormLayout, languages: tuple[str, ...]) -> None:
    questions = list(layout.questionnaire.questions())
    wanted = Counter(
        (variable, option.code)
        for question in questions
        for variable in question.variables()
        if not variable.endswith(".other")
        for option in question.options
    )
    assert Counter((box.variable, box.code) for box in layout.geometry.boxes) == wanted
    written = {
        variable
        for question in questions
        for variable in question.variables()
        if not question.options or variable.endswith(".other")
    }
    assert {entry.variable for entry in layout.geometry.entries} == written
    assert len(layout.pages) <= 2 * SHEETS[len(languages)]
    for page in range(1, len(layout.pages) + 1):
        boxes = sorted((box for box in layout.geometry.boxes if box.page == page), key=lambda box: (box.y, box.x))
        for one, other in pairwise(boxes):
            assert max(abs(one.x - other.x), abs(one.y - other.y)) - BOX >= CLEAR, (one, other)


@pytest.mark.parametrize("key", HARDEST)
def test_a_programme_can_be_printed(key: str, settings: TypeSettings) -> None:
    one = filled_in(programme(key))
    holds(lay_out_form(one, ("zh",), definition_sha256=sha256(one), settings=settings), ("zh",))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (LegalKind.UNSTATED, ""),
        (LegalKind.POLL, "民意调查，自愿填写"),
        (LegalKind.LOCAL, "地方统计调查"),
    ],
)
def test_paper_says_which_kind_of_survey_it_is(kind: LegalKind, said: str, settings: TypeSettings) -> None:
    """Below the statutory marks and above the first line of the form; nothing where it is not stated."""
    one = programme("peer_review")
    layout = lay_out_form(one, ("zh",), definition_sha256=sha256(one), settings=settings)
    first = pypdf.PdfReader(io.BytesIO(blank_pdf(layout, Header(form_number="甲 1 表", legal_kind=kind)))).pages[0]
    words = "".join(first.extract_text().split())
    assert ("调查性质" in words) == bool(said)
    assert said in words
    assert ("自愿" in words) == (kind is LegalKind.POLL)
    assert ("可以不填，也可以跳过不想答的题。" in words) == (kind is LegalKind.POLL)


LONG_BODY = "乌鲁木齐高新技术产业开发区（新市区）精神文明建设指导委员会办公室、自治区统计局社情民意调查中心"


@pytest.mark.parametrize("languages", [("zh",), ("zh", "en")])
@pytest.mark.parametrize("body", ["示范市精神文明建设办公室", LONG_BODY, f"{LONG_BODY}、{LONG_BODY}"])
def test_however_long_a_body_is_it_does_not_run_into_the_serial(
    languages: tuple[str, ...], body: str, settings: TypeSettings
) -> None:
    """Nor into the title beside it, and every word of it is printed."""
    one = programme("peer_review")
    layout = lay_out_form(one, languages, definition_sha256=sha256(one), settings=settings)
    header = Header(form_number="甲 1 表", issuing_body=body, approval_number="1", legal_kind=LegalKind.POLL)
    setter = drawing._open(layout, header).setter
    marks = [mark for mark in drawing._statutory(setter, header, languages) if isinstance(mark, Words)]
    assert max(mark.y for mark in marks) <= drawing.STATUTORY_END
    assert min(mark.x for mark in marks) > TITLE_X + TITLE_WIDTH
    said = "".join(mark.line.text for mark in marks).replace("\u200b", "")
    assert "".join(body.split()) in "".join(said.split())


@pytest.mark.soak
@pytest.mark.parametrize("languages", [("zh",), ("en",), ("zh", "en")])
@pytest.mark.parametrize("key", KEYS)
def test_every_programme_can_be_printed_in_every_language(
    key: str, languages: tuple[str, ...], settings: TypeSettings
) -> None:
    one = filled_in(programme(key))
    layout = lay_out_form(one, languages, definition_sha256=sha256(one), settings=settings)
    holds(layout, languages)
    pages = pypdf.PdfReader(io.BytesIO(blank_pdf(layout, Header()))).pages
    words = "".join("\n".join(page.extract_text() for page in pages).split())
    for section in one.sections:
        for language in languages:
            assert "".join(section.title.in_language(language).split()) in words
