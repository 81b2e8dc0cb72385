"""Type: drawn once, kept safely, the same whatever the cache holds; rare characters draw and copy."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from reports.embedding import font_file, to_unicode
from reports.fonts import (
    FontFault,
    Glyph,
    GlyphPack,
    TypeSettings,
    Weight,
    bundled_source,
    default_cache,
    empty_box,
    open_outlines,
    read_pack,
    typeface,
    write_pack,
)
from reports.pdf import community_pdf
from tests.spec.reports.cases import renamed
from tests.spec.reports.summaries import community

RARE = "𬱖㛃乡𠮷"  # U+2CC56 and U+20BB7 are above U+FFFF, U+36C3 is in extension A


@pytest.fixture
def own_font(tmp_path: Path) -> Path:
    """A font of two characters at 2,000 units to the em: a filled square for 万, an empty 寿."""
    builder = FontBuilder(2000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "wan", "shou"])
    builder.setupCharacterMap({ord("万"): "wan", ord("寿"): "shou"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 1000), (1000, 1000), (1000, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, blank = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": blank, "wan": square, "shou": blank})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "wan", "shou"), (1600, 0)))
    builder.setupHorizontalHeader(ascent=1600, descent=-400)
    builder.setupNameTable({"familyName": "Own", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path / "own.ttf"
    builder.save(path)
    return path


def test_bold_is_drawn_at_its_own_weight(type_settings: TypeSettings) -> None:
    face = typeface("zh", type_settings)
    regular, bold = face.glyph(Weight.REGULAR, "区"), face.glyph(Weight.BOLD, "区")
    assert regular.advance == bold.advance == 1000
    assert regular.outline != bold.outline
    assert face.advance(Weight.BOLD, "8") > face.advance(Weight.REGULAR, "8")


def test_figures_are_of_equal_width(type_settings: TypeSettings) -> None:
    face = typeface("zh", type_settings)
    for weight in Weight:
        assert len({face.advance(weight, digit) for digit in "0123456789"}) == 1


def test_the_cache_never_changes_a_document(tmp_path: Path) -> None:
    cold = community_pdf(community(), "zh", TypeSettings(cache=tmp_path / "cold"))
    warm = tmp_path / "warm"
    community_pdf(renamed(community(), "另一社区含别的字", "Other"), "zh", TypeSettings(cache=warm))
    typeface.cache_clear()  # a new process
    assert community_pdf(community(), "zh", TypeSettings(cache=warm)) == cold


def test_two_processes_give_equal_bytes(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, hashlib\n"
        "from tests.spec.reports.summaries import community\n"
        "from reports.pdf import community_pdf\n"
        "from reports.fonts import TypeSettings\n"
        "pdf = community_pdf(community(), 'zh', TypeSettings(cache=pathlib.Path(sys.argv[1])))\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    root = Path(__file__).parents[3]
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)  # at the same time, on one cold cache
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert all(process.returncode == 0 for process in running)
    assert said[0] == said[1] != ""
    assert not list(tmp_path.glob(".glyphs-*")), "no temporary file is left"


def test_a_damaged_cache_is_drawn_anew(tmp_path: Path) -> None:
    pack = GlyphPack(bundled_source(Weight.REGULAR), tmp_path)
    whole = pack.glyph("万")
    pack.save()
    for damaged in (pack.path.read_bytes()[:-3], b"", b"SVGLYPH1" + b"\0" * 60):
        pack.path.write_bytes(damaged)
        assert read_pack(pack.path) == {}
        again = GlyphPack(bundled_source(Weight.REGULAR), tmp_path)
        assert again.glyph("万") == whole
        again.save()
        assert read_pack(pack.path)["万"] == whole


def test_packs_of_two_processes_are_merged(tmp_path: Path) -> None:
    first, second = (GlyphPack(bundled_source(Weight.REGULAR), tmp_path) for _ in range(2))
    first.glyph("万")
    second.glyph("寿")
    first.save()
    second.save()
    assert set(read_pack(first.path)) == {"万", "寿"}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    pack = GlyphPack(bundled_source(Weight.REGULAR), blocked / "below")
    assert pack.glyph("万") is not None
    pack.save()


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "survey-service" / "type"


def test_equal_glyphs_give_equal_files(tmp_path: Path) -> None:
    a, b = Glyph(1000, b"1234567890"), Glyph(500, b"")
    write_pack(tmp_path / "one", {"a": a, "b": b, "c": None})
    write_pack(tmp_path / "two", {"c": None, "b": b, "a": a})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert read_pack(tmp_path / "one") == {"a": a, "b": b, "c": None}


def test_own_fonts_are_used_and_what_they_lack_is_bundled(own_font: Path, tmp_path: Path) -> None:
    face = typeface("zh", TypeSettings(regular=own_font, cache=tmp_path / "cache"))
    assert face.glyph(Weight.REGULAR, "万").advance == 800  # 1,600 of 2,000 units
    assert face.glyph(Weight.REGULAR, "万").box == (0, 0, 500, 500)
    assert face.glyph(Weight.BOLD, "万").box == (0, 0, 500, 500)
    assert face.glyph(Weight.REGULAR, "桥").advance == 1000


@pytest.mark.parametrize("content", [b"", b"not a font at all"])
def test_a_broken_font_names_the_file_and_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    with pytest.raises(FontFault, match=r"broken\.ttf: not a usable font file .*Name a TTF or OTF file"):
        typeface("zh", TypeSettings(regular=path, cache=tmp_path)).glyph(Weight.REGULAR, "万")
    with pytest.raises(FontFault, match=r"missing\.ttf: the font file cannot be read"):
        typeface("zh", TypeSettings(regular=tmp_path / "missing.ttf", cache=tmp_path))


def test_characters_above_ffff_are_drawn_and_copied(type_settings: TypeSettings) -> None:
    face = typeface("zh", type_settings)
    assert face.missing(RARE) == []
    pdf = community_pdf(renamed(community(), f"{RARE}社区", "Rare"), "zh", type_settings)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert f"{RARE}社区" in text
    assert "<D873DC56>" in to_unicode(["𬱖"]).decode()


def test_a_character_nobody_has_is_a_box_and_still_copies(type_settings: TypeSettings) -> None:
    face = typeface("zh", type_settings)
    private = "\ue123"
    assert face.missing(private + "万") == [private]
    assert face.glyph(Weight.REGULAR, private) == empty_box()


def test_the_embedded_file_is_a_valid_font(type_settings: TypeSettings) -> None:
    face = typeface("zh", type_settings)
    glyphs = [face.glyph(Weight.BOLD, character) for character in "万寿桥 8●"]
    font = TTFont(io.BytesIO(font_file(glyphs)), checkChecksums=2)
    assert font["maxp"].numGlyphs == 7
    assert [font["hmtx"][name][0] for name in font.getGlyphOrder()[1:]] == [glyph.advance for glyph in glyphs]
    assert font["glyf"][font.getGlyphOrder()[1]].numberOfContours > 0


def test_a_face_in_a_collection_is_opened_at_its_weight() -> None:
    pen = open_outlines(bundled_source(Weight.BOLD))
    glyph = pen.draw("万")
    assert glyph is not None
    assert glyph.advance == 1000
    assert pen.draw("\ue123") is None
