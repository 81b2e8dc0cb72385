"""Doors come in with the list that a sample is drawn from: the drawn ones alone, sealed, and never a name."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.database import Database
from survey_service.models import AuditEntry, Case, CaseDoor, ReserveCase, Wave, WaveSeal
from survey_service.sealed.doors import open_doors, places
from survey_service.sealed.keys import WaveKeys
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import household_doors
from survey_service.uploads.records import Record
from tests.service.signed_in import csrf, get
from tests.service.test_drawing_pages import bring, confirm, here
from tests.service.world import NOW

__all__ = ["here"]  # a fixture


def a_list(heads: str = "门牌", *, door: str = "仁和里{one}号") -> str:
    rows = [f"户编号,社区,网格,户主姓名,{heads},联系电话"]
    rows += [
        f"{grid}-{one:03d},万寿桥社区,桥-{grid},张三,{door.format(one=one)},010-6655"
        for grid in (1, 2)
        for one in range(40)
    ]
    return "\n".join(rows)


def seal_of(session: Session, settings: Settings) -> tuple[Wave, dict[str, str]]:
    wave = session.scalars(select(Wave)).one()
    keys = WaveKeys(settings, KeyRing(settings.secret_key.get_secret_value()))
    return wave, open_doors(session, wave, keys.opened(session, wave, at=NOW))


@pytest.mark.both_databases
def test_drawn_doors_are_sealed_in_the_order_of_walking_and_the_others_are_not_kept(
    client: TestClient,
    here: str,
    database: Database,
    settings: Settings,
) -> None:
    address = f"{here}/cases/draw"
    looked = bring(client, address, a_list(), size="20").text
    assert "门牌封存" in looked
    assert "像是姓名或号码：不读、不存" in looked
    options = re.search(r'<select id="door_column".*?</select>', looked, re.DOTALL)
    assert options
    assert "户主姓名" not in options[0]
    assert "联系电话" not in options[0]
    assert "同一个社区里写了不止一次的门牌：40 个" in looked  # both grids have the same forty
    assert confirm(client, address, looked).status_code == 303
    with database.reading.begin() as session:
        numbers = {*session.scalars(select(Case.number)), *session.scalars(select(ReserveCase.number))}
        rows = session.scalars(select(CaseDoor)).all()
        assert {row.number for row in rows} == numbers
        assert 20 < len(numbers) < 80
        assert all("仁和里".encode() not in (row.sealed or b"") for row in rows)
        wave, doors = seal_of(session, settings)
        walk = places(session, wave)
        assert all(doors[number] == f"仁和里{place % 40}号" for number, place in walk.items())
        main = list(session.scalars(select(Case.number).order_by(Case.number)))
        assert [walk[number] for number in main] == sorted(walk[number] for number in main)
        log = " ".join(f"{one.action} {one.detail}" for one in session.scalars(select(AuditEntry)))
        assert "仁和里" not in log
    client.post(f"{here}/cases/clear", data={"csrf": csrf(get(client, f"{here}/cases"))})
    with database.reading.begin() as session:
        assert not session.scalars(select(CaseDoor.number)).all()
        assert session.scalars(select(WaveSeal)).one().destroyed_at is None


def test_the_column_is_chosen_at_the_look_and_looked_at_again(
    client: TestClient,
    here: str,
    database: Database,
    settings: Settings,
) -> None:
    address = f"{here}/cases/draw"
    looked = bring(client, address, a_list("房屋坐落"), size="20").text
    assert "没有门牌，信函上只有编号" in looked
    sent = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', looked)}
    packed = re.findall(r'name="packed" value="([^"]+)"', looked)
    asked = {**sent, "packed": packed, "csrf": csrf(looked), "door_column": "房屋坐落", "again": "yes"}
    again = client.post(address, data=asked).text
    assert "门牌封存" in again
    with database.reading.begin() as session:
        assert not session.scalars(select(Case.id)).all()  # looked at, not stored
    seen = re.findall(r'name="seen" value="([^"]*)"', again)[0]
    stored = {**asked, "seen": seen, "csrf": csrf(again), "again": ""}
    assert client.post(address, data=stored, follow_redirects=False).status_code == 303
    with database.reading.begin() as session:
        _, doors = seal_of(session, settings)
        assert set(doors.values()) <= {f"仁和里{one}号" for one in range(40)}


@pytest.mark.parametrize(
    ("heads", "door", "told"),
    [
        ("门牌", "仁和里{one}号 13900007777", "门牌里有手机号"),
        ("门牌", "11010119900307{one:03d}5 仁和里", "门牌里有身份证号"),
        ("门牌", "欧阳春花", "这一列像是姓名，不是门牌"),
        ("门牌", "路" * 90, "门牌太长"),
    ],
)
def test_what_is_no_door_is_told_by_its_cell_and_not_repeated(
    client: TestClient,
    here: str,
    heads: str,
    door: str,
    told: str,
) -> None:
    looked = bring(client, f"{here}/cases/draw", a_list(heads, door=door), size="20")
    assert looked.status_code == 422
    assert told in looked.text
    assert "13900007777" not in looked.text
    assert "欧阳春花" not in looked.text


@pytest.mark.parametrize(
    ("cells", "door"),
    [
        ({"door": "仁和里88号"}, "仁和里88号"),
        ({"door": "仁和里88号", "building": "3", "entrance": "2", "room": "501"}, "仁和里88号3号楼2单元501室"),
        ({"building": "甲", "room": "B1201"}, "甲号楼B1201室"),
        ({"building": "12栋", "entrance": "一单元", "room": "602室"}, "12栋一单元602室"),
        ({"door": "  胜利路   3 号  "}, "胜利路 3 号"),
        ({}, ""),
    ],
)
def test_a_door_is_put_together(cells: dict[str, str], door: str) -> None:
    assert household_doors.door_of(Record(2, cells, {})) == door


def test_an_estate_beside_columns_of_building_and_flat_is_no_name() -> None:
    rows = [Record(2, {"door": "万科城", "building": "3", "room": "501"}, {"door": "小区"})] * 3
    assert household_doors.judge_column(rows, [household_doors.door_of(one) for one in rows]) == []
    alone = [Record(2, {"door": "欧阳春花"}, {"door": "地址"})]
    assert household_doors.judge_column(alone, ["欧阳春花"])
