"""A wave made to provoke what reports used to say of any: no adults in the frame, no outcome recorded, few answers.

From the rows to the words of the printed PDFs, in both languages.
"""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from reports.fonts import TypeSettings
from reports.pdf import area_pdf, community_pdf
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Case, Mode
from survey_service.releases import service as releases
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.test_estimates import answer
from tests.service.world import NOW, World

NEVER = {
    "zh": (
        "含户内成人数",
        "重新算出",
        "样本不足",
        "合乎目标",
        "没有一个社区",
        "e = ",
        "应答率 ",
        "AAPOR",
        "评价最低",
        "达标。",
        "不予公布",
    ),
    "en": (
        "adults in the household included",
        "recomputed",
        "too small",
        "none reached",
        "e = ",
        "AAPOR",
        "lowest-rated",
        "1 communities",
        "1 streets",
        "esponse rate 3",
    ),
}
ALWAYS = {
    "zh": ("33.3%", "权数是户的权数", "未登记结果", "不单独公布", "为保护受访人，或因把握不够", "未做人口校准"),
    "en": ("33.3%", "weights of households", "was not recorded", "protect respondents, or too uncertain"),
}
SIGNATURES = releases.Signatures(prepared_by="甲", reviewed_by="乙", signed_by="丙")


@pytest.fixture
def backend() -> str:
    """The words are the same on both databases; what must hold on both stands in test_opening_figures."""
    return "sqlite"


@pytest.fixture
def provoking(database: Database, world: World, settings: Settings) -> World:
    """Two of six answer in each community; of the others nothing is noted; the frame has no adults."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        for case in session.scalars(select(Case)):
            case.stages = [stage for stage in case.stages if stage["variance"]]
            case.inclusion_probability = 0.1
        for case_number in (0, 3, 6, 9):
            answers = {"know": "1", "overall": "1", "age": "44"}
            answer(session, world, keys, case=case_number, mode=Mode.WEB_INVITED, answers=answers)
        for step in (surveys.close_wave, surveys.begin_review, figures.open_figures):
            step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    return world


def test_the_printed_pages_claim_nothing_that_the_rows_do_not_say(
    database: Database, provoking: World, settings: Settings, type_settings: TypeSettings
) -> None:
    with database.writing.begin() as session:
        prepared = releases.prepare(session, provoking.survey_id, provoking.wave_id)
        made = releases.release_wave(session, prepared, SIGNATURES, settings=settings, at=NOW, by=SERVICE).id
    with database.reading.begin() as session:
        found = releases.release_summaries(session, provoking.survey_id, made, settings)
    for language in ("zh", "en"):
        code, community = next(iter(found.communities.items()))
        pdfs = {
            code: community_pdf(community, language, type_settings),
            "city": area_pdf(found.city, language, type_settings),
        }
        for code, pdf in pdfs.items():
            pages = PdfReader(BytesIO(pdf)).pages
            words = " ".join("".join(page.extract_text() for page in pages).split()).replace("\u00a0", " ")
            close = words.replace(" ", "")
            for claim in NEVER[language]:
                assert claim not in words, (code, claim)
            for claim in ALWAYS[language]:
                assert claim.replace(" ", "") in close, (code, claim)
            # How many answered stands there, hidden figures or not: two in each community.
            count = 2 if code in found.communities else 4
            assert (f"有效答卷{count}人，" if language == "zh" else f"{count}peopleanswered,") in close, code
