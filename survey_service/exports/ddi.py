"""The codebook as DDI Codebook 2.5, the XML that data archives read. Source: DDI Alliance, codebook.xsd of 2.5 (2012).

Words stand in the language that was chosen, with ``xml:lang``; labels and titles in both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from questionnaires.text import Text
from survey_service.exports.dataset import Dataset, Measure, Role, Variable

NAMESPACE: Final = "ddi:codebook:2_5"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NATURE: Final = {
    Measure.NOMINAL: "nominal",
    Measure.ORDINAL: "ordinal",
    Measure.SCALE: "interval",
    Measure.TEXT: "other",
}
# XML takes no control characters, whatever somebody put into a questionnaire.
_UNFIT: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS: Final = {"zh": "zh-CN", "en": "en"}


def write_ddi(dataset: Dataset, path: Path, language: str) -> None:
    ET.register_namespace("", NAMESPACE)
    root = _Codebook(dataset, language).build()
    ET.indent(root, " ")
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


class _Codebook:
    def __init__(self, dataset: Dataset, language: str) -> None:
        self._dataset = dataset
        self._languages = ("en", "zh") if language == "en" else ("zh", "en")

    def build(self) -> ET.Element:
        root = ET.Element(f"{{{NAMESPACE}}}codeBook", {"version": "2.5", _LANGUAGE: _TAGS[self._languages[0]]})
        self._study(self._element(root, "stdyDscr"))
        self._file(self._element(root, "fileDscr", ID="F1"))
        described = self._element(root, "dataDscr")
        for number, one in enumerate(self._dataset.variables, start=1):
            self._variable(described, number, one)
        return root

    def _element(self, above: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
        found = ET.SubElement(above, f"{{{NAMESPACE}}}{tag}", attributes)
        if text:
            found.text = _UNFIT.sub("", text)
        return found

    def _in_both(self, above: ET.Element, tag: str, text: Text, /, **attributes: str) -> None:
        """An element a language, the chosen one first; one alone where both are the same words."""
        said = dict.fromkeys(text.in_language(language) for language in self._languages)
        for language, words in zip(self._languages, said, strict=False):
            if words:
                self._element(above, tag, words, **attributes).set(_LANGUAGE, _TAGS[language])

    # -------------------------------------------------------------- the study

    def _study(self, study: ET.Element) -> None:
        dataset = self._dataset
        citation = self._element(study, "citation")
        titles = self._element(citation, "titlStmt")
        own, other = (dataset.title.in_language(language) for language in self._languages)
        self._element(titles, "titl", own).set(_LANGUAGE, _TAGS[self._languages[0]])
        if other != own:
            self._element(titles, "parTitl", other).set(_LANGUAGE, _TAGS[self._languages[1]])
        number = dataset.release or f"{dataset.survey}-{dataset.wave}"
        self._element(titles, "IDNo", number, agency="survey-service")
        responsible = self._element(citation, "rspStmt")
        for language in self._languages:
            body = dataset.questionnaire.notice.body.in_language(language)
            self._element(responsible, "AuthEnty", body).set(_LANGUAGE, _TAGS[language])
        information = self._element(study, "stdyInfo")
        self._in_both(information, "abstract", dataset.questionnaire.notice.purpose)
        self._method(self._element(study, "method"))

    def _method(self, method: ET.Element) -> None:
        collected = self._element(method, "dataColl")
        weighting, variance, columns = self._dataset.notes
        self._in_both(collected, "sampProc", variance)
        self._in_both(collected, "weight", weighting)
        self._in_both(method, "notes", columns, type="weight and design")

    def _file(self, file: ET.Element) -> None:
        text = self._element(file, "fileTxt")
        self._element(text, "fileName", self._dataset.wave)
        dimensions = self._element(text, "dimensns")
        self._element(dimensions, "caseQnty", str(self._dataset.rows))
        self._element(dimensions, "varQnty", str(len(self._dataset.variables)))

    # -------------------------------------------------------------- the columns

    def _text_of(self, question: str) -> Text | None:
        """As it was asked; None of what nobody was asked: what is calculated, and what was drawn."""
        return next((one.text for one in self._dataset.questionnaire.questions() if one.id == question), None)

    def _variable(self, above: ET.Element, number: int, one: Variable) -> None:
        attributes = {
            "ID": f"V{number}",
            "name": one.name,
            "files": "F1",
            "dcml": str(one.decimals),
            "intrvl": "contin" if one.measure is Measure.SCALE else "discrete",
            "nature": _NATURE[one.measure],
        }
        if one.role is Role.WEIGHT:
            attributes["wgt"] = "wgt"
        found = self._element(above, "var", "", **attributes)
        self._in_both(found, "labl", one.label)
        if one.question is not None and one.role is Role.ANSWER:
            asked = self._element(found, "qstn", qstn=one.question)
            self._in_both(asked, "qstnLit", self._text_of(one.question) or one.label)
            if one.rule is not None:
                self._in_both(asked, "ivuInstr", one.rule)
        if one.missing:
            invalid = self._element(found, "invalrng")
            for lost in sorted(one.missing.values()):
                self._element(invalid, "item", VALUE=str(lost))
        if one.asked_if:
            self._element(found, "universe", " and ".join(f"({condition})" for condition in one.asked_if))
        for code, label in one.values:
            self._category(found, str(code), label, missing=False)
        for kind, absent in one.missing.items():
            self._category(found, str(absent), one.missing_labels[kind], missing=True)
        text = one.holds.in_words
        self._element(found, "varFormat", type="character" if text else "numeric", schema="other")

    def _category(self, above: ET.Element, code: str, label: Text, *, missing: bool) -> None:
        found = self._element(above, "catgry", **({"missing": "Y"} if missing else {}))
        self._element(found, "catValu", code)
        self._in_both(found, "labl", label)
