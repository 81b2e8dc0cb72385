"""Posters and letters: each code leads to its own page, all is embedded, nothing overlaps, no name is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import numpy as np
import pypdf
import pytest
from PIL import Image, ImageFilter

from questionnaires.loader import load
from questionnaires.model import Header
from questionnaires.text import Text
from reports import style
from reports.fonts import TypeSettings
from reports.invitations.content import Letter, Occasion, Poster
from reports.invitations.drawing import PAPERS, letters_pdf, posters_pdf
from reports.invitations.letter import LETTER_QR, SEEN, WINDOW, letter_marks
from reports.invitations.poster import POSTER_QR, poster_marks
from reports.invitations.words import WORDS
from reports.marks import Fill, Mark, Stroke, Words
from reports.sheets import Sheet, open_sheet

DEFINITION = Path(__file__).parents[3] / "questionnaires" / "definitions" / "civilized_city" / "questionnaire.yaml"
WHOM = Text("请家里一位 18 岁以上的人来答。", "Please let one member of 18 or over answer.")
ADDRESS = "https://diaocha.example.gov.cn/a/ZRJW2SEZWFOV3OTY3RAWV6WG{:02d}"
COMMUNITIES = (
    Text("万寿桥社区", "Wanshouqiao Community"),
    Text("东湖新村第二居民委员会经济技术开发区社区", "Second Residents' Committee of the Economic Development Zone"),
)
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module", params=LANGUAGES)
def occasion(request: pytest.FixtureRequest) -> Occasion:
    questionnaire = load(DEFINITION)
    return Occasion(
        title=questionnaire.title,
        notice=questionnaire.notice,
        header=Header(
            form_number="示文明调 001 表",
            issuing_body="示范市精神文明建设办公室",
            approval_number="示统制〔2026〕15 号",
            valid_until=date(2027, 6, 30),
        ),
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 9, 30),
        language=request.param,
        quoted=True,  # the longer sentence
    )


def posters() -> list[Poster]:
    return [Poster(community=one, address=ADDRESS.format(place)) for place, one in enumerate(COMMUNITIES)]


def letter(place: int = 0, **changes: object) -> Letter:
    made = Letter(
        community=COMMUNITIES[place],
        address=ADDRESS.format(place),
        door="https://diaocha.example.gov.cn",
        short_code=f"7K3-9QF-2T{place}-4",
        case_number=f"{place:04d}",
        household="万寿桥路 18 号院 3 号楼 2 单元 402",
        whom=WHOM,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_names_its_community_the_days_and_the_statutory_header(
    occasion: Occasion, type_settings: TypeSettings
) -> None:
    for place, text in enumerate(pages(posters_pdf(occasion, posters(), settings=type_settings))):
        flat = "".join(text.split())
        name = "".join(COMMUNITIES[place].in_language(occasion.language).split())
        assert name in flat
        assert ADDRESS.format(place).removeprefix("https://") in flat
        assert "示统制〔2026〕15号" in flat
        assert ("2026年9月1日至30日" if occasion.language == "zh" else "1–30September2026") in flat


def test_a_letter_holds_its_own_code_and_says_who_answers(occasion: Occasion, type_settings: TypeSettings) -> None:
    letters = [letter(0), letter(1, whom=None)]
    first, second = ("".join(text.split()) for text in pages(letters_pdf(occasion, letters, settings=type_settings)))
    birthday = "".join(WHOM.in_language(occasion.language).split())
    assert birthday in first
    assert birthday not in second
    assert "diaocha.example.gov.cn" in first
    assert "7K3-9QF-2T0-4" in first
    assert "7K3-9QF-2T1-4" not in first
    assert "7K3-9QF-2T1-4" in second


def test_a_letter_says_that_words_may_be_quoted_where_its_wave_does(
    occasion: Occasion, type_settings: TypeSettings
) -> None:
    for told in (False, True):
        [text] = pages(letters_pdf(replace(occasion, quoted=told), [letter()], settings=type_settings))
        flat = "".join(text.split())
        assert ("引用时不留名" in flat or "quotedwithoutaname" in flat) is told


def test_a_letter_to_a_shop_speaks_of_shops(occasion: Occasion, type_settings: TypeSettings) -> None:
    made = letter(
        0, unit=Text("商户", "shops"), whom=Text("请店里管事的一位来答。", "Please let whoever runs it answer.")
    )
    [text] = ("".join(one.split()) for one in pages(letters_pdf(occasion, [made], settings=type_settings)))
    if occasion.language == "zh":
        assert "商户名单里随机抽取了一部分" in text
        assert "商户收" in text
        assert "请店里管事的一位来答" in text
        assert not any(word in text for word in ("您家", "住户", "上门"))
    else:
        assert "apartofallshopsof" in text
        assert "household" not in text.lower()


def held_askew(picture: Image.Image) -> Image.Image:
    """As a phone sees a sheet that hangs a little high, from the side, not quite in focus."""
    width, height = picture.size
    # Where each corner of the photograph lies on the sheet, as the eight coefficients of a perspective.
    seen = [(-0.1, -0.05), (1.05, 0.08), (1.2, 1.1), (0.05, 0.95)]
    rows, wanted = [], []
    for (x, y), (u, v) in zip([(0, 0), (1, 0), (1, 1), (0, 1)], seen, strict=True):
        x, y, u, v = x * width, y * height, u * width, v * height
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    bent = picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        np.linalg.solve(np.array(rows, dtype=float), np.array(wanted)).tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=200,
    )
    return bent.rotate(7, fillcolor=200).filter(ImageFilter.GaussianBlur(0.5))


def read_codes(pdf: bytes, dpi: int = 150, *, askew: bool = False) -> list[str]:
    """What a phone reads from the printed pages."""
    import pypdfium2
    import zxingcpp

    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        picture = page.render(scale=dpi / 72).to_pil().convert("L")
        found += [code.text for code in zxingcpp.read_barcodes(held_askew(picture) if askew else picture)]
        page.close()
    document.close()
    return found


@pytest.mark.parametrize("paper", list(PAPERS))
def test_the_code_of_each_poster_is_read_back(occasion: Occasion, type_settings: TypeSettings, paper: str) -> None:
    pdf = posters_pdf(occasion, posters(), paper=paper, settings=type_settings)
    both = [ADDRESS.format(0), ADDRESS.format(1)]
    assert read_codes(pdf, 60) == both
    assert read_codes(pdf, 60, askew=True) == both
    width = float(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox.width)
    assert width == pytest.approx(style.PAGE_WIDTH * PAPERS[paper], abs=0.01)


def test_the_code_of_each_letter_is_read_back(occasion: Occasion, type_settings: TypeSettings) -> None:
    pdf = letters_pdf(occasion, [letter(0), letter(1)], settings=type_settings)
    for dpi, askew in ((60, False), (75, True)):
        assert read_codes(pdf, dpi, askew=askew) == [ADDRESS.format(0), ADDRESS.format(1)]


def test_the_same_input_gives_the_same_bytes_and_every_font_is_embedded(
    occasion: Occasion, type_settings: TypeSettings
) -> None:
    first = letters_pdf(occasion, [letter()], settings=type_settings)
    assert first == letters_pdf(occasion, [letter()], settings=type_settings)
    for page in pypdf.PdfReader(io.BytesIO(first)).pages:
        for font in page["/Resources"]["/Font"].values():
            [descendant] = font["/DescendantFonts"]
            assert "/FontFile2" in descendant["/FontDescriptor"]


# ------------------------------------------------------------------ nothing stands on anything else


def boxes(marks: list[Mark]) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right, bottom of the ink of every line of words."""
    for mark in marks:
        if isinstance(mark, Words) and mark.line.pieces:
            yield mark.x, mark.y - 0.8 * mark.line.size, mark.x + mark.line.width, mark.y + 0.12 * mark.line.size


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.fixture(scope="module")
def sheet(occasion: Occasion, type_settings: TypeSettings) -> Sheet:
    return open_sheet(occasion.language, type_settings)


