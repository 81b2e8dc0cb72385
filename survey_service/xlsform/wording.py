"""Words of a workbook as texts of a definition: in Chinese and English, plain, with places for earlier answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from questionnaires.fields import MAX_TEXT
from questionnaires.languages import fault_of_tag
from questionnaires.readiness import TO_FILL
from survey_service.xlsform.book import Row
from survey_service.xlsform.names import NOTHING, ROSTER, Target
from survey_service.xlsform.remarks import Remark, Why, same
from survey_service.xlsform.xpath import Number, Reference, String

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_BREAK: Final = re.compile(r"<\s*(?:br|/p|/div)\s*/?\s*>", re.IGNORECASE)
_BOLD: Final = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_HEAD: Final = re.compile(r"^\s*#{1,6}\s+", re.MULTILINE)
_PLACE: Final = re.compile(r"\$\{\s*([^{}\s]{1,120})\s*\}")
_BRACES: Final = re.compile(r"[{}]|\[\[|\]\]|%\(|<%")
_OPENED: Final = {"{": "｛", "}": "｝", "[[": "［［", "]]": "］］", "%(": "%（", "<%": "＜%"}
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_SLOT: Final = re.compile(r"\{[a-z][a-z0-9_.]*\}")


class Wording:
    """Makes the texts of one form; counts what lacks a language."""

    def __init__(self, spoken: set[str], usual: str, known: Callable[[Row], Mapping[str, Target]]) -> None:
        """``spoken``: languages of the columns; ``usual``: that of columns which name none, "" where nobody said.

        ``known``: what names stand for, seen from a row.
        """
        self.remarks: list[Remark] = []
        self._usual = usual
        self._known = known
        self.without_chinese = self.without_english = 0
        self.guessed = ""
        self.spoken = spoken
        self.english = "en" in spoken or usual == "en"
        # Those that a definition can hold beside Chinese and English.
        self.further = tuple(sorted(one for one in {*spoken, usual} - {"zh", "en", ""} if not fault_of_tag(one)))

    def text(self, row: Row, name: str, *, piped: bool = False) -> dict[str, str] | None:
        """The text in the languages of the definition; None where the row has none."""
        found: dict[str, str] = {}
        for language, words in row.texts(name).items():
            plain = self._plain(row, name, words, piped=piped)
            if plain:
                found.setdefault(language or self._unnamed(plain), plain)
        if not found:
            return None
        carried = self._both(found)
        return carried | self._further(row, name, found, carried)

    def plain(self, words: str) -> dict[str, str]:
        """A text that no column holds: a title, a name."""
        return self._both({self._unnamed(words): _unbraced(words)[:MAX_TEXT]})

    def _unnamed(self, words: str) -> str:
        if self._usual in ("zh", "en"):
            return self._usual
        if self._usual:
            return self._usual
        language = "zh" if _HAN.search(words) else "en"
        self.guessed = self.guessed or language
        if language == "en":
            self.english = True
        return language

    def _both(self, found: Mapping[str, str]) -> dict[str, str]:
        zh, en = found.get("zh", ""), found.get("en", "")
        other = next((words for language, words in found.items() if language not in ("zh", "en")), "")
        if not zh:
            self.without_chinese += 1
            zh = f"{TO_FILL}：{(en or other)[: MAX_TEXT - 10]}〕"
        if not en:
            if self.english:
                self.without_english += 1
            en = other or zh
        if self._places(zh) != self._places(en):
            # Every language names the same answers: what only one names is a blank there.
            shared = set(self._places(zh)) & set(self._places(en))
            zh, en = (_SLOT.sub(lambda place: place[0] if place[0] in shared else "＿＿", one) for one in (zh, en))
        return {"zh": zh, "en": en}

    def _further(self, row: Row, name: str, found: Mapping[str, str], carried: Mapping[str, str]) -> dict[str, str]:
        """The text in languages beyond Chinese and English; told where one is filled with other answers."""
        kept = {}
        for tag in self.further:
            words = found.get(tag, "")
            if words and self._places(words) != self._places(carried["zh"]):
                now = (
                    "这种语言里填的和中文不一样，这段文字没有带过来",
                    "filled with other answers than Chinese; left out",
                )
                self._say(row, Why.EXPRESSION, name, seen=words, now=now)
            elif words:
                kept[tag] = words
        return kept

    @staticmethod
    def _places(words: str) -> list[str]:
        return sorted(set(_SLOT.findall(words)))

    def _plain(self, row: Row, name: str, words: str, *, piped: bool) -> str:
        plain = _HEAD.sub("", _BOLD.sub(r"\2", _TAG.sub("", _BREAK.sub("\n", words))))
        plain = plain.replace("&nbsp;", " ").replace("&lt;", "＜").replace("&gt;", "＞").replace("&amp;", "&").strip()
        if plain != words.strip():
            self._say(row, Why.MARKUP, name)
        parts: list[str] = []
        end = 0
        for place in _PLACE.finditer(plain):
            parts.append(_unbraced(plain[end : place.start()]))
            parts.append(self._place(row, name, place[1], piped=piped))
            end = place.end()
        plain = "".join([*parts, _unbraced(plain[end:])])
        if len(plain) > MAX_TEXT:
            now = (f"文字长于 {MAX_TEXT} 字，后面的截掉了", f"cut after {MAX_TEXT} characters")
            self._say(row, Why.REFUSED, name, now=now, seen=plain)
            plain = plain[: MAX_TEXT - 12].rpartition("{")[0] or plain[: MAX_TEXT - 12]
        return plain

    def _place(self, row: Row, name: str, seen: str, *, piped: bool) -> str:
        target = self._known(row).get(seen)
        if target is not None and isinstance(target.instead, String | Number):
            return _unbraced(target.instead.text)
        if target is not None and isinstance(target.instead, Reference):
            return self._place(row, name, target.instead.name, piped=piped)
        if piped and target is not None and target.holds not in (NOTHING, ROSTER):
            if target.each:
                self._say(row, Why.FIRST_ROUND, name, seen=f"${{{seen}}}")
            return "{" + target.variable + "}"
        self._say(
            row,
            Why.EXPRESSION,
            name,
            seen=f"${{{seen}}}",
            now=("这里填不进前面的回答", "no earlier answer can stand there"),
        )
        return "＿＿＿＿"

    def _say(self, row: Row, why: Why, name: str, **values: object) -> None:
        remark = row.remark(why, name, **values)
        if remark not in self.remarks:
            self.remarks.append(remark)

    def summary(self) -> list[Remark]:
        """What is said once for the whole form."""
        found = []
        if self.guessed:
            language = ("中文", "Chinese") if self.guessed == "zh" else ("英文", "English")
            values: dict[str, tuple[str, str]] = {"seen": language, "now": language}
            found.append(Remark(why=Why.UNNAMED_LANGUAGE, sheet="survey", column="label", values=values))
        if self.without_chinese:
            found.append(Remark(why=Why.NO_CHINESE, sheet="survey", values={"seen": same(self.without_chinese)}))
        if self.without_english and self.english:
            found.append(Remark(why=Why.NO_ENGLISH, sheet="survey", values={"seen": same(self.without_english)}))
        others = sorted({*self.spoken, self._usual} - {"zh", "en", "", *self.further})
        found += [Remark(why=Why.LANGUAGE, sheet="survey", values={"seen": same(one)}) for one in others]
        return found


def _unbraced(words: str) -> str:
    """Braces of a template as characters that fill nothing."""
    return _BRACES.sub(lambda one: _OPENED[one[0]], words)
