"""Forms as they were posted: what was typed is kept, and every fault is named beside its field."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from questionnaires.characters import written
from questionnaires.text import Text

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,29}")


async def _posted(request: Request) -> AsyncIterator[FormData]:
    """The posted form; its uploaded files are closed when the reply is out."""
    form = await request.form()
    try:
        yield form
    finally:
        await form.close()


Posted = Annotated[FormData, Depends(_posted)]


def text(posted: FormData, name: str) -> str:
    """A text field without blanks at its ends; line feeds as the web's forms write them become plain ones."""
    value = posted.get(name, "")
    return written(value.replace("\r\n", "\n")) if isinstance(value, str) else ""


def texts(posted: FormData, name: str) -> list[str]:
    """Every value of a field that may be chosen several times."""
    return [value for value in posted.getlist(name) if isinstance(value, str) and value]


def upload(posted: FormData, name: str) -> tuple[str, bytes] | None:
    """Name and content of an uploaded file; None where none was chosen."""
    sent = posted.get(name)
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    return sent.filename.replace("\\", "/").rpartition("/")[2], sent.file.read()


@dataclass(slots=True)
class FormReading:
    """A form being read: ``kept`` stands in the boxes again, ``faults`` beside them."""

    posted: FormData
    kept: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Text] = field(default_factory=dict)

    def words(self, name: str, *, most: int, needed: Text | None = None) -> str:
        """Text of at most ``most`` characters; ``needed`` is said where it is empty."""
        value = self.kept[name] = text(self.posted, name)
        if not value and needed is not None:
            self.faults[name] = needed
        if len(value) > most:
            self.faults[name] = Text(
                f"最多 {most} 个字，这里有 {len(value)} 个，请缩短。",
                f"At most {most} characters; this has {len(value)}. Shorten it.",
            )
        return value

    def both(self, name: str, *, most: int) -> dict[str, str]:
        """A text in both languages."""
        return {"zh": self.words(f"{name}_zh", most=most), "en": self.words(f"{name}_en", most=2 * most)}

    def key(self, name: str) -> str:
        """A short name of letters, digits, dashes: it stands in addresses and numbers."""
        value = self.words(name, most=30)
        if name not in self.faults and (not KEY.fullmatch(value) or value == "new"):
            self.faults[name] = Text(
                "只用英文字母、数字、短横和下划线，2 到 30 个，例如 2026Q4。",
                "Letters, digits, dashes and underscores only, 2 to 30 of them, for example 2026Q4.",
            )
        return value

    def day(self, name: str) -> date | None:
        value = self.words(name, most=10)
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.faults[name] = Text("写成年-月-日，例如 2026-09-30。", "Write year-month-day, for example 2026-09-30.")
            return None

    def percent(self, name: str) -> float | None:
        """A share in 0..1 from a percentage; None where the box is empty."""
        value = self.words(name, most=8)
        if not value or name in self.faults:
            return None
        number = as_number(value.removesuffix("%").removesuffix("％"))
        if number is None or not 0 <= number <= 100:
            self.faults[name] = Text("写 0 到 100 之间的数，例如 97。", "Write a number from 0 to 100, for example 97.")
            return None
        return round(number / 100, 6)

    def whole(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number; None where the box is empty."""
        value = self.words(name, most=12)
        if not value or name in self.faults:
            return None
        number = as_number(value)
        if number is None or number % 1 or not least <= number <= most:
            self.faults[name] = Text(
                f"写 {least} 到 {most} 之间的整数。", f"Write a whole number from {least} to {most}."
            )
            return None
        return int(number)


_WIDE = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
_NUMBER = re.compile(r"-?(\d{1,9}(\.\d{1,6})?|\d{1,3}(,\d{3})+)")


def as_number(typed: str) -> float | None:
    """A number as people type it: full-width digits and commas between thousands are free."""
    plain = typed.translate(_WIDE).strip()
    return float(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def shown_percent(share: object) -> str:
    """97 or 97.5: as it stands in a box."""
    return f"{float(str(share)) * 100:.4f}".rstrip("0").rstrip(".") if share is not None else ""


def both_of(given: Mapping[str, object], name: str) -> dict[str, str]:
    """The values of the two boxes (Chinese, English) of a stored text."""
    value = given.get(name)
    held = value if isinstance(value, Mapping) else {}
    return {f"{name}_zh": str(held.get("zh", "")), f"{name}_en": str(held.get("en", ""))}