@pytest.mark.parametrize("minutes", [None, 12])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("kind", ["poster", "letter"])
def test_words_stand_clear_of_each_other_of_the_code_and_of_the_edge(
    occasion: Occasion, sheet: Sheet, kind: str, place: int, minutes: int | None
) -> None:
    said = replace(occasion, notice=replace(occasion.notice, minutes=minutes))
    if kind == "poster":
        marks, code = poster_marks(sheet.setter, said, posters()[place]), POSTER_QR
    else:
        marks, code = letter_marks(sheet.setter, said, letter(place)), LETTER_QR
    left, top, side = code
    quiet = side / 41 * 4  # four modules of white on every side of a code of this length
    found = list(boxes(marks))
    for number, one in enumerate(found):
        assert not any(overlap(one, other) for other in found[number + 1 :])
        assert not overlap(one, (left - quiet, top - quiet, left + side + quiet, top + side + quiet))
        assert one[0] >= 15 * style.MILLIMETRE
        assert one[2] <= style.PAGE_WIDTH - 15 * style.MILLIMETRE
        assert one[3] <= style.PAGE_HEIGHT - 8 * style.MILLIMETRE
    for mark in marks:
        if isinstance(mark, Fill):
            assert mark.y + mark.height < top - quiet
        if isinstance(mark, Stroke):
            across = sorted((mark.x, mark.to_x)), sorted((mark.y, mark.to_y))
            lines = (across[0][0], across[1][0], across[0][1] + 0.01, across[1][1] + 0.01)
            assert not overlap(lines, (left - quiet, top - quiet, left + side + quiet, top + side + quiet))


def test_both_languages_fill_the_same_placeholders() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, text in WORDS.items():
        assert text.en, key
        assert names(text.zh) == names(text.en), key


DOORS = ("", "万寿桥路 18 号院 3 号楼 2 单元 402", "示范市老城街道解放南路西侧纺织厂家属院原棉纺三厂宿舍区" * 3)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("door", DOORS)
def test_the_window_of_an_envelope_shows_the_door_and_nothing_else_wherever_the_letter_lies(
    occasion: Occasion, sheet: Sheet, place: int, door: str
) -> None:
    left, top, right, bottom = WINDOW
    shown = []
    for mark in letter_marks(sheet.setter, occasion, letter(place, household=door)):
        if isinstance(mark, Stroke):
            assert not SEEN[0] < mark.y < SEEN[1]
        elif (
            isinstance(mark, Words)
            and SEEN[0] < mark.y + 0.12 * mark.line.size
            and mark.y - 0.8 * mark.line.size < SEEN[1]
        ):
            shown.append(mark)
            [box] = boxes([mark])
            assert box[0] >= left
            assert box[1] >= top
            assert box[2] <= right
            assert box[3] <= bottom
    told = "".join(piece.text for mark in shown for piece in mark.line.pieces)
    assert door.replace(" ", "")[:60] in told.replace(" ", "")
    assert letter(place).case_number in told
