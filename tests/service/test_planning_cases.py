"""The sample of a wave from the drawn list, and what is printed from it: whole or not at all, codes that lead home."""

from __future__ import annotations

import csv
import io
import math
import random
import re
from typing import Any

import pypdf
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from survey_service.database import Database
from survey_service.models import AccessCode, AuditEntry, Case, CaseDoor, Mode
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys.codes import find
from survey_service.surveys.short_code import in_threes, with_check
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_planning_waves import HEADER, Q4, WAVE, send
from tests.service.world import World

COMMUNITY = "110101001001"
HEADS = [
    "case",
    "issued",
    "community",
    "grid",
    "unit",
    "stratum",
    "psu",
    "replicate",
    "substitute_for",
    "stage_1_unit",
    "stage_1_population",
    "stage_1_sampled",
    "stage_1_probability",
    "inclusion_probability",
    "household_weight",
    "adults",
    "first_mode",
]


@pytest.fixture
def draft(client: TestClient, world: World) -> str:
    """A draft wave that asks sampled households by letter and paper, and open codes; its address."""
    sign_in(client, "manager")
    modes = ["web_invited", "paper", "web_open"]
    made = send(
        client,
        "/surveys/satisfaction/waves",
        {
            **WAVE,
            **HEADER,
            "version": str(world.version_id),
            "modes": modes,
        },
    )
    assert made.status_code == 303, made.text
    return Q4


@pytest.fixture
def codes(database: Database, world: World) -> list[str]:
    from survey_service.models import Area

    with database.reading.begin() as session:
        return [session.get_one(Area, one).code for one in world.community_ids]


def row(number: int, code: str, **changes: Any) -> dict[str, Any]:
    return {
        "case": f"{code}-{number:04d}",
        "issued": 1,
        "community": code,
        "grid": "1",
        "unit": f"户{number}",
        "stratum": f"{code}/1",
        "psu": f"户{number}",
        "replicate": 0,
        "substitute_for": "",
        "stage_1_unit": f"户{number}",
        "stage_1_population": 20,
        "stage_1_sampled": 4,
        "stage_1_probability": 0.2,
        "inclusion_probability": 0.2,
        "household_weight": 5,
        "adults": 2,
        "first_mode": "web_invited",
        **changes,
    }


def sheet(rows: list[dict[str, Any]], heads: list[str] = HEADS) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, heads, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def look(client: TestClient, content: bytes, name: str = "cases.csv") -> Response:
    return client.post(
        f"{Q4}/cases", data={"csrf": csrf(get(client, "/account"))}, files={"file": (name, content)}, headers=HTML
    )


def load(client: TestClient, content: bytes, name: str = "cases.csv") -> Response:
    """Looked at and then loaded; where the file has problems, the page that names them."""
    shown = look(client, content, name)
    return post(client, f"{Q4}/cases", hidden(shown.text)) if shown.status_code == 200 else shown


def hidden(page: str) -> dict[str, str]:
    """What the page carries from the look to the step."""
    fields = re.findall(r'name="(packed|name|seen)" value="([^"]+)"', page)
    assert len(fields) == 3, page
    return dict(fields)


def cases(database: Database) -> list[Case]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(Case).where(Case.number.like("%-000_")).order_by(Case.number)))
        session.expunge_all()
        return found


def actions(database: Database) -> list[tuple[str, Any]]:
    with database.reading.begin() as session:
        wanted = ("cases.loaded", "cases.taken_out", "posters.printed", "letters.printed")
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.in_(wanted)).order_by(AuditEntry.at))
        return [(one.action, one.detail) for one in rows]


def test_a_drawn_list_brings_its_doors_too(
    client: TestClient, draft: str, codes: list[str], database: Database
) -> None:
    heads = [*HEADS, "门牌", "室"]
    rows = [{**row(one, codes[0]), "门牌": "仁和里", "室": f"10{one}"} for one in (1, 2)]
    told = look(client, sheet([{**rows[0], "室": "101 13900007777"}], heads))
    assert told.status_code == 422
    assert "门牌里有手机号" in told.text
    assert "13900007777" not in told.text
    assert "门牌封存" in look(client, sheet(rows, heads)).text
    assert load(client, sheet(rows, heads)).status_code == 303
    with database.reading.begin() as session:
        kept = session.scalars(select(CaseDoor).order_by(CaseDoor.place)).all()
        assert [one.number for one in kept] == [case.number for case in cases(database)]
        assert all(one.sealed and "仁和里".encode() not in one.sealed for one in kept)


