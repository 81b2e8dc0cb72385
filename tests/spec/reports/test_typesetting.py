"""Lines of Chinese and Latin text: what may begin and end them, which gaps they get, what stays whole when copied."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.embedding import EmbeddedFont
from reports.fonts import TypeSettings, Weight, typeface
from reports.pdf import shown
from reports.typesetting.characters import CLOSING, OPENING, may_break
from reports.typesetting.composer import Composer, Line, Span

INK = "#16202A"
PARAGRAPH = (
    "调查只问了一部分居民，数字必有误差（见“说明”）；95% 置信区间说明误差有多大：同样的调查重复许多次，约有95%的区间"
    "会包含真实水平。受访30人全部知晓；至少88%。《示范市2026年创建工作方案》、《市民公约》……均已印发。"
)
FORBIDDEN_AT_START = CLOSING | set("—…·%")


@pytest.fixture(scope="module")
def composer(type_settings: TypeSettings) -> Composer:
    return Composer(typeface("zh", type_settings))


def set_in(composer: Composer, text: str, width: float, *, justify: bool = False) -> tuple[Line, ...]:
    return composer.paragraph([Span(text, 9.0, INK)], width, justify=justify)


@pytest.mark.parametrize("width", range(40, 400, 7))
def test_no_line_begins_with_a_closing_or_ends_with_an_opening_mark(composer: Composer, width: int) -> None:
    lines = set_in(composer, PARAGRAPH, width)
    assert "".join(line.text for line in lines).replace(" ", "") == PARAGRAPH.replace(" ", "")
    for line in lines[1:]:
        assert line.text[0] not in FORBIDDEN_AT_START, line.text
    for line in lines[:-1]:
        assert line.text[-1] not in OPENING, line.text
    assert sum(character.isalnum() for character in lines[-1].text) > 1


@pytest.mark.parametrize("justify", [False, True])
@pytest.mark.parametrize("width", [60, 130, 200, 310])
def test_lines_keep_to_the_measure_but_for_half_a_hanging_mark(composer: Composer, width: float, justify: bool) -> None:
    for line in set_in(composer, PARAGRAPH, width, justify=justify):
        assert line.width <= width + 0.01
        ends = max(
            piece.x
            + sum(composer.face.advance(Weight.REGULAR, c) * 9 / 1000 for c in piece.text)
            + sum(piece.kerns) * 9
            for piece in line.pieces
        )
        assert ends <= width + 4.5 + 0.01
        assert min(piece.x for piece in line.pieces) >= -4.51


def test_justified_lines_reach_the_edge_or_stay_ragged_but_never_tear(composer: Composer) -> None:
    lines = set_in(composer, PARAGRAPH, 160, justify=True)
    assert any(abs(line.width - 160) < 0.01 for line in lines)
    for line in lines:
        for piece in line.pieces:
            pairs = zip(piece.text, piece.text[1:], piece.kerns, strict=False)
            for before, after, kern in pairs:
                if "\u4e00" <= before <= "\u9fff" and "\u4e00" <= after <= "\u9fff":
                    assert kern < 0.1, "from 0.1 em on a reader of the file copies a blank"


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("受访30人", [0, 0.17, 0, 0.17, 0]),
        ("知晓率", [0, 0, 0]),
        ("”；", [-0.5, 0]),  # two full-width marks in a row give up the blank between
        ("（“甲", [-0.5, 0, 0]),
        ("甲（RR3）", [0, 0, 0, 0, 0, 0]),  # marks bring their own blank
        ("甲—RR", [0, 0, 0, 0]),
    ],
)
def test_gaps_and_squeezes(composer: Composer, text: str, gaps: list[float]) -> None:
    (piece,) = composer.line(Span(text, 10.0, INK)).pieces
    assert piece.kerns == pytest.approx(gaps)


def test_a_squeeze_is_a_narrower_character_and_no_pen_moves_back(composer: Composer) -> None:
    (piece,) = composer.line(Span("“达标”；至少88%", 9.0, INK)).pieces
    fonts = {weight: EmbeddedFont(composer.face, weight) for weight in Weight}
    operator = shown(piece, 0, 0, fonts)
    assert operator.count(" TJ") == 1
    assert operator.count("Tm") == 1
    assert [int(kern) for kern in re.findall(r"> (-?\d+)", operator)] == [-170]  # the gap before 88%
    assert fonts[Weight.REGULAR].squeezed("”", 500) == "0004"  # half of it, before ；
    assert operator.count("0004") == 1


def test_a_typed_blank_after_a_full_width_mark_is_no_hole(composer: Composer) -> None:
    apart, close = (composer.line(Span(f"应答率（RR3）{blank}62%", 10.0, INK)) for blank in (" ", ""))
    assert apart.width == pytest.approx(close.width)
    assert apart.text.endswith("） 62%"), "whoever copies it has the blank"
    assert composer.width(Span("A B", 10.0, INK)) > composer.width(Span("AB", 10.0, INK))


def test_english_marks_are_of_latin_width_and_words_stay_whole(type_settings: TypeSettings) -> None:
    composer = Composer(typeface("en", type_settings))
    assert composer.face.advance(Weight.REGULAR, "“") < 600
    text = "“Reached” is said only where the whole 95% confidence interval (two-sided) lies above the target."
    words = text.split()
    for width in range(60, 300, 11):
        lines = set_in(composer, text, width)
        assert [word for line in lines for word in line.text.replace("two-sided", "two-\x00sided").split()]
        for line in lines:
            for word in line.text.split():
                assert word in words or word.startswith(("(two-", "sided")), word


def test_a_word_wider_than_the_line_is_broken_rather_than_lost(composer: Composer) -> None:
    digest = "9f3a61c804be7d25b1c07e935ad2480f6e17c4ba902f83d17c5be046f8a91d3e"
    lines = set_in(composer, digest, 80)
    assert len(lines) > 2
    assert "".join(line.text for line in lines) == digest
    assert all(line.width <= 80.01 for line in lines)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("民", "，", False),
        ("“", "达", False),
        ("5", "%", False),
        ("—", "—", False),
        ("a", "b", False),
        ("民", "9", True),
        (" ", "a", True),
        ("，", "“", True),
        ("-", "s", True),
        ("–", "9", False),
    ],
)
def test_where_a_line_may_end(before: str, after: str, allowed: bool) -> None:
    assert may_break(before, after) is allowed


@given(
    text=st.text(alphabet="调查居民率，。；：“”（）《》—…% 0123456789abcRR-–", min_size=1, max_size=80),
    width=st.floats(30, 300),
)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_nothing_leaves_the_measure(composer: Composer, text: str, width: float) -> None:
    lines = set_in(composer, text, width)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.width <= width + 0.01 for line in lines)
