"""Files that answer a question: what is kept of them, whose they are, and when they go."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import func, select

from questionnaires.kinds.attachment import reference_of
from survey_service.attachments import store
from survey_service.attachments.errors import FilesWait
from survey_service.attachments.round import drop_orphans
from survey_service.attachments.store import KEPT_WAITING
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.models import Attachment, Capture, Ground, Response
from survey_service.outside import attachments as outside
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import codes
from survey_service.surveys import service as surveys
from tests.browser.resident_world import HEADER
from tests.service.conftest import TestClock
from tests.service.programs import Program
from tests.service.sent_files import film, picture
from tests.service.world import NOW, World, draft
from tests.spec.questionnaires.examples import NOTICE, loaded

DEFINITION = f"""\
key: boards
version: "1"
title: {{zh: 公示栏, en: Notice boards}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: board, type: attachment, text: {{zh: 拍下公示栏, en: The notice board}}, maximum_files: 2, maximum_megabytes: 1}}
      - {{id: noise, type: attachment, text: {{zh: 录下噪声, en: The noise}}, accepts: [sound, video]}}
      - {{id: words, type: short_text, text: {{zh: 写了什么, en: What it says}}}}
"""  # noqa: E501
JSON = {"Accept": "application/json"}


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


class Boards:
    """An open wave that asks for pictures, and its open code."""

    def __init__(self, database: Database, client: TestClient, world: World, keys: KeyRing, folder: Any) -> None:
        self.database, self.client, self.keys = database, client, keys
        self.questionnaire = loaded(folder, DEFINITION)
        with database.writing.begin() as session:
            about = {"key": "boards", "title": self.questionnaire.title, "header": HEADER}
            survey, _, wave = draft(session, self.questionnaire, city_id=world.city_id, **about)
            surveys.open_wave(session, survey.id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
            self.survey_id, self.wave_id = survey.id, wave.id
            self.wave_key = wave.key
            self.page = f"/surveys/{survey.key}/waves/{wave.key}/files"
            self.code = codes.issue_open_code(session, survey.id, wave.id, world.community_ids[0], keys=keys)

    def send(self, content: bytes, question: str = "board") -> Any:
        return self.client.post(f"/a/{self.code}/files?question={question}", content=content)

    def taken(self, content: bytes | None = None, question: str = "board") -> str:
        reply = self.send(picture() if content is None else content, question)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["file"])

    def submit(self, client_id: str = "c" * 20, **answers: Any) -> Any:
        form = {"client_id": client_id, "action": "submit", **answers}
        return self.client.post(f"/a/{self.code}", data=form, headers=JSON)

    def files(self) -> list[Attachment]:
        with self.database.reading.begin() as session:
            rows = session.scalars(select(Attachment).where(Attachment.survey_id == self.survey_id)).all()
            session.expunge_all()
            return list(rows)

    def answers(self) -> list[dict[str, Any]]:
        with self.database.reading.begin() as session:
            kept = session.scalars(select(Capture.answers).where(Capture.survey_id == self.survey_id)).all()
        return [json.loads(one)["answers"] for one in kept]

    def response_id(self) -> UUID:
        with self.database.reading.begin() as session:
            return session.scalars(select(Response.id).where(Response.survey_id == self.survey_id)).one()


@pytest.fixture
def boards(database: Database, client: TestClient, world: World, keys: KeyRing, tmp_path: Any) -> Boards:
    return Boards(database, client, world, keys, tmp_path)


# ------------------------------------------------------------------ what is kept of a file


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_without_its_place(kind: str) -> None:
    looked = outside.look(picture(kind), ["jpg"])
    assert looked.type == "jpg"
    assert b"SECRET-PHONE" not in looked.content
    with Image.open(io.BytesIO(looked.content)) as kept:
        assert not kept.getexif()
        assert kept.size == (80, 120), "upright, as it was held"


def test_a_film_loses_its_place_and_nothing_moves() -> None:
    sent = film()
    looked = outside.look(sent, ["mp4", "m4a"])
    assert (looked.type, len(looked.content)) == ("mp4", len(sent))
    assert b"+30.6574" not in looked.content
    assert looked.content.endswith(b"sound and picture")
    assert outside.look(film(b"soun"), ["mp4", "m4a"]).type == "m4a"


BOMB = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00" + bytes(4)
)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg onload=alert(1)>", b"GIF89a" + bytes(20), BOMB, picture()[:300], b"%PDF-1.7\n%\n", film()],
    ids=["nothing", "text", "svg", "gif without a picture", "bomb", "half", "pdf", "film"],
)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    assert outside.look(content, ["jpg"]).type == ""


def test_tags_of_sound_go() -> None:
    tagged = (
        b"ID3\x04\x00\x00\x00\x00\x00\x0bSECRET-NAME" + b"\xff\xfb" + bytes(60) + b"TAG" + b"SECRET".ljust(125, b"\0")
    )
    looked = outside.look(tagged, ["mp3"])
    assert looked == ("mp3", b"\xff\xfb" + bytes(60))


# ------------------------------------------------------------------ from the phone to the answer


@pytest.mark.both_databases
def test_a_file_is_kept_sealed_and_its_answer_refers_to_it(boards: Boards) -> None:
    written = boards.taken()
    reference = reference_of(written)
    assert reference is not None
    [row] = boards.files()
    assert row.response_id is None
    plain = store.opened(boards.keys, row)
    assert plain[:2] == b"\xff\xd8"
    assert plain[:64] not in row.content, "the database holds no picture that anybody could see"
    assert (reference.size, reference.sha256) == (len(plain), hashlib.sha256(plain).hexdigest())
    assert boards.submit(board=written, words="停水").status_code == 200
    assert boards.answers() == [{"board": written, "words": "停水"}]
    [row] = boards.files()
    assert row.response_id == boards.response_id()


def test_the_same_answer_twice_is_one_and_another_refers_to_none_of_its_files(boards: Boards) -> None:
    written = boards.taken()
    first, again = boards.submit(board=written), boards.submit(board=written)
    assert first.json() == again.json()
    stranger = boards.submit("s" * 20, board=written)
    assert stranger.status_code == 409
    assert stranger.json()["error"]["code"] == "E144"
    assert len(boards.answers()) == 1


@pytest.mark.parametrize("change", ["id", "wave"])
def test_a_reference_that_was_made_up_is_refused(boards: Boards, world: World, change: str) -> None:
    written = boards.taken()
    if change == "id":
        written = f"{uuid4().hex}{written[32:]}"
        assert boards.submit(board=written).status_code == 409
    else:  # of this wave, handed in to another one, which does not even ask
        reply = boards.client.post(
            f"/a/{world.open_codes[0]}", data={"client_id": "c" * 20, "board": written}, headers=JSON
        )
        assert reply.status_code == 422
    assert boards.answers() == []


def test_what_is_wrong_with_a_file_is_said_and_nothing_is_kept(boards: Boards) -> None:
    for content, question, code in (
        (b"hello", "board", "E145"),
        (bytes(1_000_001), "board", "E146"),
        (picture(), "noise", "E145"),
        (picture(), "words", "E007"),
        (picture(), "nothing", "E007"),
    ):
        reply = boards.send(content, question)
        assert reply.json()["code"] == code
        assert reply.status_code in (413, 422)
    assert boards.client.post("/a/NOSUCHCODE/files?question=board", content=picture()).status_code == 404
    assert boards.files() == []


def test_more_than_may_wait_are_asked_to_come_again(boards: Boards, monkeypatch: pytest.MonkeyPatch) -> None:
    boards.taken()
    monkeypatch.setattr(store, "MOST_WAITING", 500)
    reply = boards.send(picture())
    assert (reply.status_code, reply.json()["code"]) == (FilesWait.status, FilesWait.code)


def test_a_closed_wave_takes_no_file(boards: Boards, clock: TestClock) -> None:
    clock.at = NOW + timedelta(days=400)
    assert boards.send(picture()).status_code == 410


# ------------------------------------------------------------------ without a script


def test_without_a_script_the_form_carries_its_files(boards: Boards) -> None:
    page = boards.client.get(f"/a/{boards.code}")
    assert 'enctype="multipart/form-data"' in page.text
    form = {"action": "check", "words": "停水"}
    files = {"board": ("a.jpg", picture(), "image/jpeg"), "noise": ("", b"", "application/octet-stream")}
    checked = boards.client.post(f"/a/{boards.code}", data=form, files=files)
    [row] = boards.files()
    assert checked.status_code == 200
    assert f'name="board" value="{row.id.hex}.jpg.{row.size}.{row.sha256}"' in checked.text
    assert "1 个文件" in checked.text


def test_without_a_script_a_file_that_is_not_taken_in_loses_no_answer(boards: Boards) -> None:
    form = {"action": "check", "words": "停水停电"}
    told = boards.client.post(f"/a/{boards.code}", data=form, files={"board": ("a.txt", b"hello", "text/plain")})
    assert "文件没有收下" in told.text
    assert "停水停电" in told.text
    assert boards.files() == []


# ------------------------------------------------------------------ when they go


@pytest.mark.both_databases
def test_what_nobody_submits_goes_after_its_time(boards: Boards, clock: TestClock, client: TestClient) -> None:
    """Also after a kill between the file and its answer: the file alone is what such a kill leaves."""
    left, kept = boards.taken(), boards.taken(picture(colour="blue"))
    assert boards.submit(board=kept).status_code == 200
    services: Any = client.app.state.services  # type: ignore[attr-defined] # of our application
    clock.at = NOW + KEPT_WAITING
    drop_orphans(services)
    assert len(boards.files()) == 2, "a draft of seven days still finds its file"
    clock.at = NOW + KEPT_WAITING + timedelta(minutes=1)
    drop_orphans(services)
    [row] = boards.files()
    assert row.id.hex == kept[:32]
    late = boards.submit("l" * 20, board=left)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "E144")


@pytest.mark.both_databases
def test_erasure_takes_the_files_of_every_version(boards: Boards, client: TestClient) -> None:
    one, two = boards.taken(), boards.taken(picture(colour="blue"))
    receipt = boards.submit(board=[one, two]).json()["receipt"]
    shown = client.post("/receipt", data={"_receipt": receipt, "action": "correct"})
    assert one in shown.text
    version = shown.text.partition('name="_version" value="')[2][:16]
    fixed = {"_receipt": receipt, "action": "submit", "client_id": "k" * 20, "_version": version, "board": two}
    assert client.post("/receipt", data=fixed).status_code in (200, 303)
    assert [one.get("board") for one in boards.answers()].count(two) == 1
    assert len(boards.files()) == 2, "what a correction leaves out is history, as the answers before it"
    with boards.database.writing.begin() as session:
        assert erase_response(
            session, boards.survey_id, boards.response_id(), ground=Ground.REQUEST, at=NOW, by=SERVICE
        )
    assert boards.files() == []


@pytest.mark.both_databases
def test_other_answers_under_one_id_keep_their_files_until_that_is_erased(boards: Boards) -> None:
    one, two = boards.taken(), boards.taken(picture(colour="blue"))
    assert boards.submit(board=one).status_code == 200
    assert boards.submit(board=two).status_code == 409
    assert {row.response_id for row in boards.files()} == {boards.response_id()}
    with boards.database.writing.begin() as session:
        erase_response(session, boards.survey_id, boards.response_id(), ground=Ground.REQUEST, at=NOW, by=SERVICE)
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0


# ------------------------------------------------------------------ from a device


def test_a_device_sends_the_file_first_and_refers_to_it(boards: Boards, database: Database) -> None:
    device = Program(boards.client, database, "interviewer")
    address = f"/api/v1/surveys/boards/waves/{boards.wave_key}/files?question="

    def send(question: str, content: bytes) -> Any:
        return boards.client.post(f"{address}{question}", content=content, headers=device.headers)

    reply = send("board", picture())
    assert reply.status_code == 200, reply.text
    told = reply.json()
    reference = reference_of(told["reference"])
    assert reference is not None
    assert (told["type"], told["bytes"], told["sha256"]) == (reference.type, reference.size, reference.sha256)
    assert [row.id.hex for row in boards.files()] == [reference.id]
    for question, content, code in (("words", picture(), "E007"), ("board", b"hello", "E145")):
        refused = send(question, content)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
    assert len(boards.files()) == 1
