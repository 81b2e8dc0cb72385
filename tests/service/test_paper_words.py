"""Names of the wave on paper: each community reads its own, and its scans are compared with its own print."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import pypdf
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.commands.read_scans_editions import Editions
from survey_service.database import Database
from survey_service.models import Area, PaperEdition, PaperForm, Wave
from survey_service.paper import serials, service
from survey_service.paper.printing import print_batch
from tests.browser.resident_world import open_wave_of
from tests.service.world import NOW, World
from tests.spec.questionnaires.examples import NOTICE, loaded

SAID = f"""\
key: said
version: "1"
title: {{zh: 住得怎么样, en: Where you live}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - id: q1
        type: single_choice
        text: {{zh: "您在{{city}}{{community}}住得好吗？", en: "Do you live well in {{community}}, {{city}}?"}}
        options:
          - {{code: "1", label: {{zh: 好, en: Well}}}}
          - {{code: "2", label: {{zh: "不好，{{community|这里}}不行", en: "Not in {{community|this place}}"}}}}
      - {{id: q2, type: short_text, text: {{zh: "您说{{q1}}，为什么？", en: "You say {{q1}}: why?"}}}}
      - {{id: thanks, type: note, text: {{zh: "{{wave}}谢谢您。", en: "Thank you for {{wave}}."}}}}
"""


def test_each_community_reads_its_own_name(
    client: TestClient, database: Database, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = cast(FastAPI, client.app).state.services
    wave_of = open_wave_of(database, services.keys, world, loaded(tmp_path, SAID))
    run = service.PrintRun(area_ids=world.community_ids[:2], sampled=False, size=1, languages="zh")
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (wave_of.survey_id, wave_of.wave_id))
        made = [one.id for one in service.make_batches(session, wave, run, at=NOW, by=SERVICE)]
    texts = []
    for batch_id in made:
        pages = pypdf.PdfReader(io.BytesIO(print_batch(services, wave_of.survey_id, batch_id))).pages
        texts.append("".join(page.extract_text() for page in pages[2:]).replace(" ", "").replace("\n", ""))
    with database.reading.begin() as session:
        names = [session.get_one(Area, area_id).name_zh for area_id in world.community_ids[:2]]
        city = session.get_one(Area, world.city_id).name_zh
        told = session.get_one(Wave, (wave_of.survey_id, wave_of.wave_id)).name_zh
        editions = list(session.scalars(select(PaperEdition.sha256).where(PaperEdition.survey_id == wave_of.survey_id)))
        serial_of = dict(
            session.execute(select(PaperForm.batch_id, PaperForm.serial).where(PaperForm.batch_id.in_(made))).all()
        )
        session.expunge_all()
    for text, name, other in zip(texts, names, reversed(names), strict=True):
        assert f"您在{city}{name}住得好吗" in text
        assert f"不好，{name}不行" in text
        assert f"{told.replace(' ', '')}谢谢您" in text
        assert "您说＿＿＿＿，为什么" in text
        assert f"{city}{other}" not in text
        assert "本社区" not in text
    assert len(set(editions)) == 2, "a scan is compared with what its own community was given"
    # Where the PDF is lost the same form is drawn once more, with the same names.
    monkeypatch.setattr(Editions, "_stored", lambda *_: ())
    found = Editions(database, services.settings, wave_of.survey_id, serials.survey_mark(wave_of.survey_id))
    for edition in editions:
        code = serials.PageCode(
            survey=serials.survey_mark(wave_of.survey_id),
            serial=next(iter(serial_of.values())),
            page=1,
            version=edition[:8],
            languages="zh",
        )
        read = found(code)
        assert read is not None
        assert read.prints
