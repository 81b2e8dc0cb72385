"""What an export is for: figures computed again elsewhere, archives, and what becomes of one that is killed."""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pyreadstat
import pytest
from lxml import etree
from sqlalchemy import select, update
from typer.testing import CliRunner

from analysis.results import Estimates
from questionnaires.answers import Policy, judge
from questionnaires.answers_by_column import ColumnJudge, ValueColumn
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.audit.chain import SERVICE
from survey_service.commands import app
from survey_service.commands.export_work import formats_of
from survey_service.database import Database, open_database
from survey_service.exports import csv_file, parquet_file, spool, statistics_files, xlsx_file
from survey_service.exports.answers import Answers
from survey_service.exports.dataset import Variable
from survey_service.exports.errors import PackageMissing, TooManyRows
from survey_service.exports.formats import Format
from survey_service.exports.writing import WaveSource, WrittenFile, write_export
from survey_service.installation import Refused
from survey_service.models import AuditEntry, Wave
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from survey_service.surveys.figures import FiguresClosed
from survey_service.tabular.harmless import harmless
from tests import exported_plan
from tests.service.world import NOW
from tests.simulated.in_database import Contents, Laid, lay_city, lay_wave
from tests.simulated.varied import varied_contents
from tests.simulated.waves import Shape, city, wave

