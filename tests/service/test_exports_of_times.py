"""A time of the day is a time in the program that opens the file: it sorts, and hours can be taken of it."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.loader import load
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.models import Mode, ResponseState, Source
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.exported_wave import written
from tests.service.world import NOW, build

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
QUESTION = """      - {id: opens, type: time, text: {zh: 几点开门？, en: When does it open?}}
      - id: age
"""
SAID = ("08:30", "19:05", None)  # the third was asked and left it blank; the others of the wave did not answer
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def folder(database: Database, settings: Settings, tmp_path: Path) -> Path:
    definition = tmp_path / "timed.yaml"
    definition.write_text(SMALL.replace("      - id: age\n", QUESTION, 1), encoding="utf-8")
    keys, asked = KeyRing(settings.secret_key.get_secret_value()), load(definition)
    world = build(database, keys, asked)
    with database.writing.begin() as session:
        for place, said in enumerate(SAID):
            given = {"know": "2", "overall": "1", **({"opens": said} if said else {})}
            incoming = IncomingCapture(
                survey_id=world.survey_id,
                wave_id=world.wave_id,
                area_id=world.community_ids[0],
                case_id=world.case_ids[place],
                mode=Mode.WEB_INVITED,
                source=Source.WEB,
                client_id=f"a-device-of-{place}",
                questionnaire_version_id=world.version_id,
                checked=check_answers(asked, given, Policy.WEB),
                state=ResponseState.COMPLETE,
                at=NOW,
                by=RESIDENT,
            )
            record(session, incoming, keys=keys)
        for step in (surveys.close_wave, surveys.begin_review, figures.open_figures):
            step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    out = tmp_path / "out"
    out.mkdir()
    written(database, world, out, *Format)
    return out


def test_a_time_is_a_time_in_every_format(folder: Path) -> None:
    expected = [time(8, 30), time(19, 5)]

    def file(end: str) -> Path:
        [found] = [one for one in folder.iterdir() if one.name.endswith(end)]
        return found

    sav, about = pyreadstat.read_sav(file(".sav"))
    assert sorted(sav["opens"].dropna()) == expected
    assert about.original_variable_types["opens"] == "TIME5"
    dta, about = pyreadstat.read_dta(file(".dta"))
    assert sorted(dta["opens"].dropna()) == expected
    assert about.original_variable_types["opens"].startswith("%tc")
    assert sorted(filter(None, pq.read_table(file(".parquet")).column("opens").to_pylist())) == expected
    sheet = openpyxl.load_workbook(file(".xlsx"))["数据"]
    place = [cell.value for cell in sheet[1]].index("opens")
    cells = [line[place] for line in sheet.iter_rows(min_row=2)]
    assert sorted(cell.value for cell in cells if cell.value is not None) == expected
    assert {cell.number_format for cell in cells if cell.value is not None} == {"hh:mm"}
    plain = pd.read_csv(file(".csv"), dtype=str, keep_default_na=False)
    assert sorted(filter(None, plain["opens"])) == list(filter(None, SAID))
