"""What an export can be asked for. Light: pages and commands name the formats without what writes them."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    SAV = "sav"
    DTA = "dta"
    PARQUET = "parquet"
    DDI = "ddi"
    CODEBOOK = "codebook"  # as PDF and as JSON


WORKBOOK_ROWS = 100_000
"""Cases of a wave that a workbook is good for."""

DATA = (Format.CSV, Format.XLSX, Format.SAV, Format.DTA, Format.PARQUET)
"""Those that hold rows; the others hold what the columns mean."""
