"""Chinese type for PDF: outlines of Noto Sans CJK SC at weight 400 and 700, drawn on demand and kept.

The bundled font is a CFF2 variable font, which no PDF writer embeds as it is. Each glyph that a document needs is
drawn once at the wanted weight, turned into a TrueType outline of 1000 units to the em, and kept on disk. What a
glyph looks like depends on the font, the weight and the character alone, so the state of the cache never changes a
document. A city may name its own TrueType or OpenType files; characters they lack come from the bundled font.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import struct
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

UNITS_PER_EM: Final = 1000
BUNDLED_PACKAGE: Final = "manimgx-fonts-cjk"
BUNDLED_MODULE: Final = "manimgx_fonts_cjk"
BUNDLED_NAME: Final = "NotoSansCJKsc"
BUNDLED_FILE: Final = "NotoSansCJK-VF.otf.ttc"
SIMPLIFIED_CHINESE: Final = 2  # place of the SC face in the collection
KOREAN: Final = 1  # its “ ” ‘ ’ … are of Latin width: what an English text needs
WESTERN_MARKS: Final = frozenset("“”‘’…—")
OUTLINE_FORMAT: Final = 1  # raise when the conversion of outlines changes: old caches are then left alone
CURVE_ERROR: Final = 0.6  # greatest distance between cubic and quadratic outline, in units of 1/1000 em
MAGIC: Final = b"SVGLYPH1"


class Weight(IntEnum):
    REGULAR = 400
    BOLD = 700


class FontFault(Exception):
    """A font file cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """``advance`` in 1/1000 em; ``outline`` is a TrueType glyph record, empty for a blank."""

    advance: int
    outline: bytes

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, bottom, right, top in 1/1000 em; zeros for a blank."""
        if not self.outline:
            return (0, 0, 0, 0)
        _, left, bottom, right, top = struct.unpack(">5h", self.outline[:10])
        return (left, bottom, right, top)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSettings:
    """Where type comes from and where drawn outlines are kept.

    ``cache`` None means ``default_cache()``. A folder that cannot be written is no error: outlines are then drawn
    anew in each process.
    """

    regular: Path | None = None  # own font files (TTF or OTF) instead of the bundled face
    bold: Path | None = None
    cache: Path | None = None


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/survey-service/type``, else the same under ``~/.cache``, else under the temporary folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "survey-service" / "type"
    with contextlib.suppress(RuntimeError):
        return Path.home() / ".cache" / "survey-service" / "type"
    return Path(tempfile.gettempdir()) / "survey-service" / "type"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontSource:
    """One face of one file at one weight, with the name its cache file carries."""

    path: Path
    face: int | None  # place in a collection
    weight: Weight
    identity: str


def bundled_source(weight: Weight, face: int = SIMPLIFIED_CHINESE) -> FontSource:
    """The face that comes with the installation; FontFault when the package is missing."""
    spec = find_spec(BUNDLED_MODULE)
    if spec is None or spec.origin is None:
        raise FontFault(f"the package {BUNDLED_PACKAGE} is not installed. Install it, or name own font files.")
    path = Path(spec.origin).parent / BUNDLED_FILE
    return FontSource(path=path, face=face, weight=weight, identity=f"{BUNDLED_PACKAGE} {version(BUNDLED_PACKAGE)}")


def own_source(path: Path, weight: Weight) -> FontSource:
    """A font file that the settings name; FontFault when it cannot be read."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as fault:
        raise FontFault(f"{path}: the font file cannot be read ({fault.strerror}). Name a TTF or OTF file.") from fault
    return FontSource(path=path, face=None, weight=weight, identity=digest)


class GlyphPack:
    """The drawn glyphs of one source, kept in one file.

    The file is replaced whole and atomically; processes that draw at the same time may lose each other's additions,
    which costs a second drawing and never a wrong glyph. A damaged file is ignored and written anew.
    """

    def __init__(self, source: FontSource, folder: Path) -> None:
        self.source = source
        key = f"{source.identity}|{source.face}|{source.weight}|{OUTLINE_FORMAT}|{version('fonttools')}"
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        self.path = folder / f"{int(source.weight)}-{name}.glyphs"
        self.glyphs: dict[str, Glyph | None] = read_pack(self.path)
        self._unsaved = False
        self._pen: OutlinePen | None = None

    def glyph(self, character: str) -> Glyph | None:
        """The glyph, drawn now if nobody has yet; None where the font lacks the character."""
        if character not in self.glyphs:
            if self._pen is None:
                self._pen = open_outlines(self.source)
            self.glyphs[character] = self._pen.draw(character)
            self._unsaved = True
        return self.glyphs[character]

    def has(self, character: str) -> bool:
        """Whether the font can draw it, without drawing it."""
        if character in self.glyphs:
            return self.glyphs[character] is not None
        if self._pen is None:
            self._pen = open_outlines(self.source)
        return ord(character) in self._pen.names

    def save(self) -> None:
        """Add to the file what was drawn since; silent where the folder cannot be written."""
        if self._unsaved:
            self._unsaved = False
            self.glyphs = {**read_pack(self.path), **self.glyphs}
            with contextlib.suppress(OSError):
                write_pack(self.path, self.glyphs)


