"""Files that somebody sends to stop the service: small ones that ask for a lot of work, each with what it is."""

from __future__ import annotations

import io
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f'<workbook xmlns:r="{RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
TOP = (
    f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
HEADS = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


def workbook(sheet: str | bytes, *, shared: str | bytes = "", more: dict[str, bytes] | None = None) -> bytes:
    """A workbook whose one sheet is this XML."""
    related = (
        f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": TOP,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": related,
        "xl/sharedStrings.xml": shared or "<sst/>",
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f"{before}<worksheet><sheetData>{HEADS}{rows}</sheetData>{after}</worksheet>"


def unended_tags(size: int) -> bytes:
    """Beginnings of cells without an end: an expression that looks for the end starts anew at each of them."""
    return workbook("<worksheet><sheetData>" + '<c r="A1"' * (size // 9))


def many_cells(rows: int) -> bytes:
    return workbook(sheet("".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(2, rows + 2))))


def merged_whole(count: int) -> bytes:
    rows = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    merged = '<mergeCell ref="A2:XFD1048576"/>' * count
    return workbook(sheet(rows, f"<mergeCells>{merged}</mergeCells>"))


def laughing(before: str = "") -> bytes:
    """Entities of entities: ten of ten of ten."""
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    declared = f'<!DOCTYPE worksheet [<!ENTITY e0 "0123456789">{entities}]>'
    cell = '<row r="2"><c r="A2" t="inlineStr"><is><t>&e9;</t></is></c></row>'
    return workbook(sheet(cell, before=declared))


def shared_bomb(cells: int) -> bytes:
    """One long text that every cell names."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(2, cells + 2))
    return workbook(sheet(rows), shared=f"<sst><si><t>{'x' * 32_000}</t></si></sst>")


def deep(levels: int) -> bytes:
    return workbook(sheet("<c>" * levels + "</c>" * levels))


def one_long_tag(size: int) -> bytes:
    return workbook(f'<worksheet><sheetData><row r="1" spans="{"1" * size}"></row></sheetData></worksheet>')


def many_columns(count: int) -> bytes:
    return ",".join(f"c{n}" for n in range(count)).encode() + b"\n" + b",".join([b"1"] * count) + b"\n"


def lying_size(unpacked: int) -> bytes:
    """A part that unpacks to far more than the list of parts says."""
    data = bytearray(workbook(sheet("<!--" + " " * unpacked + "-->")))
    at = data.rfind(b"PK\x01\x02")  # the last entry is the sheet's
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def bomb(unpacked: int) -> bytes:
    return workbook(b"0" * unpacked)


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Fails whatever uses more processor time: what others do on the machine does not count."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"more than {most} processor seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
