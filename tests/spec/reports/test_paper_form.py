"""The printed form: same numbers and codes as everywhere, skips in words, nothing that a scanner cannot read."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from string import Formatter

import pypdf
import pytest

from questionnaires.canonical import sha256
from questionnaires.condition_parser import parse
from questionnaires.loader import load
from questionnaires.model import Header, Question, Questionnaire, QuestionType
from questionnaires.text import Text
from reports.fonts import TypeSettings
from reports.marks import Stroke, Words
from reports.paper_form.cover import Cover
from reports.paper_form.density import LARGE, MM
from reports.paper_form.drawing import Copy, Return, batch_pdf, blank_pdf
from reports.paper_form.geometry import BOX, CLEAR, PAGE, from_json
from reports.paper_form.layout import FormLayout, lay_out_form
from reports.paper_form.skips import Numbered, numbered, skip_lines, who_answers
from reports.paper_form.words import WORDS
from tests.programmes import programme

DEFINITIONS = Path(__file__).parents[3] / "questionnaires" / "definitions"
SHIPPED = ("civilized_city", "window_services")
LANGUAGES = (("zh",), ("en",), ("zh", "en"))
HEADER = Header(
    form_number="示文明调 001 表",
    issuing_body="示范市精神文明建设办公室",
    approval_number="示统制〔2026〕15 号",
    valid_until=date(2027, 6, 30),
)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Questionnaire]:
    return {key: load(DEFINITIONS / key / "questionnaire.yaml") for key in SHIPPED}


@pytest.fixture(scope="module")
def layouts(
    shipped: dict[str, Questionnaire], type_settings: TypeSettings
) -> dict[tuple[str, tuple[str, ...]], FormLayout]:
    return {
        (key, languages): lay_out_form(one, languages, definition_sha256=sha256(one), settings=type_settings)
        for key, one in shipped.items()
        for languages in LANGUAGES
    }


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_civilized_city_fits_one_sheet_in_every_language(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout],
) -> None:
    assert [len(layouts["civilized_city", languages].pages) for languages in LANGUAGES] == [2, 2, 2]
    assert [len(layouts["window_services", languages].pages) for languages in LANGUAGES] == [2, 2, 3]


@pytest.mark.parametrize("key", SHIPPED)
@pytest.mark.parametrize("languages", LANGUAGES)
def test_every_closed_answer_has_its_box_and_every_open_one_its_field(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout], key: str, languages: tuple[str, ...]
) -> None:
    layout = layouts[key, languages]
    wanted = Counter(
        (variable, option.code)
        for question in layout.questionnaire.questions()
        for variable in question.variables()
        if not variable.endswith(".other")
        for option in question.options
    )
    assert Counter((box.variable, box.code) for box in layout.geometry.boxes) == wanted
    handwritten = {
        variable
        for question in layout.questionnaire.questions()
        for variable in question.variables()
        if not question.options or variable.endswith(".other")
    }
    assert {entry.variable for entry in layout.geometry.entries} == handwritten


@pytest.mark.parametrize("key", SHIPPED)
@pytest.mark.parametrize("languages", LANGUAGES)
def test_boxes_keep_clear_of_each_other_and_of_the_edges(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout], key: str, languages: tuple[str, ...]
) -> None:
    boxes = layouts[key, languages].geometry.boxes
    for box in boxes:
        assert 14 <= box.x <= PAGE[0] - 14 - BOX
        assert 28 <= box.y <= PAGE[1] - 14 - BOX
    for one in boxes:
        for other in boxes:
            if one is not other and one.page == other.page:
                apart = max(abs(one.x - other.x), abs(one.y - other.y)) - BOX
                assert apart >= CLEAR + 0.5, (one, other)


def test_a_question_is_never_split_over_pages(layouts: dict[tuple[str, tuple[str, ...]], FormLayout]) -> None:
    for layout in layouts.values():
        for question in layout.questionnaire.questions():
            pages = {box.page for box in layout.geometry.boxes if box.variable in question.variables()}
            assert len(pages) <= 1, question.id


def test_the_geometry_survives_storing_and_its_hash_tells_editions_apart(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout],
) -> None:
    hashes = set()
    for layout in layouts.values():
        assert from_json(layout.geometry.to_json()) == layout.geometry
        hashes.add(layout.geometry.sha256)
    assert len(hashes) == len(layouts)
    with pytest.raises(ValueError, match="format"):
        from_json({"format": 99})


def test_the_paper_says_what_it_must(layouts: dict[tuple[str, tuple[str, ...]], FormLayout]) -> None:
    layout = layouts["civilized_city", ("zh",)]
    copies = [
        Copy(serial="000 012 346", codes=("SF1.A", "SF1.B"), community=Text("万寿桥社区"), case_number="0009-001"),
        Copy(serial="000 012 357", codes=("SF1.C", "SF1.D"), community=Text("万寿桥社区"), sampled=False),
    ]
    cover = Cover(
        title=layout.questionnaire.title,
        wave=Text("2026年第三季度"),
        community=Text("万寿桥社区"),
        community_code="110101000001",
        batch=7,
        forms=2,
        first_serial="000 012 346",
        last_serial="000 012 357",
        sampled=True,
    )
    pdf = batch_pdf(layout, HEADER, copies, cover=cover)
    assert pdf == batch_pdf(layout, HEADER, copies, cover=cover)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == 2 + 2 * 2  # the cover is a sheet of its own, its back is empty
    assert all(part in pages[0] for part in ("问卷封面（第 7 批）", "000 012 346 – 000 012 357", "作废", "签名"))
    for part in (
        "示文明调 001 表",
        "示统制〔2026〕15 号",
        "样本编号 0009-001",
        "000 012 346",
        "选“不知道”者跳至第 3 题",
    ):
        assert part.replace(" ", "") in pages[2].replace(" ", ""), part
    assert "000 012 346" in pages[3]
    assert "自愿填写，不属于抽样样本" in pages[4]
    assert "自愿填写" not in pages[2]


def test_a_blank_form_has_no_serial_and_every_font_is_embedded(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout],
) -> None:
    reader = pypdf.PdfReader(io.BytesIO(blank_pdf(layouts["window_services", ("zh", "en")], HEADER)))
    assert len(reader.pages) == 3
    fonts = [font for page in reader.pages for font in page.get("/Resources", {}).get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor.get_object()


@pytest.fixture(scope="module")
def large(shipped: dict[str, Questionnaire], type_settings: TypeSettings) -> FormLayout:
    one = shipped["civilized_city"]
    return lay_out_form(one, ("zh", "en"), definition_sha256=sha256(one), large=True, settings=type_settings)


def test_large_print_has_larger_type_and_boxes_and_the_same_answers(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout], large: FormLayout
) -> None:
    usual = layouts["civilized_city", ("zh", "en")].geometry
    assert 5 <= large.geometry.box <= 6
    assert LARGE.answer >= 14
    assert Counter((box.variable, box.code) for box in large.geometry.boxes) == Counter(
        (box.variable, box.code) for box in usual.boxes
    )
    for one in large.geometry.boxes:
        assert 14 <= one.x <= PAGE[0] - 14 - large.geometry.box
        assert 28 <= one.y <= PAGE[1] - 14 - large.geometry.box
        for other in large.geometry.boxes:
            if one is not other and one.page == other.page:
                assert max(abs(one.x - other.x), abs(one.y - other.y)) - large.geometry.box >= CLEAR + 0.5
    assert from_json(large.geometry.to_json()) == large.geometry
    assert large.geometry.to_json()["format"] == 2


@pytest.mark.parametrize("languages", LANGUAGES)
def test_nothing_of_large_print_runs_over_the_edge_or_breaks_a_word(
    shipped: dict[str, Questionnaire], languages: tuple[str, ...], type_settings: TypeSettings
) -> None:
    one = shipped["civilized_city"]
    layout = lay_out_form(one, languages, definition_sha256=sha256(one), large=True, settings=type_settings)
    for page in layout.pages:
        for mark in page.marks:
            if isinstance(mark, Words):
                assert mark.x + mark.line.width <= (PAGE[0] - 7) * MM
            elif isinstance(mark, Stroke):
                assert max(mark.x, mark.to_x) <= (PAGE[0] - 7) * MM
    if languages != ("zh",):
        assert "dissatisfied" in text_of(blank_pdf(layout, HEADER))


def test_what_was_printed_before_keeps_its_hash() -> None:
    """The hash stands on paper: a geometry of usual boxes is written as it always was."""
    old = {
        "format": 1,
        "definition_sha256": "a" * 64,
        "languages": "zh",
        "pages": 1,
        "boxes": [{"page": 1, "variable": "q1", "code": "1", "x": 23.5, "y": 80.0}],
        "entries": [],
    }
    read = from_json(old)
    assert read.box == BOX
    assert read.to_json() | {"boxes": old["boxes"], "entries": []} == old
    assert read.sha256 == hashlib.sha256(json.dumps(old, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@pytest.mark.parametrize(
    ("back", "said", "not_said"),
    [
        (
            Return(body=Text("甲办公室", "Office A"), day=date(2026, 9, 30)),
            ("请在2026年9月30日以前交回甲办公室。", "PleasereturnthisformtoOfficeAby30September2026."),
            (),
        ),
        (Return(day=date(2026, 9, 30)), ("请在2026年9月30日以前交回。",), ("交回None",)),
        (Return(), (), ("交回", "return")),
    ],
)
def test_to_whom_and_until_when_is_said_where_it_is_known(
    layouts: dict[tuple[str, tuple[str, ...]], FormLayout],
    back: Return,
    said: tuple[str, ...],
    not_said: tuple[str, ...],
) -> None:
    layout = layouts["civilized_city", ("zh", "en")]
    copy = Copy(serial="000 012 346", codes=("SF1.A", "SF1.B"), community=Text("万寿桥社区", "Wanshouqiao"))
    pages = [
        page.extract_text().replace(" ", "").replace("\n", "")
        for page in pypdf.PdfReader(io.BytesIO(batch_pdf(layout, HEADER, [copy], cover=None, back=back))).pages
    ]
    for page in pages:
        assert all(part in page for part in said)
        assert not any(part in page for part in not_said)
        # Serial, community and header stand in both languages.
        assert "问卷编号Serial000012346" in page
        assert "万寿桥社区Wanshouqiao" in page
    for part in ("表号Formno.:", "制定机关Issuedby:", "批准文号Approvalno.:", "有效期至Validuntil:"):
        assert part in pages[0].replace("\u3000", ""), part


def test_skips_in_words(shipped: dict[str, Questionnaire]) -> None:
    city, services = (shipped[key] for key in SHIPPED)
    questions = numbered(city)
    assert skip_lines(questions, city.question("q1"), "zh") == ["选“不知道”者跳至第 3 题"]
    assert skip_lines(questions, city.question("q1"), "en") == ["If “No”, go to question 3"]
    assert skip_lines(questions, city.question("q3"), "zh") == []
    assert who_answers(questions, questions[1], "zh") == "（限第 1 题选“知道”或“听说过，不太清楚”者回答）"
    questions = numbered(services)
    assert skip_lines(questions, services.question("q7"), "zh") == ["选“没办过”者跳至第 9 题"]
    assert who_answers(questions, questions[7], "zh") == "（限第 7 题没有选“没办过”者回答）"


def test_whoever_is_told_to_stop_is_not_told_again_at_every_question() -> None:
    one = programme("community_services")
    questions = numbered(one)
    assert skip_lines(questions, questions[0].question, "zh") == ["选“不满半年”者到此结束，谢谢您"]
    assert [who_answers(questions, each, "zh") for each in questions[1:5]] == [""] * 4
    rated = next(each for each in questions if each.question.id == "property_overall")
    who = who_answers(questions, rated, "zh")
    assert "选“有”者" in who
    assert "半年" not in who


RELATIONS = {
    "q2 <= q1": ("第 2 题不大于第 1 题者", "question 2 is at most question 1"),
    "(q1 + 1) * 2 > q2 - 3": ("(第 1 题 + 1) × 2大于第 2 题 − 3者", "(question 1 + 1) × 2 is above question 2 − 3"),
    "sum(q1, q2) == 10": ("第 1 题、第 2 题之和等于10者", "the sum of question 1, question 2 is equal to 10"),
    "not count(q3) > 2": (
        "不属于“第 3 题选的项数大于2者”者",
        "not (the number of choices in question 3 is above 2)",
    ),
    'years_between(q4, "2026-10-01") >= 60': (
        "第 4 题到2026-10-01的周年数不小于60者",
        "the full years from question 4 to 2026-10-01 is at least 60",
    ),
    'matches(q5, "mobile")': ("第 5 题写的是手机号码者", "question 5 is a mobile number"),
}


def test_who_answers_by_an_expression_is_said_in_words() -> None:
    words = Text("字", "Words")
    kinds = ["number", "number", "multiple_choice", "date", "short_text"]
    asked = tuple(
        Question(id=f"q{place}", type=QuestionType(kind), text=words, short=words)
        for place, kind in enumerate(kinds, start=1)
    )
    for source, told in RELATIONS.items():
        last = Question(id="q6", type=QuestionType.NUMBER, text=words, short=words, ask_if=parse(source))
        found = tuple(
            Numbered(number=place, question=one, conditions=(one.ask_if,) if one.ask_if else ())
            for place, one in enumerate((*asked, last), start=1)
        )
        for language, said in zip(("zh", "en"), told, strict=True):
            assert said in who_answers(found, found[-1], language), source
        assert skip_lines(found, asked[2], "zh") == []


def test_every_sentence_has_the_same_places_in_both_languages() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, text in WORDS.items():
        assert text.en, key
        assert places(text.zh) == places(text.en), key