def read_pack(path: Path) -> dict[str, Glyph | None]:
    """Glyphs by character; empty when there is no file or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    head, body = data[: len(MAGIC) + 32], data[len(MAGIC) + 32 :]
    if head != MAGIC + hashlib.sha256(body).digest():
        return {}
    glyphs: dict[str, Glyph | None] = {}
    at = 0
    while at < len(body):
        code, advance, length = struct.unpack_from(">IiI", body, at)
        at += 12
        glyphs[chr(code)] = None if advance < 0 else Glyph(advance, body[at : at + length])
        at += length
    return glyphs


def write_pack(path: Path, glyphs: Mapping[str, Glyph | None]) -> None:
    """Replace the file in one step; characters in code order, so equal content gives equal bytes."""
    parts = []
    for character in sorted(glyphs):
        glyph = glyphs[character]
        advance, outline = (-1, b"") if glyph is None else (glyph.advance, glyph.outline)
        parts.append(struct.pack(">IiI", ord(character), advance, len(outline)) + outline)
    body = b"".join(parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".glyphs-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(body).digest() + body)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


@dataclass(slots=True)
class OutlinePen:
    """Draws characters of one opened face. fontTools is untyped; it is used here and nowhere else."""

    font: Any
    glyph_set: Any
    names: Mapping[int, str]
    scale: float
    cubic: bool
    notdef: str = ".notdef"

    def draw(self, character: str) -> Glyph | None:
        name = self.names.get(ord(character))
        return None if name is None else self.outline(name)

    def outline(self, name: str) -> Glyph:
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.filterPen import DecomposingFilterPen
        from fontTools.pens.transformPen import TransformPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        pen = TTGlyphPen(None)
        # PostScript outlines run the other way round than TrueType's.
        quadratic = Cu2QuPen(pen, max_err=CURVE_ERROR, reverse_direction=self.cubic)
        scaled = TransformPen(quadratic, (self.scale, 0, 0, self.scale, 0, 0))
        source = self.glyph_set[name]
        source.draw(DecomposingFilterPen(scaled, self.glyph_set))
        record = pen.glyph().compile(None)
        return Glyph(round(source.width * self.scale), bytes(record))


@lru_cache(maxsize=8)
def open_font(path: Path, face: int | None) -> tuple[Any, Mapping[int, str]]:
    """A font and its character map; one opening serves both weights. Mapped, not read: the bundled file has 32 MB."""
    from fontTools.ttLib import TTFont

    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    font = TTFont(content, fontNumber=-1 if face is None else face, lazy=True)
    return font, font.getBestCmap()


def open_outlines(source: FontSource) -> OutlinePen:
    """The face at its weight, ready to be drawn; FontFault when the file is no usable font."""
    from fontTools.ttLib import TTLibError

    try:
        font, names = open_font(source.path, source.face)
        location = {"wght": int(source.weight)} if "fvar" in font else None
        glyph_set = font.getGlyphSet(location=location)
    except (OSError, TTLibError, KeyError, ValueError) as fault:
        raise FontFault(f"{source.path}: not a usable font file ({fault}). Name a TTF or OTF file.") from fault
    scale = UNITS_PER_EM / font["head"].unitsPerEm
    return OutlinePen(font=font, glyph_set=glyph_set, names=names, scale=scale, cubic="glyf" not in font)


@dataclass(slots=True, eq=False)
class Typeface:
    """The two weights for one language. Asking for a glyph never fails: an unknown character is an empty box."""

    language: str
    name: str  # of the family, as PostScript writes names
    packs: Mapping[Weight, tuple[GlyphPack, ...]]
    western: Mapping[Weight, GlyphPack]
    _known: dict[tuple[Weight, str], Glyph] = field(default_factory=dict)

    def glyph(self, weight: Weight, character: str) -> Glyph:
        known = self._known.get((weight, character))
        if known is None:
            known = self._known[weight, character] = self._find(weight, character)
        return known

    def advance(self, weight: Weight, character: str) -> int:
        """Width in 1/1000 em."""
        return self.glyph(weight, character).advance

    def missing(self, characters: Iterable[str]) -> list[str]:
        """Those characters that no font of this face can draw."""
        return [one for one in characters if not any(pack.has(one) for pack in self.packs[Weight.REGULAR])]

    def save(self) -> None:
        """Keep what was drawn for the next process."""
        for packs in self.packs.values():
            for pack in packs:
                pack.save()
        for pack in self.western.values():
            pack.save()

    def _find(self, weight: Weight, character: str) -> Glyph:
        return self._drawn(weight, character) or empty_box()

    def _drawn(self, weight: Weight, character: str) -> Glyph | None:
        packs = self.packs[weight]
        if character in WESTERN_MARKS and self.language != "zh":
            packs = (self.western[weight], *packs)
        return next((glyph for pack in packs if (glyph := pack.glyph(character)) is not None), None)


@lru_cache(maxsize=1)
def empty_box() -> Glyph:
    """What stands for a character nobody can draw: a frame, so that the loss is seen."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for left, bottom, right, top, outer in ((100, -80, 900, 840, True), (150, -30, 850, 790, False)):
        corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
        points = corners if outer else corners[::-1]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return Glyph(UNITS_PER_EM, bytes(pen.glyph().compile(None)))


@lru_cache(maxsize=8)
def typeface(language: str, settings: TypeSettings | None = None) -> Typeface:
    """The face for a document in ``language``; opened once per process and settings."""
    settings = settings or TypeSettings()
    folder = settings.cache or default_cache()
    own = {Weight.REGULAR: settings.regular, Weight.BOLD: settings.bold or settings.regular}
    packs: dict[Weight, tuple[GlyphPack, ...]] = {}
    for weight in Weight:
        path = own[weight]
        bundled = GlyphPack(bundled_source(weight), folder)
        packs[weight] = (bundled,) if path is None else (GlyphPack(own_source(path, weight), folder), bundled)
    western = {weight: GlyphPack(bundled_source(weight, KOREAN), folder) for weight in Weight}
    name = BUNDLED_NAME if settings.regular is None else "".join(filter(str.isalnum, settings.regular.stem)) or "Own"
    return Typeface(language=language, name=name, packs=packs, western=western)
