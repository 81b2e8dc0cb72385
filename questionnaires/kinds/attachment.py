"""Files that answer a question: pictures, sound, video, documents. The answer refers to them; they lie elsewhere.

A reference says which file (an id that was made for it, which nobody guesses), its kind, its bytes and their SHA-256:
``<id>.jpg.183022.<sha256>``. An answer is one reference, or several with blanks between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from questionnaires.answer_forms import MAX_RAW_LENGTH, NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank
from questionnaires.model import Accepts, Question, QuestionType
from questionnaires.text import Text

MEGABYTE: Final = 1_000_000
MOST_FILES: Final = 5
MOST_MEGABYTES: Final = 19
USUAL_MEGABYTES: Final = 10
# What a file is, by its content; pictures are all made one kind as they come in.
TYPES: Final[Mapping[Accepts, tuple[str, ...]]] = {
    Accepts.PICTURE: ("jpg",),
    Accepts.SOUND: ("m4a", "mp3", "ogg", "wav", "amr", "weba"),
    Accepts.VIDEO: ("mp4", "webm"),
    Accepts.DOCUMENT: ("pdf",),
}
WORDS: Final[Mapping[Accepts, Text]] = {
    Accepts.PICTURE: Text("照片", "picture"),
    Accepts.SOUND: Text("录音", "sound"),
    Accepts.VIDEO: Text("录像", "video"),
    Accepts.DOCUMENT: Text("PDF 文件", "PDF"),
}
_REFERENCE = re.compile(r"([0-9a-f]{32})\.([a-z0-9]{3,4})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One file of an answer."""

    id: str
    type: str
    size: int
    sha256: str

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1000))

    def __str__(self) -> str:
        return f"{self.id}.{self.type}.{self.size}.{self.sha256}"


def reference_of(written: str) -> Reference | None:
    """None where it is none."""
    match = _REFERENCE.fullmatch(written)
    return Reference(id=match[1], type=match[2], size=int(match[3]), sha256=match[4]) if match else None


def references_of(answer: Canonical) -> tuple[Reference, ...]:
    """The files of a kept answer."""
    found = (reference_of(one) for one in answer.split()) if isinstance(answer, str) else ()
    return tuple(one for one in found if one is not None)


def accepted(question: Question) -> tuple[Accepts, ...]:
    return question.accepts or (Accepts.PICTURE,)


def most_bytes(question: Question) -> int:
    return question.maximum_megabytes * MEGABYTE


class Attachment(Kind):
    type: ClassVar = QuestionType.ATTACHMENT
    fields: ClassVar = ("accepts", "maximum_files", "maximum_megabytes")
    variable: ClassVar = VariableType.FILES
    faults: ClassVar = frozenset({FindingCode.NOT_A_FILE, FindingCode.TOO_MANY_FILES, FindingCode.FILE_NOT_ACCEPTED})
    seconds: ClassVar = 20.0
    fills: ClassVar = False
    on_paper: ClassVar = False

    def parse(self, given: Given) -> Own:
        return {
            "accepts": given.accepts(),
            "maximum_files": given.whole("maximum_files", 1, MOST_FILES) or 1,
            "maximum_megabytes": given.whole("maximum_megabytes", 1, MOST_MEGABYTES) or USUAL_MEGABYTES,
        }

    def reader(self, question: Question) -> Reader:
        types = {one for kind in accepted(question) for one in TYPES[kind]}
        limit = most_bytes(question)

        def read(raw: object) -> Read:
            words = raw if isinstance(raw, list | tuple) else [raw]
            written = [one for one in words if one is not None and one != ""]
            if not all(isinstance(one, str) and len(one) <= MAX_RAW_LENGTH for one in written):
                return None, Fault(FindingCode.NOT_A_FILE, {"seen": glimpse(raw)})
            parts = list(dict.fromkeys(part for one in written for part in str(one).split()))
            if not parts:
                return NOTHING
            found = [reference_of(one) for one in parts]
            if None in found:
                return None, Fault(FindingCode.NOT_A_FILE, {"seen": glimpse(parts[found.index(None)])})
            files = [one for one in found if one is not None]
            if len(files) > question.maximum_files:
                return None, Fault(FindingCode.TOO_MANY_FILES, {"count": len(files), "most": question.maximum_files})
            if any(one.type not in types or one.size > limit for one in files):
                return None, Fault(FindingCode.FILE_NOT_ACCEPTED, {"seen": " ".join(one.type for one in files)})
            return " ".join(parts), None

        return read

    def expected(self, question: Question, language: str) -> str:
        kinds = [WORDS[one].in_language(language) for one in accepted(question)]
        most, megabytes = question.maximum_files, question.maximum_megabytes
        if language != "en":
            each = "每个" if most > 1 else ""
            return f"传{'、'.join(kinds)}，最多 {most} 个，{each}不超过 {megabytes} MB。" + leave_blank(
                question, language
            )
        each = " each" if most > 1 else ""
        sentence = f"Send a {' or '.join(kinds)}, {most} at most, of up to {megabytes} MB{each}."
        return sentence + leave_blank(question, language)

    def rule(self, question: Question) -> Text | None:
        """What page, paper and codebook say: what may be sent, and where it is not asked."""
        return Text("只在手机和设备上传，不在纸上答。", "Sent from phones and devices only, not answered on paper.")

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        said = self.expected(question, language)
        english = language == "en"
        if code is FindingCode.TOO_MANY_FILES:
            count = found.get("count", "")
            return f"There are {count} files. {said}" if english else f"现在有 {count} 个文件，请去掉一些。{said}"
        if code is FindingCode.NOT_A_FILE:
            return f"The file was not taken in. {said}" if english else f"文件没有收下。{said}"
        return said

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        """How many, and how large: what is in them nobody can say in words."""
        files = references_of(answer)
        kilobytes = max(1, round(sum(one.size for one in files) / 1000)) if files else 0
        if language != "en":
            return f"{len(files)} 个文件，{kilobytes:,} KB" if files else ""
        return f"{len(files)} {'file' if len(files) == 1 else 'files'}, {kilobytes:,} KB" if files else ""

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f"files can only be tested for being there: answered({name})"

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return [str(Reference(id="0" * 32, type=TYPES[accepted(question)[0]][0], size=1, sha256="0" * 64))]


KIND = Attachment()
