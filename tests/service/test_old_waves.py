"""A wave of the first tables, asked with the questionnaire that shipped then: it means today what it meant.

Its rows come as their database held them (tests/golden/releases), with the figures and the words of the PDFs that the
software of that day made of them. Words of a report have become plainer since; no figure of it is another one.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from analysis.results import Estimate
from questionnaires.canonical import canonical_bytes
from reports.content import CommunitySummary
from survey_service.analyses.service import analyse_wave
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.audit.chain import chains, verify
from survey_service.captures.content import answers_of
from survey_service.database import Database
from survey_service.models import Capture, QuestionnaireVersion, Release, Wave
from survey_service.releases import documents, recomputing, service
from survey_service.settings import Settings
from survey_service.surveys import definitions
from tests.service import kept_releases

NAME = "tables_1"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return kept_releases.read(NAME)


@pytest.fixture
def old(backend: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    with kept_releases.laid(NAME, backend, request) as database:
        yield database


@pytest.mark.both_databases
def test_its_questionnaire_and_its_answers_are_the_same_bytes(old: Database, kept: dict[str, Any]) -> None:
    [version], captures = kept["tables"]["questionnaire_version"], kept["tables"]["capture"]
    with old.reading.begin() as session:
        stored = session.scalars(select(QuestionnaireVersion)).one()
        asked = definitions.frozen(session, stored.survey_id, stored.id)
        assert canonical_bytes(asked).decode() == stored.definition == version["definition"]
        held = {str(one.id): one for one in session.scalars(select(Capture))}
        assert {id: one.content_sha256 for id, one in held.items()} == {
            one["id"]: one["content_sha256"] for one in captures
        }
        assert all(answers_of(one) for one in held.values())
        assert sum(verify(session, chain) for chain in chains(session)) == len(kept["tables"]["audit_entry"])


@pytest.mark.both_databases
def test_its_figures_come_out_the_same(old: Database, kept: dict[str, Any]) -> None:
    with old.reading.begin() as session:
        release, wave = session.scalars(select(Release)).one(), session.scalars(select(Wave)).one()
        found = recomputing.recompute(session, release, wave)
        assert (found.same, found.differing, found.rows_same, found.erased) == (True, 0, True, 0)
        columns = columns_of_wave(session, wave.survey_id, wave.id)
        plan = recomputing.plan_of(release)
        assert columns.snapshot_sha256 == release.snapshot_sha256
    now: dict[tuple[Any, str], Estimate] = {
        (one.domain, one.variable): one for table in analyse_wave(columns, plan).raw for one in table.estimates
    }
    assert len(kept["raw"]) == len(now) == 85  # seventeen indicators, five areas
    for domain, variable, value, error, size in kept["raw"]:
        one = now[tuple(domain.items()), variable]
        figures = [value, error, size]
        assert [one.value, one.standard_error, one.sample_size] == pytest.approx(figures, nan_ok=True), variable


FIGURE = re.compile(r"\d+\.\d+%?|\d+%|n = \d+|(?<=第)\d+|\d+(?=户|份|人)")
AXIS = {"110101000002": ["0.2", "1.20", "0.6"], "110101000003": ["0.2", "1.20", "0.6"]}
"""Ticks of a chart with nothing in it, by area: no such chart is drawn any more."""

LEVEL = "95%"
"""The level of every interval is no figure of the wave: said as often as a sheet has something to say it of."""


def told_no_more(summary: CommunitySummary) -> Counter[str]:
    """What the sheet of a community printed then, and no more by decision 0224.

    Who was asked is told in two sentences, without the lowest response rate, the valid of those drawn and the design
    effect. Targets stand on the cards and in the comparison, no more behind what a rate means; and on no card where
    nothing of the community is published alone, for there are none.
    """
    rates, effect = summary.sample.rates, summary.sample.kish_design_effect
    assert rates.rr1 is not None
    assert effect is not None
    asked = [f"{rates.rr1:.1%}", f"{rates.valid / rates.sampled:.1%}", f"{effect:.2f}"]
    targets = [one.target.value for one in summary.indicators if one.headline and one.target is not None]
    [own] = [row for row in summary.table.rows if row.domain == summary.place.domain]
    without = all(cell.suppression is not None for cell in own.cells)
    return Counter([*asked, *(f"{one:.0%}" for one in targets), *(f"{one:.1%}" for one in targets if without)])


def figures_in(text: str) -> Counter[str]:
    return Counter(FIGURE.findall(re.sub(r"\s+", " ", text)))


@pytest.mark.parametrize("area", ["110101000002", pytest.param(None, marks=pytest.mark.soak)])
def test_its_documents_have_every_figure_that_was_printed(
    old: Database, kept: dict[str, Any], settings: Settings, area: str | None
) -> None:
    with old.reading.begin() as session:
        release = session.scalars(select(Release)).one()
        summaries = service.release_summaries(session, release.survey_id, release.id, settings)
        number = release.number
    printed = 0
    for wanted in documents.wanted(summaries, {"zh": None if area is None else [area]}):
        pages = pypdf.PdfReader(io.BytesIO(documents.pdf(wanted, settings))).pages
        then = figures_in(kept["texts"][f"{wanted.code} zh"])
        then.subtract(AXIS.get(wanted.code, ()))
        text = "\n".join(page.extract_text() for page in pages)
        now = figures_in(text)
        assert now[LEVEL] > 1
        del then[LEVEL]
        community = summaries.communities.get(wanted.code)
        left_out = Counter[str]() if community is None else told_no_more(community)
        assert +(then - now) == left_out, f"{wanted.code}: printed then, and no more"
        assert community is None or text.count("目标 100\n") == left_out["100%"] == 2
        assert number in text
        printed += 1
    assert printed == (5 if area is None else 1)
