"""The bytes of a Word file: equal for equal input, dated by the release, without what the library's template carries.

python-docx begins every file from a template of its own with a thumbnail, an author and a date of 2013, and stamps each
part of the archive with the clock. Nothing of it is left.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Final

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from reports.blocks import Story
from reports.wording.facts import LANGUAGE_TAGS, PRODUCER

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # an archive knows no earlier day
APPLICATION: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{PRODUCER}</Application></Properties>"
).encode()
NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNUSED: Final = ("thumbnail", "customXml", "stylesWithEffects")


def plain(text: str) -> str:
    """The text without the few characters that no XML can hold; a line of a story never has one that is seen."""
    return NO_XML.sub("", text)


def empty_document(language: str) -> Document:
    """A document without a word in it, in the language of its text."""
    document = docx.Document()
    package = document.part.package
    for owner in (package.rels, document.part.rels):
        for key in [key for key, one in owner.items() if any(name in one.reltype for name in _UNUSED)]:
            del owner[key]
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None
    document.styles.element.remove(defaults)  # fonts of a theme would win over the fonts that the styles name
    spoken = OxmlElement("w:lang")
    tag = LANGUAGE_TAGS[language]
    spoken.set(qn("w:val"), "en-US" if language == "zh" else tag)
    spoken.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(spoken)
    return document


def describe(document: Document, story: Story) -> None:
    """What the file says of itself; its date is the release's."""
    about = document.core_properties
    about.title, about.subject, about.author = plain(story.title), plain(story.subject), plain(story.author)
    about.last_modified_by = PRODUCER
    about.keywords, about.comments = plain(", ".join(story.keywords)), ""
    about.language, about.revision = LANGUAGE_TAGS[story.language], 1
    element = about._element
    for name in ("dcterms:created", "dcterms:modified"):
        for found in element.findall(qn(name)):
            element.remove(found)
    if story.year_month_day is not None:
        about.created = about.modified = datetime(*story.year_month_day)  # noqa: DTZ001 -- the library writes UTC


def packed(document: Document) -> bytes:
    """The archive with every part in the order of its name and on one day."""
    written = io.BytesIO()
    document.save(written)
    result = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, APPLICATION if name == "docProps/app.xml" else source.read(name))
    return result.getvalue()
