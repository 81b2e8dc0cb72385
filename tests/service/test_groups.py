"""Groups of the city against everybody else: on the statistician's page, in the release, and no more than is shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.case_columns import Labels
from analysis.plan import Group
from analysis.published_groups import published_groups
from analysis.results import Coding, GroupVerdict, PublishableRow, PublishedGroups, Suppression
from reports.story import area_story
from survey_service.analyses.city_groups import groups_of_city
from survey_service.analyses.wave_analysis import WaveToAnalyse, columns_and_register
from survey_service.api.group_schemas import groups as api_groups
from survey_service.database import Database
from survey_service.models import Release
from survey_service.releases import service as releases
from survey_service.releases.canonical_estimates import estimates_text
from survey_service.settings import Settings
from tests.service import group_claims
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import EACH, first
from tests.service.test_every_outcome import NOW
from tests.service.test_releases import reviewed
from tests.service.world import World

__all__ = ["first", "reviewed"]
OLD, YOUNG = "60+", "18-59"


@pytest.fixture
def grouped(first: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Twelve of 26 old people know, 32 of 34 young ones; men and women answer alike."""

    def given(session: Session, survey_id: UUID, wave_id: UUID, folder: Path | None = None) -> WaveToAnalyse:
        found = columns_and_register(session, survey_id, wave_id, folder)
        places = np.arange(2 * EACH) % EACH
        groups = {
            "age": Labels.of([OLD if 16 <= place < 29 else YOUNG for place in places]),
            "sex": Labels.of([("female", "male")[place % 2] for place in places]),
        }
        wave = replace(found.wave, columns=replace(found.wave.columns, groups=groups))
        return replace(found, wave=wave, plan=replace(found.plan, groups=(Group.AGE, Group.SEX)))

    monkeypatch.setattr(releases, "columns_and_register", given)
    return first


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_group_that_differs_is_told_with_its_interval(client: TestClient, grouped: World) -> None:
    sign_in(client, "statistician")
    address = f"/surveys/{grouped.survey_key}/waves/{grouped.wave_key}/estimates?indicator=awareness"
    page = words(get(client, address))
    part = page[page.index("各人群") : page.index("只看全市")]
    assert re.search(r"60 岁以上 46 .*低 48（−\d+ … −\d+）", part), part
    assert re.search(r"18–59 岁 94 .*高 48（\d+–\d+）", part), part
    assert "各组合起来看有差别（p &lt; 0.001）" in part
    assert "各组合起来看没有查出差别（p = " in part  # men and women


def test_a_release_keeps_what_may_be_told_and_older_ones_their_bytes(database: Database, grouped: World) -> None:
    with database.reading.begin() as session:
        estimates = releases.prepare(session, grouped.survey_id, grouped.wave_id).estimates
        signed = session.scalars(select(Release.estimates)).one()
    assert "groups" not in json.loads(signed)  # it was signed by a plan without groups
    kept = json.loads(estimates_text(estimates))["groups"]
    [old] = [one for one in kept["contrasts"] if one["variable"] == "awareness" and one["domain"] == [["age", OLD]]]
    city = estimates.table
    shown = [city.row((("age", label),)).cell("awareness").value or 0.0 for label in (OLD, YOUNG)]
    assert old["verdict"] == GroupVerdict.LOWER.value
    assert old["difference"] == pytest.approx(shown[0] - shown[1], abs=0.011)  # of two groups the rest is the other
    told = api_groups(kept)  # to programs, as it is kept
    assert len(told.contrasts) == len(kept["contrasts"]) > 0
    [same] = [one for one in told.contrasts if (one.variable, one.by, one.group) == ("awareness", "age", OLD)]
    assert (same.verdict, same.difference, same.low, same.high) == tuple(
        old[name] for name in ("verdict", "difference", "low", "high")
    )
    assert {(one.by, one.p_value) for one in told.equalities} >= {("age", 0.0)}
    plain = replace(estimates, groups=PublishedGroups())
    assert "groups" not in json.loads(estimates_text(plain))


@pytest.mark.parametrize("how", ["hidden", "coded", "left out"])
def test_where_a_group_is_not_shown_none_of_its_kind_is_compared(database: Database, grouped: World, how: str) -> None:
    with database.reading.begin() as session:
        estimates = releases.prepare(session, grouped.survey_id, grouped.wave_id).estimates
    domain = (("age", OLD),)

    def without(row: PublishableRow) -> PublishableRow:
        if row.domain != domain:
            return row
        if how == "coded":
            return replace(row, cells=tuple(replace(cell, coded=Coding.AT_LEAST) for cell in row.cells))
        gone = [replace(cell, suppression=Suppression.NOT_PUBLISHED, value=None) for cell in row.cells]
        return replace(row, cells=tuple(gone))

    rows = tuple(without(row) for row in estimates.table.rows if how != "left out" or row.domain != domain)
    told = published_groups(estimates.analysis.groups, replace(estimates.table, rows=rows))
    assert {one.domain[0][0] for one in told.contrasts} == {"sex"}
    assert {one.by for one in told.equalities} == {"sex"}


def test_the_city_sheet_is_given_its_groups(database: Database, grouped: World) -> None:
    with database.reading.begin() as session:
        estimates = releases.prepare(session, grouped.survey_id, grouped.wave_id).estimates
    found = groups_of_city(estimates)
    assert found is not None
    assert [one.name.zh for one in found.groups] == ["18–59 岁", "60 岁以上", "女", "男"]
    assert found.told.of((("age", OLD),), "awareness") is not None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_city_sheet_says_of_groups_follows_from_the_release(
    database: Database, grouped: World, settings: Settings, language: str
) -> None:
    with database.reading.begin() as session:
        prepared = releases.prepare(session, grouped.survey_id, grouped.wave_id)
        text = estimates_text(prepared.estimates)
        written = releases.proof(session, prepared, ("", "", ""), settings, at=NOW)
    city = written.city
    assert city.groups is not None
    names: dict[str, tuple[str, dict[str, str]]] = {}
    for one in city.groups.groups:
        [(by, label)] = one.domain
        names.setdefault(by, (one.kind.in_language(language), {}))[1][label] = one.name.in_language(language)
    rates = {one.id: one.name.in_language(language) for one in city.indicators if one.headline}
    story = area_story(city, language)
    claims = group_claims.expected(text, rates, names, language)
    assert group_claims.said(story, names) == claims
    assert any({"zh": "18–59 岁高 48", "en": "18–59 higher by 48"}[language] in one for one in claims)
    assert any(group_claims.NONE[language] in one for one in claims)  # men and women
    for street in written.streets.values():
        assert group_claims.said(area_story(street, language), names) == []