def test_the_drawn_list_is_loaded_with_the_probability_of_every_stage(
    client: TestClient, draft: str, codes: list[str], database: Database
) -> None:
    assert "还没有样本" in get(client, f"{draft}/cases")
    rows = [row(1, codes[0]), row(2, codes[0], adults=1, first_mode="paper"), row(3, codes[1], adults=3)]
    reserve = row(4, codes[1], issued=0, replicate=1, inclusion_probability="", household_weight="")
    assert load(client, sheet([*rows, reserve])).headers["location"] == f"{draft}/cases"
    first, second, third = cases(database)
    assert [one.inclusion_probability for one in (first, second, third)] == pytest.approx([0.1, 0.2, 0.2 / 3])
    assert (first.stratum, first.psu, first.first_mode) == (f"{codes[0]}/1", "户1", Mode.WEB_INVITED)
    assert second.first_mode is Mode.PAPER
    assert first.stages == [
        {"unit": "户1", "population": 20, "sampled": 4, "probability": 0.2, "variance": True},
        {"unit": "adult", "population": 2, "sampled": 1, "probability": 0.5, "variance": False},
    ]
    page = get(client, f"{draft}/cases")
    assert "共 3 户" in page
    assert "另有备用 1 个" in page
    [(action, detail)] = actions(database)
    assert (action, detail["cases"], detail["reserves"]) == ("cases.loaded", 3, 1)
    # A second list does not slip in beside the first.
    assert load(client, sheet(rows)).status_code == 422
    assert "已经有样本" in load(client, sheet(rows)).text
    assert len(cases(database)) == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_second_tab_is_told_of_the_sample_whatever_file_it_sends(
    client: TestClient, draft: str, codes: list[str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(client, sheet([row(1, codes[0])]))
    refused = look(client, b"PK\x03\x04 broken", "cases.xlsx")
    assert refused.status_code == 422
    assert "已经有样本" in refused.text
    # Where the other tab is faster than the check, the problems of the file stand above its sample.
    monkeypatch.setattr("survey_service.surveys.case_pages.refuse_unless_empty", lambda session, wave: None)
    late = look(client, b"PK\x03\x04 broken", "cases.xlsx")
    assert late.status_code == 422
    assert "不是 Excel 文件" in late.text
    assert "共 1 户" in late.text
    assert len(cases(database)) == 1


def test_a_list_is_looked_at_before_a_household_is_stored(
    client: TestClient, draft: str, codes: list[str], database: Database
) -> None:
    rows = [row(1, codes[0]), row(2, codes[0], first_mode="paper"), row(3, codes[1], case="０００１-0003")]
    shown = look(client, sheet([*rows, row(4, codes[1], issued=0, replicate=1)]))
    assert shown.status_code == 200
    for words in ("载入这 3 户", "在 2 个社区", "备用 1 个", f"{codes[0]}-0002", "有全角数字，已当作半角读"):
        assert words in shown.text, words
    assert "full-width" not in shown.text
    assert 'class="num missed">0</td>' in look(client, sheet(rows[:2])).text, "a community without a case"
    sent = hidden(shown.text)
    forged = post(client, f"{draft}/cases", {**sent, "seen": "0" * 64})
    assert forged.status_code == 200
    assert "看过之后" in forged.text
    assert cases(database) == []
    assert post(client, f"{draft}/cases", {**sent, "packed": "bm90IHBhY2tlZA=="}).status_code == 422
    assert post(client, f"{draft}/cases", sent).status_code == 303
    assert len(cases(database)) == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the file is judged before any database is asked
def test_the_list_of_a_large_city_is_not_too_large(client: TestClient, draft: str, codes: list[str]) -> None:
    """A file of more than an ordinary form may send is looked at and taken in, in as many fields as it takes."""
    chance = random.Random(1)
    rows = [{**row(number, codes[number % 2]), "note": chance.randbytes(4000).hex()} for number in range(1, 201)]
    content = sheet(rows, [*HEADS, "note"])
    assert len(content) > 1_000_000
    shown = look(client, content)
    assert "载入这 200 户" in shown.text
    carried = re.findall(r'name="(packed|name|seen)" value="([^"]+)"', shown.text)
    assert len(carried) > 3, "in one field: the test proves nothing"
    fields = [(name, (None, value)) for name, value in [*carried, ("csrf", csrf(get(client, "/account")))]]
    assert client.post(f"{draft}/cases", files=fields, headers=HTML).status_code == 303
    assert "共 200 户" in get(client, f"{draft}/cases")


def test_taken_out_it_can_be_loaded_anew(client: TestClient, draft: str, codes: list[str], database: Database) -> None:
    load(client, sheet([row(1, codes[0])]))
    assert post(client, f"{draft}/cases/clear").status_code == 303
    assert cases(database) == []
    assert "还没有样本" in get(client, f"{draft}/cases")
    assert load(client, sheet([row(2, codes[0])])).status_code == 303
    assert [one.number for one in cases(database)] == [f"{codes[0]}-0002"]
    assert [action for action, _ in actions(database)] == ["cases.loaded", "cases.taken_out", "cases.loaded"]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"community": "110101009999"}, "community", "不是这一期的社区"),
        ({"case": ""}, "case", "是空的"),
        ({"stage_1_population": ""}, "stage_1_population", "一定要有"),
        ({"stage_1_sampled": 40}, "stage_1_population", "不可能"),
        ({"inclusion_probability": 0.3}, "inclusion_probability", "不等于各级概率的乘积"),
        ({"adults": 0}, "adults", "不是成年人数"),
        ({"first_mode": "face_to_face"}, "first_mode", "不是这一期的方式"),
        ({"case": "x" * 31}, "case", "超过 30 个字"),
        ({"stage_1_probability": "两成"}, "stage_1_probability", "不是数"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the file is judged before any database is asked
def test_what_is_wrong_is_said_by_row_and_nothing_is_loaded(
    client: TestClient,
    draft: str,
    codes: list[str],
    database: Database,
    changes: dict[str, Any],
    column: str,
    words: str,
) -> None:
    refused = load(client, sheet([row(1, codes[0]), row(2, codes[0], **changes), row(3, codes[1])]))
    assert refused.status_code == 422
    assert re.search(rf'<td class="num">3</td>\s*<td>{column}</td>', refused.text)
    assert words in refused.text
    assert cases(database) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "还没有选文件"),
        (b"a,b\n1,2\n", "没有“stage_1_probability”一列"),
        (b"PK\x03\x04 broken", "不是 Excel 文件"),
        (sheet([row(1, COMMUNITY, issued=0)]), "没有一行是发出的"),
    ],
)
def test_a_file_that_is_no_drawn_list_is_refused_in_words(
    client: TestClient, draft: str, database: Database, content: bytes, words: str
) -> None:
    name = "cases.xlsx" if content.startswith(b"PK") else "cases.csv"
    refused = load(client, content, name)
    assert refused.status_code == 422
    assert words in refused.text
    assert cases(database) == []


