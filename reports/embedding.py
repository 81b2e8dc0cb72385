"""Fonts inside the PDF: one composite font per weight, two-byte codes, Unicode for whoever copies.

Written by hand because reportlab splits a font into subsets of 256 characters (a squeeze between two marks could
then fall between two operators) and writes characters above U+FFFF to ToUnicode in a form that readers take for
others. Here a code is a glyph number, the glyph file holds the document's characters only, and ToUnicode is UTF-16.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from typing import Any, Final

from reportlab.pdfbase import pdfdoc

from reports.fonts import UNITS_PER_EM, Glyph, Typeface, Weight

ASCENT: Final = 880
DESCENT: Final = -120
STYLES: Final = {Weight.REGULAR: "Regular", Weight.BOLD: "Bold"}


class EmbeddedFont:
    """One weight in one document; codes are given in the order in which characters first appear."""

    def __init__(self, face: Typeface, weight: Weight) -> None:
        self.face = face
        self.weight = weight
        self.name = f"F{int(weight)}"
        self._codes: dict[tuple[str, int], int] = {}  # a character and by how much its advance is less

    def encode(self, text: str) -> str:
        """The text as hexadecimal glyph numbers, for a text-showing operator."""
        return "".join(self.squeezed(character, 0) for character in text)

    def squeezed(self, character: str, less: int) -> str:
        """A character whose advance is ``less`` narrower (1/1000 em), as a code of its own. A pen that moved back
        instead would be the end of a line to some who copy the text."""
        return f"{self._codes.setdefault((character, less), len(self._codes) + 1):04X}"

    def add_to(self, document: Any) -> None:
        """Hand the finished font to the document; nothing may be encoded afterwards."""
        if not self._codes:
            return
        characters = [character for character, _ in self._codes]
        base = f"{tag(characters)}+{self.face.name}-{STYLES[self.weight]}"
        glyphs = [self._glyph(character, less) for character, less in self._codes]
        boxes = [glyph.box for glyph in glyphs]
        bounds = [
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        ]
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": pdfdoc.PDFName(base),
                "Flags": 4,
                "FontBBox": pdfdoc.PDFArray(bounds),
                "ItalicAngle": 0,
                "Ascent": ASCENT,
                "Descent": DESCENT,
                "CapHeight": 733,
                "StemV": 80 if self.weight is Weight.REGULAR else 140,
                "FontFile2": self._stream(document, "file", font_file(glyphs)),
            }
        )
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": pdfdoc.PDFName(base),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "FontDescriptor": document.Reference(descriptor, f"{self.name}.descriptor"),
                "DW": UNITS_PER_EM,
                "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray([glyph.advance for glyph in glyphs])]),
                "CIDToGIDMap": pdfdoc.PDFName("Identity"),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(base),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant, f"{self.name}.descendant")]),
                "ToUnicode": self._stream(document, "unicode", to_unicode(characters)),
            }
        )
        fonts = document.idToObject["BasicFonts"].dict
        fonts[self.name] = document.Reference(font, self.name)

    def _glyph(self, character: str, less: int) -> Glyph:
        glyph = self.face.glyph(self.weight, character)
        return replace(glyph, advance=glyph.advance - less) if less else glyph

    def _stream(self, document: Any, role: str, content: bytes) -> Any:
        stream = pdfdoc.PDFStream(content=content, filters=[pdfdoc.PDFZCompress])
        if role == "file":
            stream.dictionary["Length1"] = len(content)
        return document.Reference(stream, f"{self.name}.{role}")


def tag(characters: list[str]) -> str:
    """Six capital letters that name the subset, from its characters."""
    digest = hashlib.sha256("".join(characters).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


def to_unicode(characters: list[str]) -> bytes:
    """The ToUnicode map. Characters above U+FFFF are a pair of UTF-16 surrogates (ISO 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    pairs = [
        f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>" for code, character in enumerate(characters, 1)
    ]
    for start in range(0, len(pairs), 100):  # an operator takes at most 100 pairs
        block = pairs[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")


def font_file(glyphs: list[Glyph]) -> bytes:
    """A TrueType file with those glyphs as numbers 1, 2, …; 0 is blank. Tables as ISO 32000-1, 9.9 asks for."""
    everyone = [Glyph(UNITS_PER_EM, b""), *glyphs]
    offsets, outlines = [0], b""
    for glyph in everyone:
        outlines += glyph.outline + b"\0" * (-len(glyph.outline) % 4)
        offsets.append(len(outlines))
    boxes = [glyph.box for glyph in everyone]
    bounds = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    points, contours = greatest_size(everyone)
    count, widest = len(everyone), max(glyph.advance for glyph in everyone)
    tables = {
        b"glyf": outlines or b"\0\0\0\0",
        # Dates are zero so that equal documents have equal bytes.
        b"head": struct.pack(
            ">IIIIHHQQ4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 11, UNITS_PER_EM, 0, 0, *bounds, 0, 6, 2, 1, 0
        ),
        b"hhea": struct.pack(
            ">I3hH11hH", 0x10000, ASCENT, DESCENT, 0, widest, bounds[0], 0, bounds[2], 1, *[0] * 7, count
        ),
        b"hmtx": b"".join(struct.pack(">Hh", glyph.advance, glyph.box[0]) for glyph in everyone),
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(">IH13H", 0x10000, count, points, contours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    return assemble(tables)


def greatest_size(glyphs: list[Glyph]) -> tuple[int, int]:
    """Most points and most contours of any glyph, as ``maxp`` wants them."""
    points = contours = 0
    for glyph in glyphs:
        if glyph.outline:
            count = struct.unpack(">h", glyph.outline[:2])[0]
            last = struct.unpack(">H", glyph.outline[8 + 2 * count : 10 + 2 * count])[0] if count else -1
            points, contours = max(points, last + 1), max(contours, count)
    return points, contours


def assemble(tables: dict[bytes, bytes]) -> bytes:
    """The tables as one sfnt file with its checksums (OpenType 1.9, Table Directory)."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, count * 16 - power * 16)
    offset, body, head_at = 12 + 16 * count, b"", 0
    for name in sorted(tables):
        data = tables[name] + b"\0" * (-len(tables[name]) % 4)
        if name == b"head":
            head_at = offset + len(body)
        directory += struct.pack(">4sIII", name, checksum(data), offset + len(body), len(tables[name]))
        body += data
    file = directory + body
    adjustment = (0xB1B0AFBA - checksum(file)) & 0xFFFFFFFF
    return file[: head_at + 8] + struct.pack(">I", adjustment) + file[head_at + 12 :]


def checksum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
