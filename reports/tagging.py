"""The structure tree of a PDF: what is heading, paragraph, table, figure, in the order in which it is read.

reportlab writes none. Objects are written here as text: a sheet has some hundred of them, and through reportlab's own
dictionaries they would cost as much as the sheet. Nothing of this claims PDF/UA: no program checks that here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfdoc

from reports.marks import Mark
from reports.structure import ARTIFACT, Node


class Written(pdfdoc.PDFObject):
    """An object whose text is made last, when all numbers are known."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.text = ""

    def format(self, document: Any) -> bytes:
        return self.text.encode("ascii")


class TaggedPage(pdfdoc.PDFPage):
    """A page that says where its marks stand in the tree, and that one goes through it in that order."""

    __NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]  # noqa: RUF012


@dataclass(slots=True)
class Element:
    """One element of the tree; ``kids`` are elements, or (page, number of the marked content)."""

    kind: str
    alt: str = ""
    scope: str = ""
    rows: int = 1
    parent: Element | None = None
    kids: list[Element | tuple[int, int]] = field(default_factory=list)
    number: int = 0  # of its object


@dataclass(slots=True)
class Tree:
    """Grows as pages are drawn."""

    root: Element = field(default_factory=lambda: Element("Document"))
    pages: list[list[Element]] = field(default_factory=list)  # of each: whose marked content 0, 1, … is
    _known: dict[Node, Element] = field(default_factory=dict)
    _top: Element | None = None  # of the document that is drawn, where there are several

    def begin_part(self) -> None:
        """What is drawn from here on is another document: what it says like the one before is said again."""
        self._top = self._below(self.root, Element("Sect"))
        self._known.clear()

    def page(self, marks: Iterable[Mark], operators: Any) -> Iterator[str]:
        """The operators of one page, what belongs to one element between its marks."""
        owners: list[Element] = []
        self.pages.append(owners)
        for node, group in groupby(marks, key=lambda mark: mark.node):
            drawn = "\n".join(operators(mark) for mark in group)
            if node is None or node is ARTIFACT:
                yield f"/Artifact BMC\n{drawn}\nEMC"
                continue
            element = self._element(node)
            element.kids.append((len(self.pages) - 1, len(owners)))
            yield f"/{element.kind} <</MCID {len(owners)}>> BDC\n{drawn}\nEMC"
            owners.append(element)

    def _element(self, node: Node) -> Element:
        if (known := self._known.get(node)) is not None:
            return known
        if node.kind in ("TH", "TD"):  # made with its row
            assert node.parent is not None
            made = self._element(node.parent).kids[node.place]
            assert isinstance(made, Element)
            made.rows = node.rows
        else:
            parent = (self._top or self.root) if node.parent is None else self._element(node.parent)
            if node.parent is None and node.kind == "Span":
                parent = self._below(parent, Element("P"))
            made = self._below(parent, Element(node.kind, node.alt))
            for kind, scope in node.cells:
                self._below(made, Element(kind, scope=scope))
        self._known[node] = made
        return made

    def _below(self, parent: Element, made: Element) -> Element:
        made.parent = parent
        parent.kids.append(made)
        return made

    def add_to(self, document: Any) -> None:
        """Hand the tree to the document, whose pages are all there."""
        pages = document.Pages.pages
        numbers = [_number(document, page.__InternalName__) for page in pages]
        for place, page in enumerate(pages):
            page.__class__ = TaggedPage
            page.StructParents, page.Tabs = place, pdfdoc.PDFName("S")
        top, top_number = _reserved(document)
        every = list(_all(self.root))
        objects = []
        for element in every:
            written, element.number = _reserved(document)
            objects.append(written)
        for element, written in zip(every, objects, strict=True):
            written.text = _text(element, numbers, top_number)
        owners = " ".join(
            f"{place} [{' '.join(f'{one.number} 0 R' for one in page)}]" for place, page in enumerate(self.pages)
        )
        top.text = (
            f"<</Type /StructTreeRoot /K {self.root.number} 0 R /ParentTree <</Nums [{owners}]>> "
            f"/ParentTreeNextKey {len(self.pages)}>>"
        )
        document.Catalog.StructTreeRoot = top
        document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": pdfdoc.PDFtrue})


def _reserved(document: Any) -> tuple[Written, int]:
    written = Written()
    document.Reference(written)
    return written, _number(document, written.__InternalName__)  # type: ignore[attr-defined]


def _number(document: Any, name: str) -> int:
    number: int = document.idToObjectNumberAndVersion[name][0]
    return number


def _all(element: Element) -> Iterator[Element]:
    yield element
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _all(kid)


def _text(element: Element, pages: list[int], top: int) -> str:
    """The dictionary of one element; marked content of another page than its own is named with that page."""
    own = next((kid[0] for kid in element.kids if not isinstance(kid, Element)), None)
    kids = " ".join(_kid(kid, own, pages) for kid in element.kids)
    parts = [f"<</S /{element.kind} /P {element.parent.number if element.parent else top} 0 R"]
    if own is not None:
        parts.append(f"/Pg {pages[own]} 0 R")
    if kids:
        parts.append(f"/K [{kids}]" if len(element.kids) > 1 else f"/K {kids}")
    if element.alt:
        parts.append(f"/Alt <{(chr(0xFEFF) + element.alt).encode('utf-16-be').hex().upper()}>")
    about = f"/Scope /{element.scope}" if element.scope else ""
    about += f" /RowSpan {element.rows}" if element.rows > 1 else ""
    if about:
        parts.append(f"/A <</O /Table {about}>>")
    return " ".join(parts) + ">>"


def _kid(kid: Element | tuple[int, int], own: int | None, pages: list[int]) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    page, content = kid
    return str(content) if page == own else f"<</Type /MCR /Pg {pages[page]} 0 R /MCID {content}>>"
