"""What keeps an export from being written."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class ExportRefused(DomainError):
    """This wave cannot be written in that format as it is; the message names the way out."""

    code = "E086"
    status = HTTPStatus.CONFLICT
    zh = "这种格式写不下这一期。请换一种格式，例如 CSV。"
    en = "This wave does not fit this format. Choose another one, CSV for example."


class PackageMissing(ExportRefused):
    """A format whose package is an extra that is not installed."""

    code = "E087"
    zh = "写 Parquet 要用的 pyarrow 没有安装。请管理员安装 survey-service[parquet]，或者先用 CSV。"
    en = (
        "Parquet needs pyarrow, which is not installed. Ask the administrator to install survey-service[parquet], or "
        "take CSV."
    )


class TooManyRows(ExportRefused):
    """More rows than a workbook is good for."""

    code = "E088"

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(
            zh=f"这一期有 {rows:,} 行，Excel 文件最多写 {most:,} 行。请用 CSV、Parquet，或者 SPSS、Stata 格式。",
            en=f"The wave has {rows:,} rows; an Excel file takes {most:,}. Take CSV, Parquet, SPSS or Stata.",
        )
