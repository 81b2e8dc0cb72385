"""Questions read aloud: who may add them and when, what is taken, how residents are given them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from survey_service.audit.chain import SERVICE
from survey_service.backups.service import make_backup
from survey_service.models import AuditEntry, Wave, WaveRecording
from survey_service.secrets import KeyRing
from survey_service.surveys import codes, drafts, wave_recordings
from survey_service.surveys import service as surveys
from tests.browser.resident_world import HEADER
from tests.service.backing_up import quiet
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, QUESTIONNAIRE, draft
from tests.sounds import mp3, tone

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

SOUND = tone(3.0)
SHA256 = hashlib.sha256(SOUND).hexdigest()


@pytest.fixture
def planned(database: Database, world: World) -> Wave:
    """A draft of a survey of its own."""
    with database.writing.begin() as session:
        _, _, wave = draft(
            session, QUESTIONNAIRE, city_id=world.city_id, key="heard", title=QUESTIONNAIRE.title, header=HEADER
        )
        session.flush()
        session.expunge(wave)
        return wave


def here(wave: Wave) -> str:
    return f"/surveys/heard/waves/{wave.key}/recordings"


def add(client: TestClient, wave: Wave, content: bytes = SOUND, **fields: str) -> Any:
    given = {"question": "know", "voice": "温州话", "language": "zh", **fields}
    token = csrf(get(client, "/account"))
    files = {"file": ("know.wav", content, "application/octet-stream")}
    return client.post(here(wave), data={**given, "csrf": token}, files=files, headers=HTML)


def rows(database: Database) -> list[WaveRecording]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(WaveRecording)))
        session.expunge_all()
        return found


def opened(database: Database, settings: Settings, world: World, wave: Wave) -> str:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        surveys.open_wave(session, wave.survey_id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
        return codes.issue_open_code(session, wave.survey_id, wave.id, world.community_ids[0], keys=keys)


def test_a_manager_adds_hears_and_takes_out(client: TestClient, database: Database, planned: Wave) -> None:
    sign_in(client, "manager")
    assert add(client, planned).status_code == 303
    (row,) = rows(database)
    assert (row.question, row.voice, row.blob_sha256, row.media_type) == ("know", "温州话", SHA256, "audio/wav")
    assert (row.seconds, row.size) == (3, len(SOUND))
    page = get(client, here(planned))
    assert f'preload="none" src="/recordings/{SHA256}"' in page
    assert "0:03 · 48 KB" in page
    gone = post(client, f"{here(planned)}/remove", data={"question": "know", "voice": "温州话"})
    assert gone.status_code == 303
    assert rows(database) == []
    with database.reading.begin() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("wave.recording%"))).all()
    assert list(actions) == ["wave.recording_added", "wave.recording_removed"]


@pytest.mark.parametrize(
    ("content", "fields", "status", "said"),
    [
        (b"<script>alert(1)</script>" * 50, {}, 422, "手机都能放"),
        (mp3(frames=5_000), {}, 422, "最长 120 秒"),
        (tone(121.0), {}, 422, "最长 120 秒"),
        (b"", {}, 422, "还没有选录音文件"),
        (SOUND, {"voice": ""}, 422, "什么口音"),
        (SOUND, {"voice": "长" * 21}, 422, "最多 20 个字"),
        (SOUND, {"question": "nobody"}, 422, "请选一道题"),
        (SOUND, {"language": "ug"}, 422, "请选一道题"),
    ],
)
def test_what_is_not_taken_says_why_and_keeps_what_was_typed(
    client: TestClient,
    database: Database,
    planned: Wave,
    content: bytes,
    fields: dict[str, str],
    status: int,
    said: str,
) -> None:
    sign_in(client, "manager")
    reply = add(client, planned, content, **fields)
    assert reply.status_code == status
    assert said in reply.text
    assert f'value="{fields.get("voice", "温州话")}"' in reply.text
    assert rows(database) == []


def test_a_voice_stands_once_for_a_question(client: TestClient, database: Database, planned: Wave) -> None:
    sign_in(client, "manager")
    assert add(client, planned).status_code == 303
    assert add(client, planned).status_code == 409
    assert add(client, planned, voice="普通话").status_code == 303
    assert [row.voice for row in rows(database)] == ["温州话", "普通话"]


def test_what_is_open_is_frozen(
    client: TestClient, database: Database, settings: Settings, world: World, planned: Wave
) -> None:
    sign_in(client, "manager")
    add(client, planned)
    opened(database, settings, world, planned)
    assert add(client, planned, voice="普通话").status_code == 409
    assert post(client, f"{here(planned)}/remove", data={"question": "know", "voice": "温州话"}).status_code == 409
    assert "加一段录音" not in get(client, here(planned))
    with database.writing.begin() as session:
        with pytest.raises(DBAPIError, match="changes with a draft only"):
            session.execute(delete(WaveRecording))
        session.rollback()


def test_who_does_not_plan_may_listen_and_not_change(client: TestClient, database: Database, planned: Wave) -> None:
    sign_in(client, "statistician")
    get(client, here(planned))
    assert post(client, here(planned), data={"question": "know", "voice": "温州话"}).status_code == 403
    sign_in(client, "keyer")
    get(client, here(planned), 403)
    assert rows(database) == []


def test_residents_are_offered_what_the_wave_has(
    client: TestClient, database: Database, settings: Settings, world: World, planned: Wave
) -> None:
    sign_in(client, "manager")
    add(client, planned)
    add(client, planned, tone(1.0), voice="普通话")
    code = opened(database, settings, world, planned)
    client.cookies.clear()
    page = client.get(f"/a/{code}").text
    assert page.count('class="listen"') == 2
    assert f'href="/recordings/{SHA256}" target="_blank"' in page
    assert "listen.js" in page
    assert "<audio" not in page
    assert "preload" not in page.partition('id="q-know"')[2].partition("</section>")[0]
    assert code not in page
    usual = client.get(f"/a/{world.open_codes[0]}").text
    assert 'class="listen"' not in usual
    assert "listen.js" not in usual


def test_a_recording_is_kept_by_its_hash_and_given_in_parts(
    client: TestClient, database: Database, planned: Wave
) -> None:
    sign_in(client, "manager")
    add(client, planned)
    client.cookies.clear()
    whole = client.get(f"/recordings/{SHA256}")
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "media-src 'self'" in whole.headers["content-security-policy"]
    assert client.get(f"/recordings/{SHA256}", headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    size = len(SOUND)
    for asked, first, last in (
        ("bytes=0-1", 0, 1),
        (f"bytes={size - 5}-", size - 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=0-{size * 2}", 0, size - 1),
    ):
        part = client.get(f"/recordings/{SHA256}", headers={"range": asked})
        assert (part.status_code, part.content) == (206, SOUND[first : last + 1])
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
    assert client.get(f"/recordings/{SHA256}", headers={"range": f"bytes={size}-"}).status_code == 416
    assert client.get(f"/recordings/{SHA256}", headers={"range": "lines=1-2"}).status_code == 200


def test_no_other_file_is_handed_out(client: TestClient, settings: Settings, database: Database) -> None:
    from survey_service.stored_files import files_of

    kept = files_of(settings, database).put(b"a report that is not published yet")
    for name in (kept, "0" * 64, "../secret", kept.upper(), kept[:-1]):
        assert client.get(f"/recordings/{name}").status_code == 404


def test_a_backup_holds_the_recordings(
    client: TestClient, database: Database, settings: Settings, planned: Wave, tmp_path: Path
) -> None:
    sign_in(client, "manager")
    add(client, planned)
    keys = KeyRing(settings.secret_key.get_secret_value())
    folder, _ = make_backup(settings, database, keys, tmp_path / "out", at=NOW, watch=quiet)
    assert any(path.name == SHA256 for path in folder.rglob("*"))


def test_the_next_wave_takes_over_what_is_worded_as_it_was(database: Database, planned: Wave, world: World) -> None:
    from dataclasses import replace

    from questionnaires.text import Text

    changed = replace(
        QUESTIONNAIRE,
        sections=tuple(
            replace(
                section,
                questions=tuple(
                    replace(one, text=Text("改过的题", "Changed")) if one.id == "overall" else one
                    for one in section.questions
                ),
            )
            for section in QUESTIONNAIRE.sections
        ),
    )
    with database.writing.begin() as session:
        change = wave_recordings.Change(survey_id=planned.survey_id, wave_id=planned.id, at=NOW, by=SERVICE)
        for question in ("know", "overall"):
            spoken = wave_recordings.Spoken(question=question, voice="普通话", language="zh")
            heard = wave_recordings.Sound("audio/wav", 3.0)
            wave_recordings.add(session, change, spoken, heard, sha256=SHA256, size=9)
        survey, _, later = draft(
            session, QUESTIONNAIRE, city_id=world.city_id, key="later", title=QUESTIONNAIRE.title, header=HEADER
        )
        after = wave_recordings.Change(survey_id=survey.id, wave_id=later.id, at=NOW, by=SERVICE)
        before = session.get_one(Wave, (planned.survey_id, planned.id))
        wave_recordings.copy_recordings(session, before, after, QUESTIONNAIRE, changed)
        session.flush()
        assert [one.question for one in wave_recordings.stored(session, survey.id, later.id)] == ["know"]


def test_a_draft_is_deleted_with_its_recordings(client: TestClient, database: Database, planned: Wave) -> None:
    sign_in(client, "manager")
    add(client, planned)
    with database.writing.begin() as session:
        drafts.delete_wave(session, planned.survey_id, planned.id, at=NOW, by=SERVICE)
    assert rows(database) == []
    with database.reading.begin() as session:
        assert session.scalars(select(Wave.state).where(Wave.id == planned.id)).all() == []