SCHEMA = Path(__file__).parents[1] / "reference" / "ddi" / "ddi-2.5.tar.gz"
SHAPE = Shape(streets=3, communities=4, issued=14, indicators=2, missing=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidWave:
    database: Database
    laid: Laid
    wave_id: UUID

    def write(self, folder: Path, *formats: Format, **further: Any) -> tuple[WrittenFile, ...]:
        with self.database.reading.begin() as session:
            source = WaveSource(session=session, survey_id=self.laid.survey_id, wave_id=self.wave_id)
            return write_export(source, formats, folder, **further)

    def own_figures(self) -> Iterator[Estimates]:
        with self.database.reading.begin() as session:
            given = columns_and_register(session, self.laid.survey_id, self.wave_id)
        assert given.plan.calibration.margins
        found = analysis_of_wave(given, targets={})
        assert found.weights.calibrated is not None
        assert found.weights.calibrated.drawn_rows.any(), "ages were drawn"
        yield from found.raw


@pytest.fixture(scope="module")
def of(
    empty_databases: Callable[[str, pytest.FixtureRequest], str], request: pytest.FixtureRequest
) -> Iterator[LaidWave]:
    """A city with a register, ages left out, margins met."""
    yield from laid_wave(open_database(empty_databases("sqlite", request)))


def laid_wave(database: Database, contents: Contents | None = None) -> Iterator[LaidWave]:
    simulated = city(SHAPE, 11)
    with database.writing.begin() as session:
        laid = lay_city(session, simulated)
        wave_id = lay_wave(session, laid, wave(simulated, 500), "w", contents)
        for step in (surveys.begin_review, figures.open_figures):
            step(session, laid.survey_id, wave_id, at=NOW, by=SERVICE)
    yield LaidWave(database=database, laid=laid, wave_id=wave_id)
    database.dispose()


def test_analyse_gives_the_figures_of_the_wave_from_its_export(of: LaidWave, tmp_path: Path) -> None:
    of.write(tmp_path, Format.CSV)
    own, found = exported_plan.raw_figures(of.own_figures()), exported_plan.analysed(tmp_path, "w.csv")
    assert len(own) == 17 * (12 + 3 + 1)
    assert exported_plan.differing(own, found) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ddi_file_is_valid_against_its_schema(of: LaidWave, tmp_path: Path, language: str) -> None:
    with tarfile.open(SCHEMA) as packed:
        packed.extractall(tmp_path, filter="data")
    schema = etree.XMLSchema(etree.parse(tmp_path / "schemas" / "codebook.xsd"))
    of.write(tmp_path / "out", Format.DDI, texts=True, language=language)
    document = etree.parse(tmp_path / "out" / "w-ddi.xml")
    assert schema.validate(document), schema.error_log
    names = {"d": "ddi:codebook:2_5"}
    weights = document.xpath("//d:var[@wgt='wgt']/@name", namespaces=names)
    assert "weight_final" in weights
    labels = document.xpath("//d:var[@name='q1']/d:labl", namespaces=names)
    assert [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in labels] == (
        ["zh-CN", "en"] if language == "zh" else ["en", "zh-CN"]
    )
    missing = document.xpath("//d:var[@name='q1']/d:catgry[@missing='Y']/d:catValu/text()", namespaces=names)
    assert sorted(missing) == ["-5", "-6", "-7", "-8", "-9"]


@pytest.fixture(scope="module")
def varied(
    empty_databases: Callable[[str, pytest.FixtureRequest], str], request: pytest.FixtureRequest
) -> Iterator[LaidWave]:
    """No two answers alike, on and off the path, with words that CSV writes in quotes."""
    yield from laid_wave(open_database(empty_databases("sqlite", request)), varied_contents)


@pytest.fixture(scope="module")
def on_postgresql(
    empty_databases: Callable[[str, pytest.FixtureRequest], str], request: pytest.FixtureRequest
) -> Iterator[LaidWave]:
    yield from laid_wave(open_database(empty_databases("postgresql", request)), varied_contents)


class Killed(BaseException):
    """As a process that is ended: nobody cleans up."""


def test_an_export_that_was_killed_goes_on_where_it_was(
    of: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey_service.exports import cases

    monkeypatch.setattr(cases, "BLOCK", 100)
    read: list[int] = []
    real = Answers.read

    def counted(self: Answers, wanted: Any) -> Any:
        read.append(len(wanted))
        return real(self, wanted)

    monkeypatch.setattr(Answers, "read", counted)

    def kill(done: int, total: int) -> None:
        if done > total * 0.7:
            raise Killed

    with pytest.raises(Killed):
        of.write(tmp_path, Format.CSV, Format.PARQUET, progress=kill)
    before = (tmp_path / "w.csv").read_bytes()
    assert not (tmp_path / "w.parquet").exists()
    blocks = len(read)
    files = of.write(tmp_path, Format.CSV, Format.PARQUET)
    assert len(read) == blocks, "what was read and judged is not read again"
    assert (tmp_path / "w.csv").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {one.name for one in files}
    rows = pd.read_csv(tmp_path / "w.csv", dtype=str, keep_default_na=False)
    other = pd.read_parquet(tmp_path / "w.parquet")
    assert [float(one) for one in rows["weight_final"]] == other["weight_final"].tolist(), "the order is the same"


def test_killed_halfway_through_the_rows_it_reads_the_rest_only(
    of: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey_service.exports import cases

    monkeypatch.setattr(cases, "BLOCK", 100)
    whole: list[int] = []
    real = Answers.read
    monkeypatch.setattr(Answers, "read", lambda self, wanted: whole.append(len(wanted)) or real(self, wanted))

    def kill(done: int, total: int) -> None:
        if done > total / 2:
            raise Killed

    with pytest.raises(Killed):
        of.write(tmp_path, Format.CSV, progress=kill)
    assert not (tmp_path / "w.csv").exists()
    of.write(tmp_path, Format.CSV)
    answered = pd.read_csv(tmp_path / "w.csv")["answered"].sum()
    assert sum(whole) == answered, "no answer was read twice"


def test_by_column_and_one_by_one_the_same_bytes_are_written(
    varied: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer judged by itself, as the judge of a form does, and every text written by the module ``csv``."""
    monkeypatch.setattr(spool.secrets, "randbits", lambda bits: 7)
    by_column = {one.name: one.sha256 for one in varied.write(tmp_path / "a", Format.CSV, Format.PARQUET, texts=True)}

    def one_by_one(self: ColumnJudge, answers: Sequence[Mapping[str, object]]) -> Mapping[str, ValueColumn]:
        check = judge(varied.laid.questionnaire).check
        found = [check(one, Policy.IMPORT).values for one in answers]
        return {
            name: ValueColumn(list(range(len(found))), [one[name] for one in found])
            for name in judge(varied.laid.questionnaire).variables
        }

    monkeypatch.setattr(ColumnJudge, "values", one_by_one)
    monkeypatch.setattr(csv_file, "_fields", cells_one_by_one)
    again = {one.name: one.sha256 for one in varied.write(tmp_path / "b", Format.CSV, Format.PARQUET, texts=True)}
    assert again == by_column


def test_both_databases_give_the_same_bytes(
    varied: LaidWave, on_postgresql: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids and stages are taken as texts, which each database writes in its own way."""
    monkeypatch.setattr(spool.secrets, "randbits", lambda bits: 7)
    one, other = (
        {file.name: file.sha256 for file in of.write(tmp_path / name, Format.CSV, Format.PARQUET)}
        for name, of in (("sqlite", varied), ("postgresql", on_postgresql))
    )
    assert one == other


def cells_one_by_one(block: pd.DataFrame, variable: Variable) -> list[str]:
    found = []
    for one in block[variable.name].tolist():
        text = StringIO()
        said = str(harmless(one)) if isinstance(one, str) else csv_file.number_text(one)
        csv.writer(text, lineterminator="\r\n").writerow([said, ""])
        found.append(text.getvalue().removesuffix(",\r\n"))
    return found


def test_a_wave_too_large_for_one_file_becomes_one_a_street(
    of: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_files, "AT_ONCE", 100)
    files = {one.name: one.rows for one in of.write(tmp_path, Format.CSV, Format.SAV)}
    rows = pd.read_csv(tmp_path / "w.csv", dtype={"street": str})
    streets = rows["street"].value_counts().to_dict()
    assert len(streets) == 3
    assert {f"w-{street}.sav": count for street, count in streets.items()} == {
        name: count for name, count in files.items() if name.endswith(".sav")
    }
    parts = [pyreadstat.read_sav(tmp_path / f"w-{street}.sav")[0] for street in streets]
    assert sorted(row for part in parts for row in part["row"]) == sorted(rows["row"])


def test_what_does_not_fit_is_refused_before_anything_is_written(
    of: LaidWave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 100)
    with pytest.raises(TooManyRows, match="100"):
        of.write(tmp_path, Format.CSV, Format.XLSX)
    monkeypatch.setattr(parquet_file, "find_spec", lambda _: None)
    with pytest.raises(PackageMissing, match=r"survey-service\[parquet\]"):
        of.write(tmp_path, Format.CSV, Format.PARQUET)
    assert not list(tmp_path.iterdir())


def test_nothing_is_exported_before_the_figures_are_opened(of: LaidWave, tmp_path: Path) -> None:
    with of.database.reading.begin() as session:
        opened = session.scalars(select(Wave.figures_opened_at)).one()
    with of.database.writing.begin() as session:
        session.execute(update(Wave).values(figures_opened_at=None))
    try:
        with pytest.raises(FiguresClosed):
            of.write(tmp_path, Format.CSV)
    finally:
        with of.database.writing.begin() as session:
            session.execute(update(Wave).values(figures_opened_at=opened))
    assert not list(tmp_path.iterdir())


def test_the_command_writes_and_leaves_two_entries(of: LaidWave, tmp_path: Path) -> None:
    arguments = ["export", "w", "--database", of.database.url, "--data-dir", str(tmp_path / "data")]
    done = CliRunner().invoke(app, [*arguments, "--format", "csv,ddi", "--out", str(tmp_path / "out"), "--texts"])
    assert done.exit_code == 0, done.output
    assert f"{tmp_path / 'out' / 'w.csv'}: 672 rows" in done.stdout.replace("\n", "")
    with of.database.reading.begin() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(2)).all()
        made, asked = (json.loads(json.dumps(one.detail)) for one in entries)
    assert (asked["formats"], asked["texts"], asked["by"]) == (["csv", "ddi"], True, "command")
    assert {one["name"] for one in made["files"]} == {path.name for path in (tmp_path / "out").iterdir()}
    assert CliRunner().invoke(app, [*arguments, "--out", str(tmp_path), "--survey", "none"]).exit_code == 1
    with pytest.raises(Refused, match="spss"):
        formats_of("csv,spss")