def test_a_sample_that_did_not_come_by_the_page_is_shown_and_stays(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    here = "/surveys/satisfaction/waves/2026Q3"  # open, its cases made by hand
    page = get(client, f"{here}/cases")
    assert "共 12 户" in page
    assert "全部拿掉" not in page
    assert post(client, f"{here}/cases/clear").status_code == 409
    assert "共 12 户" in get(client, f"{here}/cases")


def test_the_same_number_twice_is_refused(client: TestClient, draft: str, codes: list[str], database: Database) -> None:
    refused = load(client, sheet([row(1, codes[0]), row(1, codes[0])]))
    assert f"“{codes[0]}-0001”在第 2 行已经有了" in refused.text
    blank = load(client, sheet([row(1, codes[0], case="h 1"), row(2, codes[0], case="H1")]))
    assert "“H1”在第 2 行已经有了（大小写和空格不算不同）" in blank.text
    assert cases(database) == []


def test_the_commands_list_is_what_the_page_takes(
    client: TestClient, draft: str, codes: list[str], database: Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from survey_service.commands import app

    monkeypatch.chdir(tmp_path)
    frame = tmp_path / "frame.csv"
    lines = [f"{code},{code}-{grid},{code}{grid}{house:02d}" for code in codes for grid in "12" for house in range(20)]
    frame.write_text("community,grid,household\n" + "\n".join(lines) + "\n", encoding="utf-8")
    drawn = CliRunner().invoke(
        app,
        [
            "draw",
            "frame.csv",
            "--unit",
            "household",
            "--community",
            "community",
            "--grid",
            "grid",
            "--size",
            "24",
            "--reserves",
            "1",
            "--seed",
            "7",
            "--out",
            "cases.csv",
        ],
    )
    assert drawn.exit_code == 0, drawn.output
    assert load(client, (tmp_path / "cases.csv").read_bytes()).status_code == 303
    with database.reading.begin() as session:
        probabilities = session.scalars(select(Case.inclusion_probability).where(Case.stratum.like("%/%"))).all()
    assert len(probabilities) == 24
    assert math.fsum(1 / one for one in probabilities) == pytest.approx(len(lines))
    assert "没有“adults”一列" in get(client, f"{draft}/cases")


# ------------------------------------------------------------------ posters and letters


def printed(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages]


def test_letters_hold_codes_that_open_their_own_case_and_print_again_the_same(
    client: TestClient, draft: str, codes: list[str], database: Database, settings: Settings
) -> None:
    load(client, sheet([row(1, codes[0]), row(2, codes[0]), row(3, codes[0], first_mode="paper"), row(4, codes[1])]))
    page = get(client, f"{draft}/invitations")
    assert "2 户" in page
    assert "先不要印去张贴" not in page  # the address is one that phones can open
    first = printed(post(client, f"{draft}/invitations/letters/{codes[0]}"))
    assert len(first) == 2  # paper needs no letter
    keys = KeyRing(settings.secret_key.get_secret_value())
    for case, text in zip(cases(database)[:2], first, strict=True):
        code = keys.access_code(case.survey_id, case.id, 1)
        assert in_threes(with_check(keys.short_code(case.survey_id, case.id, 1, 0))) in text
        with database.reading.begin() as session:
            assert find(session, code).case_id == case.id
    assert printed(post(client, f"{draft}/invitations/letters/{codes[0]}")) == first
    assert printed(post(client, f"{draft}/invitations/letters/{codes[0]}", {"language": "en"})) != first
    with database.reading.begin() as session:
        made = session.scalar(
            select(func.count())
            .select_from(AccessCode)
            .where(AccessCode.case_id.in_(select(Case.id).where(Case.number.like("%-000_"))))
        )
    assert made == 2
    assert post(client, f"{draft}/invitations/letters/{codes[0]}", {"part": "2"}).status_code == 409
    assert [action for action, _ in actions(database)][1:] == ["letters.printed"] * 3


def test_a_case_that_has_answered_gets_no_letter(
    client: TestClient, draft: str, codes: list[str], database: Database, settings: Settings
) -> None:
    load(client, sheet([row(1, codes[0]), row(2, codes[0])]))
    printed(post(client, f"{draft}/invitations/letters/{codes[0]}"))
    with database.writing.begin() as session:
        from datetime import UTC, datetime

        used = session.scalars(
            select(AccessCode).join(Case, Case.id == AccessCode.case_id).where(Case.number == f"{codes[0]}-0001")
        ).one()
        used.used_at = datetime(2026, 10, 2, tzinfo=UTC)
    [left] = printed(post(client, f"{draft}/invitations/letters/{codes[0]}"))
    assert f"住户编号{codes[0]}-0002" in left


def test_posters_name_every_community_and_keep_their_code_when_the_wave_opens(
    client: TestClient, draft: str, codes: list[str], database: Database
) -> None:
    load(client, sheet([row(1, codes[0])]))
    before = printed(post(client, f"{draft}/invitations/posters", {"paper": "a3"}))
    assert len(before) == len(codes)
    [one] = printed(post(client, f"{draft}/invitations/posters", {"area": codes[1]}))
    assert one == before[1]
    assert post(client, f"{draft}/steps/open").status_code == 303
    assert printed(post(client, f"{draft}/invitations/posters", {"paper": "a3"})) == before
    assert post(client, f"{draft}/steps/close").status_code == 303
    assert post(client, f"{draft}/invitations/posters").status_code == 409


def test_who_is_no_manager_of_the_survey_sees_and_prints_nothing(
    client: TestClient, draft: str, codes: list[str], database: Database
) -> None:
    load(client, sheet([row(1, codes[0])]))
    for role in ("statistician", "leader", "keyer", "interviewer"):
        sign_in(client, role)
        token = csrf(get(client, "/account"))
        for address in (f"{draft}/cases", f"{draft}/invitations"):
            assert client.get(address, headers=HTML).status_code in (403, 404)
        for address in (
            f"{draft}/cases",
            f"{draft}/cases/clear",
            f"{draft}/invitations/posters",
            f"{draft}/invitations/letters/{codes[0]}",
        ):
            assert post(client, address, token=token).status_code in (403, 404)
    assert len(cases(database)) == 1
