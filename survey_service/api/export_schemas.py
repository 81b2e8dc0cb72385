"""What the API says and takes of exports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from survey_service.api.schemas import Sha256
from survey_service.api.shapes import Shape
from survey_service.exports.formats import Format
from survey_service.exports.shown import Standing


class ExportIn(Shape):
    """What is to be made."""

    formats: Annotated[list[Format], Field(min_length=1, max_length=len(Format), examples=[["csv", "codebook"]])]
    language: Annotated[Literal["zh", "en"], Field(description="Of the labels.")] = "zh"
    texts: Annotated[
        bool, Field(description="With what people wrote in words; for whom the installation names only.")
    ] = False


class FileOut(Shape):
    name: str
    bytes: int
    sha256: Sha256


class ExportOut(Shape):
    """An export, as far as it has come."""

    id: UUID
    standing: Annotated[
        Standing,
        Field(
            description="`under_way`; `failed`, nothing was made; `ready`; `lost`, the service was restored from a "
            "backup, which holds no files; `gone`, they ran out, were deleted, or an answer in them was erased."
        ),
    ]
    asked_at: datetime
    by: str
    formats: list[Format]
    language: Literal["zh", "en"]
    texts: bool
    rows: Annotated[int | None, Field(description="Cases; null until it is made.")]
    done: Annotated[int, Field(description="Steps that are done, of `total`.")]
    total: int | None
    until: Annotated[datetime | None, Field(description="When its files are removed.")]
    files: list[FileOut]
