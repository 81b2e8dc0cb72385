"""An export read back: labels, levels, kinds of missing, Chinese whole, poisoned words as text, nobody identified."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest
from pypdf import PdfReader

from analysis import engine
from questionnaires.codebook import MISSING_CODES
from questionnaires.model import Missing
from survey_service.analyses.service import asked
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.database import Database, open_database
from survey_service.exports.dataset import NAME_LENGTH
from survey_service.exports.formats import Format
from survey_service.exports.statistics_files import SPSS_LABEL, SPSS_VALUE
from survey_service.exports.writing import WrittenFile
from survey_service.settings import Settings
from survey_service.tabular.harmless import as_meant
from tests import exported_plan
from tests.service.exported_wave import LANES, QUESTIONNAIRE, ExportedWave, exported_wave, written

LANES_COLUMN = LANES.replace(".", "_")[:NAME_LENGTH].rstrip("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    database: Database
    wave: ExportedWave
    folder: Path
    files: tuple[WrittenFile, ...]

    def path(self, end: str) -> Path:
        return self.folder / f"2026Q3{end}"

    def rows(self) -> list[dict[str, str]]:
        with self.path(".csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def export(
    empty_databases: Callable[[str, pytest.FixtureRequest], str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Export]:
    """Every format, with open answers; written once and only read below."""
    folder = tmp_path_factory.mktemp("export")
    database = open_database(empty_databases("sqlite", request))
    settings = Settings(
        data_dir=folder / "data", database_url=database.url, secret_key="a key for tests only, long enough"
    )
    wave = exported_wave(database, settings)
    files = written(database, wave.world, folder / "out", *Format)
    yield Export(database=database, wave=wave, folder=folder / "out", files=files)
    database.dispose()


def given(export: Export) -> list[dict[str, Any]]:
    return list(export.wave.answers.values())  # type: ignore[arg-type]


def lost(kind: Missing) -> float:
    return float(MISSING_CODES[kind])


def test_every_file_is_whole_and_the_owners_alone(export: Export) -> None:
    assert {path.name for path in export.folder.iterdir()} == {one.name for one in export.files}
    assert all(path.stat().st_mode & 0o077 == 0 for path in export.folder.iterdir())
    rows = {one.name: one.rows for one in export.files if one.rows}
    assert rows == dict.fromkeys(("2026Q3.csv", "2026Q3.xlsx", "2026Q3.sav", "2026Q3.dta", "2026Q3.parquet"), 12)


def test_a_row_is_a_case_and_rows_stand_in_no_order_of_the_draw(export: Export, tmp_path: Path) -> None:
    rows = export.rows()
    assert [row["row"] for row in rows] == [str(number) for number in range(1, 13)]
    assert sum(row["answered"] == "1" for row in rows) == 10
    assert {row["outcome"] for row in rows} == {"complete", "refusal", "unknown_household"}
    again = written(export.database, export.wave.world, tmp_path, Format.CSV)
    assert {one.name: one.sha256 for one in again}["2026Q3.csv"] != {one.name: one.sha256 for one in export.files}[
        "2026Q3.csv"
    ], "two exports cannot be laid side by side"


def test_names_fit_everywhere_and_what_was_cut_is_listed(export: Export) -> None:
    names = list(export.rows()[0])
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(rf"[A-Za-z][A-Za-z0-9_]{{0,{NAME_LENGTH - 1}}}", name) for name in names)
    codebook = json.loads(export.path("-codebook.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in codebook["columns"]] == names
    cut = {(one["column"], one["what"]): one for one in codebook["shortened"]}
    assert cut[LANES_COLUMN, "name"]["whole"] == LANES
    assert cut["q_by", "name"]["whole"] == "by", "a word of SPSS is no name"
    assert cut["aspects_parking", "label"]["whole"].endswith("停车秩序")
    by_letters = next(one for one in codebook["columns"] if one["name"] == "q_by")
    assert by_letters["codes_in_the_questionnaire"] == {"1": "a", "2": "b"}


def test_spss_reads_labels_levels_and_kinds_of_missing(export: Export) -> None:
    frame, meta = pyreadstat.read_sav(export.path(".sav"), user_missing=True)
    labels = meta.column_names_to_labels
    assert labels["know"] == "您知道创建文明城市吗？"
    assert all(len(one.encode()) <= SPSS_LABEL for one in labels.values())
    assert labels["aspects_parking"].endswith("…")
    assert all(
        len(one.encode()) <= SPSS_VALUE for values in meta.variable_value_labels.values() for one in values.values()
    )
    assert meta.variable_value_labels["overall"][1.0] == "满意"
    assert meta.variable_value_labels["overall"][lost(Missing.DONT_KNOW)] == "说不清", "as the questionnaire words it"
    assert meta.variable_value_labels["community"]["110101000001"] == "万寿桥社区"
    levels = meta.variable_measure
    assert [levels[one] for one in ("know", "overall", "warmth", "row")] == ["nominal", "ordinal", "scale", "scale"]
    assert meta.missing_ranges["know"] == [{"lo": -9.0, "hi": -5.0}]
    assert any("weight_final" in note for note in meta.notes)
    known = frame[frame["answered"] == 1]
    assert sorted(known["channels_1"].value_counts().to_dict().items()) == [
        (lost(Missing.DONT_KNOW), 1),
        (lost(Missing.NOT_ASKED), 2),
        (0.0, 6),
        (1.0, 1),
    ]
    assert sorted(known["know"].unique()) == [lost(Missing.REFUSED), 1.0, 2.0]
    assert lost(Missing.ILLEGIBLE) in set(known["overall"])
    assert frame.loc[frame["answered"] == 0, "know"].isna().all(), "whoever did not answer was asked nothing"
    plain, _ = pyreadstat.read_sav(export.path(".sav"))
    assert plain.loc[plain["answered"] == 1, "know"].isna().sum() == 1, "SPSS takes them for missing"


def test_stata_reads_kinds_of_missing_as_a_to_e(export: Export) -> None:
    frame, meta = pyreadstat.read_dta(export.path(".dta"), user_missing=True)
    kinds = {"a": "不需回答", "b": "未答", "c": "拒答", "d": "说不清", "e": "字迹不清"}
    labels = meta.variable_value_labels["overall"]
    assert {one: labels[one] for one in kinds} == kinds
    assert set(frame["know"].dropna()) == {1.0, 2.0, "c"}
    assert "e" in set(frame["overall"])
    assert set(frame["channels_1"].dropna()) == {0.0, 1.0, "a", "d"}
    place = meta.variable_value_labels["community"]
    assert set(place.values()) == {"110101000001 万寿桥社区", "110101000002 文昌阁社区"}
    assert set(frame["community"]) == set(place)
    assert all(len(one) <= 80 for one in meta.column_names_to_labels.values())
    assert {str(one) for one in frame["since"].dropna()} == {"2019-03-01"}


def test_numbers_stay_clear_of_the_codes_of_missing_answers(export: Export) -> None:
    """-9 is an answer where answers may be negative."""
    codebook = json.loads(export.path("-codebook.json").read_text(encoding="utf-8"))
    columns = {one["name"]: one for one in codebook["columns"]}
    for name in ("warmth", "balance"):
        codes = {one["code"] for one in columns[name]["missing"]}
        values = [float(row[name]) for row in export.rows() if row["answered"] == "1"]
        answered = [one for one in values if one not in codes]
        assert -9.0 in answered
        assert len(answered) < len(values)
        assert max(codes) < min(answered)
    assert max(float(row["warmth"]) for row in export.rows() if row["answered"] == "1") == 18.5


def read_texts(export: Export, name: str) -> dict[str, list[str]]:
    """The words of a column in every format, as whoever opens the file reads them."""
    sav, _ = pyreadstat.read_sav(export.path(".sav"))
    dta, _ = pyreadstat.read_dta(export.path(".dta"))
    sheet = openpyxl.load_workbook(export.path(".xlsx"))["数据"]
    place = [cell.value for cell in sheet[1]].index(name)
    return {
        "csv": [as_meant(row[name]) for row in export.rows()],
        "sav": sav[name].fillna("").tolist(),
        "dta": dta[name].fillna("").tolist(),
        "parquet": pq.read_table(export.path(".parquet")).column(name).to_pylist(),
        "xlsx": [line[place] or "" for line in sheet.iter_rows(min_row=2, values_only=True)],
    }


@pytest.mark.parametrize("name", ["word", "wish", "channels_other"])
def test_poisoned_words_come_back_as_text_in_every_format(export: Export, name: str) -> None:
    source = name.replace("_", ".")
    expected = sorted(str(one.get(source, "")) for one in given(export))
    assert any(one.startswith(("=", "+", "@")) for one in expected)
    for form, found in read_texts(export, name).items():
        assert sorted(found) == sorted([*expected, "", ""]), form


def test_no_cell_of_the_workbook_is_a_formula_and_no_cell_of_the_csv_runs(export: Export) -> None:
    book = openpyxl.load_workbook(export.path(".xlsx"))
    assert book.sheetnames == ["数据", "代码本", "说明"]
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)
    with zipfile.ZipFile(export.path(".xlsx")) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    for row in export.rows():
        running = [one for one in row.values() if one.startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"))]
        assert all(re.fullmatch(r"[+-][\d.]+", one) for one in running), "numbers are numbers"


def plain_text(path: Path) -> str:
    """Everything that can be read in a file, packed or not."""
    match path.suffix:
        case ".xlsx":
            with zipfile.ZipFile(path) as parts:
                return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
        case ".parquet":
            file = pq.ParquetFile(path)
            return str(file.read().to_pylist()) + str(file.schema_arrow.metadata)
        case ".sav":
            frame, meta = pyreadstat.read_sav(path, user_missing=True)
            return frame.to_csv() + str(vars(meta))
        case ".dta":
            frame, meta = pyreadstat.read_dta(path, user_missing=True)
            return frame.to_csv() + str(vars(meta))
        case ".pdf":
            return "".join(page.extract_text() for page in PdfReader(path).pages)
        case _:
            return path.read_text(encoding="utf-8")


def test_nothing_that_identifies_stands_in_any_file(export: Export) -> None:
    for file in export.files:
        text = plain_text(export.folder / file.name)
        assert len(text) > 100
        found = [secret for secret in export.wave.secrets if secret in text]
        # Times that a library writes into a file are those of the file itself.
        made = {"2026-09-18", "02:00"} if file.name.endswith((".xlsx", ".sav", ".dta")) else set()
        assert set(found) <= made, file.name


def test_without_the_choice_there_are_no_words_and_still_whether_there_were(export: Export, tmp_path: Path) -> None:
    written(export.database, export.wave.world, tmp_path, Format.CSV, Format.CODEBOOK, texts=False, language="en")
    with (tmp_path / "2026Q3.csv").open(encoding="utf-8-sig", newline="") as file:
        text = file.read()
    [head, *_] = csv.reader(StringIO(text))
    assert not {"word", "wish", "channels_other"} & set(head)
    assert {"word_given", "wish_given", "channels_other_given", "since"} <= set(head)
    assert "cmd" not in text
    assert json.loads((tmp_path / "2026Q3-codebook.json").read_text(encoding="utf-8"))["open_answers"] is False


def test_weights_and_pairs_are_those_of_the_engine(export: Export) -> None:
    world = export.wave.world
    with export.database.reading.begin() as session:
        wave = columns_and_register(session, world.survey_id, world.wave_id)
    found = engine.run(wave.plan, wave.wave.columns, asked(QUESTIONNAIRE.indicators, QUESTIONNAIRE))
    rows = export.rows()
    weights = sorted(float(row["weight_final"]) for row in rows if row["answered"] == "1")
    assert weights == sorted(found.weighed.final.tolist())
    sums = {
        which: math.fsum(float(row["weight_final"]) * float(row[f"{which}_awareness"] or 0) for row in rows)
        for which in ("y", "x")
    }
    assert sums["y"] / sums["x"] == pytest.approx(found.tables["city"].figures.value[0, 0], rel=1e-12)


def test_analyse_gives_every_indicator_also_an_index_and_a_mean(export: Export) -> None:
    world = export.wave.world
    with export.database.reading.begin() as session:
        own = analysis_of_wave(columns_and_register(session, world.survey_id, world.wave_id), targets={})
    found = exported_plan.analysed(export.folder, "2026Q3.csv")
    assert {variable for _, variable in found} == {"awareness", "satisfaction", "points", "whole"}
    assert exported_plan.differing(exported_plan.raw_figures(own.raw), found) == []


def test_marks_of_quality_are_words_and_phones_alone_have_them(export: Export) -> None:
    marks = [set(filter(None, row["marks"].split(";"))) for row in export.rows()]
    assert {"fast", "straight"} in [one & {"fast", "straight"} for one in marks]
    for row, own in zip(export.rows(), marks, strict=True):
        assert not own or row["mode"] == "web_invited"


@pytest.mark.both_databases
def test_both_databases_give_the_same_rows(
    database: Database, settings: Settings, export: Export, tmp_path: Path
) -> None:
    """But for their order and the numbers of households, which are drawn."""
    wave = exported_wave(database, settings)
    written(database, wave.world, tmp_path, Format.CSV)
    drawn = {"row", "psu"}

    def told(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sorted([cell for name, cell in row.items() if name not in drawn] for row in csv.DictReader(file))

    assert told(tmp_path / "2026Q3.csv") == told(export.path(".csv"))


HAVEN = """
library(haven); library(jsonlite)
read <- function(path, ...) {
  columns <- switch(tools::file_ext(path), sav = read_sav(path, user_na = TRUE), dta = read_dta(path))
  said <- function(one) list(
    label = attr(one, "label"), labels = as.list(attr(one, "labels")), range = attr(one, "na_range"),
    tags = if (is.double(one)) as.list(na_tag(one)) else list(), values = as.list(as.vector(zap_labels(one))))
  lapply(columns, said)
}
both <- list(sav = read("2026Q3.sav"), dta = read("2026Q3.dta"))
cat(toJSON(both, auto_unbox = TRUE, null = "null", na = "null", digits = NA))
"""


@pytest.fixture(scope="module")
def in_r(export: Export) -> Any:
    """What R's haven reads of the two files."""
    if shutil.which("Rscript") is None or _runs_in_r("library(haven); library(jsonlite)", export.folder).returncode:
        if os.environ.get("CI"):
            pytest.fail("R with haven and jsonlite is not installed")
        pytest.skip("R with haven is not installed: apt-get install r-cran-haven r-cran-jsonlite")
    done = _runs_in_r(HAVEN, export.folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _runs_in_r(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["Rscript", "--vanilla", "-e", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_haven_reads_labels_kinds_of_missing_and_whole_chinese(export: Export, in_r: Any) -> None:
    spss, stata = in_r["sav"], in_r["dta"]
    assert spss["know"]["label"] == stata["know"]["label"] == "您知道创建文明城市吗？"
    assert spss["overall"]["labels"]["说不清"] == lost(Missing.DONT_KNOW)
    assert spss["overall"]["range"] == [-9, -5]
    assert spss["community"]["labels"]["万寿桥社区"] == "110101000001"
    assert {one for one in stata["overall"]["tags"] if one} == {"b", "d", "e"}
    assert {one for one in stata["channels_1"]["tags"] if one} == {"a", "d"}
    assert {one for one in stata["know"]["tags"] if one} == {"c"}
    expected = sorted(str(one.get("wish", "")) for one in given(export))
    for form in (spss, stata):
        assert sorted(filter(None, form["wish"]["values"])) == expected
