"""Residents' pages in further languages: what is offered, which way it runs, whose words the buttons have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from babel.messages.pofile import read_po, write_po
from sqlalchemy import select
from typer.testing import CliRunner

from questionnaires.answer_forms import FindingCode
from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes
from questionnaires.codebook import codebook
from questionnaires.kinds import kind_of
from questionnaires.model import Option, Questionnaire
from survey_service.catalogue.comparison import compare
from survey_service.collection import page_messages, page_words, resident_pages
from survey_service.collection.kinds import PHONE
from survey_service.collection.page_words import settled
from survey_service.commands import app
from survey_service.models import PaperBatch
from survey_service.secrets import KeyRing
from tests.architecture.test_completeness import DEFINITION, WALKED
from tests.browser.resident_world import open_wave_of
from tests.programmes import KEYS, programme
from tests.service.resident import filled, read_page
from tests.service.signed_in import post, sign_in
from tests.service.world import NOW, QUESTIONNAIRE
from tests.spec.questionnaires.examples import EVERY_TYPE, loaded
from tests.spec.questionnaires.speaking import pseudo, speaking

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

SPEAKING = speaking(QUESTIONNAIRE, "ug", "yue")
CLIENT_ID = "0123456789abcdef0123456789abcdef"
# As they are, whatever the language of the page.
NAMES = {"万寿桥社区", "中文", "测 01 表", "示范市", "示范市精神文明建设办公室", "示统备〔2026〕1 号"}
OF_THE_FILE = (FindingCode.CONTRADICTION, FindingCode.RULE)  # messages of the definition, in its own languages
HAN = re.compile(r"[\u3400-\u9fff]")


def code_of(database: Database, settings: Settings, world: World, questionnaire: Questionnaire = SPEAKING) -> str:
    keys = KeyRing(settings.secret_key.get_secret_value())
    return open_wave_of(database, keys, world, questionnaire).code


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Path]:
    """A folder with page words of a pseudo language; the installation of the test knows them until its end."""
    path = tmp_path / "ug.po"
    path.write_bytes(translated("ug"))
    page_messages.install_words(tmp_path)
    yield path
    page_messages.install_words(None)


def translated(tag: str, *, without: str = "") -> bytes:
    from io import BytesIO

    catalogue = read_po(BytesIO(page_messages.empty_file(tag)))
    for message in catalogue:
        if message.id and message.id != without:
            message.string = in_pseudo(str(message.id))
    out = BytesIO()
    write_po(out, catalogue, width=0)
    return out.getvalue()


def in_pseudo(message: str) -> str:
    """Letters for everything but the places of values."""
    parts = re.split(r"(%\(\w+\)s|\{\w+\})", message)
    return " ".join(part if number % 2 else pseudo(part.replace("%", "")) for number, part in enumerate(parts)).strip()


def test_a_whole_language_is_offered_and_turns_the_page(
    client: TestClient, database: Database, settings: Settings, world: World
) -> None:
    code = code_of(database, settings, world)
    chinese = client.get(f"/a/{code}").text
    assert 'dir="rtl"' not in chinese.partition("<body>")[0]
    assert 'value="lang:ug" lang="ug" dir="rtl"' in re.sub(r"\s+", " ", chinese)
    assert "ئۇيغۇرچە" in chinese
    page = client.get(f"/a/{code}?lang=ug").text
    assert '<html lang="ug" dir="rtl"' in page
    assert pseudo("您知道创城吗？") in page or pseudo(QUESTIONNAIRE.question("know").text.zh) in page
    assert '<html lang="yue" class' in client.get(f"/a/{code}?lang=yue").text


def test_a_language_in_part_is_not_offered(
    client: TestClient, database: Database, settings: Settings, world: World
) -> None:
    from questionnaires.text import Text

    code = code_of(database, settings, world, replace(SPEAKING, title=Text(SPEAKING.title.zh, SPEAKING.title.en)))
    page = client.get(f"/a/{code}?lang=ug").text
    assert '<html lang="zh-CN"' in page
    assert "lang:ug" not in page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ug-CN,ug;q=0.9,zh;q=0.8", "ug"),
        ("ug", "ug"),
        ("yue-HK", "yue"),
        ("zh-CN,ug;q=0.9", "zh-CN"),
        ("en-US,en;q=0.9", "zh-CN"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_a_phone_that_is_set_to_the_language_opens_in_it(
    client: TestClient, database: Database, settings: Settings, world: World, accepted: str, language: str
) -> None:
    code = code_of(database, settings, world)
    reply = client.get(f"/a/{code}", headers={"accept-language": accepted})
    assert f'<html lang="{language}"' in reply.text
    assert "Accept-Language" in reply.headers["vary"]
    assert '<html lang="zh-CN"' in client.get(f"/a/{code}?lang=zh", headers={"accept-language": accepted}).text
    usual = client.get(f"/a/{world.open_codes[0]}", headers={"accept-language": accepted})
    assert '<html lang="zh-CN"' in usual.text
    assert "Accept-Language" not in usual.headers["vary"]


def test_the_whole_way_without_a_script_stays_in_the_language(
    client: TestClient, database: Database, settings: Settings, world: World
) -> None:
    code = code_of(database, settings, world)
    page = client.get(f"/a/{code}?lang=ug").text
    given = filled(read_page(page), {"know": "1", "age": "4000"}, "check")
    faults = client.post(f"/a/{code}", data=given)
    assert faults.status_code == 422
    assert '<html lang="ug" dir="rtl"' in faults.text
    given = filled(read_page(page), {"know": "1", "overall": "2", "age": "45"}, "check")
    check = client.post(f"/a/{code}", data=given)
    assert '<html lang="ug" dir="rtl"' in check.text
    assert pseudo(QUESTIONNAIRE.question("know").options[0].label.zh) in check.text
    done = client.post(f"/a/{code}", data={**dict(read_page(check.text).fields), "action": "submit"})
    assert '<html lang="ug" dir="rtl"' in done.text
    assert re.search(r'<b translate="no" dir="ltr">', done.text)
    receipt = dict(re.findall(r'name="(_receipt)" value="([^"]+)"', done.text))["_receipt"]
    shown = client.post("/receipt", data={"_receipt": receipt, "_lang": "ug", "action": "look"})
    assert '<html lang="ug" dir="rtl"' in shown.text
    chinese = client.post("/receipt", data={"_receipt": receipt, "_lang": "ug", "_page": "kept", "action": "zh"})
    assert '<html lang="zh-CN"' in chinese.text


def test_without_page_words_the_buttons_are_marked_as_chinese(
    client: TestClient, database: Database, settings: Settings, world: World
) -> None:
    page = client.get(f"/a/{code_of(database, settings, world)}?lang=ug").text
    assert '<span lang="zh-CN" dir="ltr">下一题</span>' in page
    assert '<span lang="zh-CN" dir="ltr">题目和选项已译出，按钮和提示还是中文。</span>' in page
    assert unmarked(page) == []
    assert "\ufdd0" not in page
    assert "\ufdd1" not in page


def test_with_page_words_nothing_is_left_in_chinese(
    client: TestClient, database: Database, settings: Settings, world: World, words: Path
) -> None:
    code = code_of(database, settings, world)
    page = client.get(f"/a/{code}?lang=ug").text
    assert in_pseudo("下一题") in unescape(page)
    assert "仅题目" not in client.get(f"/a/{code}").text.partition("yue")[0]
    left = {words for words in re.findall(r'lang="zh-CN" dir="ltr">([^<]*)', page) if words.strip() not in NAMES}
    assert left == set()
    assert unmarked(page) == []


def test_pages_of_no_questionnaire_offer_what_is_whole(client: TestClient, world: World, words: Path) -> None:
    assert "?lang=ug" in client.get("/receipt").text
    words.write_bytes(translated("ug", without="下一题"))
    page_messages.install_words(words.parent)
    assert "?lang=ug" not in client.get("/receipt").text
    assert page_words.whole("ug") is False
    assert page_words.words_in("ug").gettext("下一题") == "\ufdd0下一题\ufdd1"


def unmarked(page: str) -> list[str]:
    """Chinese in the text of a page that nothing marks as Chinese."""
    body = re.sub(r"<(script|style|title|textarea|option)\b.*?</\1>", "", page, flags=re.DOTALL)
    body = re.sub(r'<(span|a|button|small|bdi)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", body, flags=re.DOTALL)
    body = re.sub(r'<(a|button)[^>]*lang="yue"[^>]*>.*?</\1>', "", body, flags=re.DOTALL)
    return [text for text in re.findall(r">([^<]+)<", body) if HAN.search(text)]


# ---------------------------------------------------------------- sentences that are made in Python


def test_every_sentence_of_a_kind_is_in_the_list(tmp_path: Path) -> None:
    known = page_words.page_words("ug", {message: in_pseudo(message) for message in page_messages.every_message()}, ())
    seen = set()
    samples = (loaded(tmp_path, DEFINITION.format(kind=kind, fields=one.fields)) for kind, one in WALKED.values())
    for questionnaire in (loaded(tmp_path, EVERY_TYPE), *samples, *map(programme, KEYS)):
        made = []
        for question in questionnaire.questions():
            phone = PHONE[question.type]
            made += [phone.hint(question, "ug"), phone.rule(question, "ug"), kind_of(question).expected(question, "ug")]
            made += phone.data(question, "ug").values()
        for wrong in (
            "banana",
            "x" * 3000,
            "1999-99-99",
            "-7",
            ["1", "1"],
            [one.code for one in _options(questionnaire)],
        ):
            given = {name: wrong for question in questionnaire.questions() for name in question.variables()}
            checked = check_answers(questionnaire, given, Policy.WEB)
            own = (one for one in checked.findings if one.code not in OF_THE_FILE)
            made += [describe(one, questionnaire, "ug", checked) for one in own]
        for sentence in filter(HAN.search, made):
            assert "\ufdd0" not in known.sentence(sentence), sentence
            seen.add(sentence)
    assert len(seen) > 60


def _options(questionnaire: Questionnaire) -> list[Option]:
    return [option for question in questionnaire.questions() for option in question.options][:8]


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("<p>\ufdd0一\ufdd1</p>", '<p><span lang="zh-CN" dir="ltr">一</span></p>'),
        ('<a title="\ufdd0一\ufdd1">x</a>', '<a title="一">x</a>'),
        ("<title>\ufdd0一\ufdd1</title>", "<title>一</title>"),
        ("\ufdd0一\ufdd0二\ufdd1三\ufdd1", '<span lang="zh-CN" dir="ltr">一二三</span>'),
        ("<option>\ufdd0一\ufdd1</option>", "<option>一</option>"),
        ("<textarea>\ufdd1</textarea>\ufdd0一\ufdd1", '<textarea></textarea><span lang="zh-CN" dir="ltr">一</span>'),
        ("<p>\ufdd0一\ufdd1，\ufdd0二\ufdd1.</p>", '<p><span lang="zh-CN" dir="ltr">一，二.</span></p>'),
        (
            "<p>\ufdd0一\ufdd1<br>\ufdd0二\ufdd1</p>",
            '<p><span lang="zh-CN" dir="ltr">一</span><br><span lang="zh-CN" dir="ltr">二</span></p>',
        ),
        ("a\ufdd1b\ufdd0一\ufdd1", 'ab<span lang="zh-CN" dir="ltr">一</span>'),
        ("<b>title</b>\ufdd0一\ufdd1", '<b>title</b><span lang="zh-CN" dir="ltr">一</span>'),
        ("nothing", "nothing"),
    ],
)
def test_chinese_is_marked_where_it_can_be(page: str, marked: str) -> None:
    assert settled(page) == marked


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("最多选3项。", "<3>"),
        ("用数字写年龄，18 到 120 之间，例如 45。", "write 年龄, 18-120, as 45."),
        ("用数字写年龄，18 到 120 之间，例如 45。不愿回答，请留空。", "write 年龄, 18-120, as 45. blank"),
        ("45", "45"),
        ("没有这一句。", "\ufdd0没有这一句。\ufdd1"),
        ("最多选3项。没有这一句。", "\ufdd0最多选3项。没有这一句。\ufdd1"),
    ],
)
def test_sentences_are_put_together_from_what_is_known(made: str, said: str) -> None:
    words = {
        "最多选%(most)s项。": "<%(most)s>",
        "用数字写%(what)s": "write %(what)s",
        "%(low)s 到 %(high)s 之间": "%(low)s-%(high)s",
        "例如 %(example)s": "as %(example)s",
        "不愿回答，请留空。": "blank",
    }
    assert page_words.page_words("ug", words, ()).sentence(made) == said


# ---------------------------------------------------------------- the file


def test_the_command_writes_and_checks(tmp_path: Path) -> None:
    run = CliRunner()
    written = run.invoke(app, ["page-words", "write", "ug"])
    assert written.exit_code == 0
    path = tmp_path / "ug.po"
    path.write_text(written.output, encoding="utf-8")
    empty = run.invoke(app, ["page-words", "check", str(path)])
    assert empty.exit_code == 1
    assert f"0 of {len(page_messages.every_message())} messages." in empty.output
    path.write_bytes(translated("ug"))
    assert run.invoke(app, ["page-words", "check", str(path)]).exit_code == 0
    path.write_text(path.read_text(encoding="utf-8").replace("%(most)s", "%(least)s", 1), encoding="utf-8")
    assert "other places for values" in run.invoke(app, ["page-words", "check", str(path)]).output
    assert run.invoke(app, ["page-words", "write", "mn-Mong"]).exit_code == 2
    assert run.invoke(app, ["page-words", "write", "en"]).exit_code == 2


def test_markup_of_a_file_is_shown_and_not_followed(
    client: TestClient, database: Database, settings: Settings, world: World, words: Path
) -> None:
    text = words.read_text(encoding="utf-8").replace(in_pseudo("下一题"), "<script>alert(1)</script>")
    words.write_text(text, encoding="utf-8")
    page_messages.install_words(words.parent)
    page = client.get(f"/a/{code_of(database, settings, world)}?lang=ug").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "ug.po").write_bytes(b"\xff\xfe nothing")
    (tmp_path / "xx.po").write_bytes(b"")
    page_messages.install_words(tmp_path)
    assert page_words.spoken() == ()
    page_messages.install_words(None)


def test_a_language_that_nobody_knows_is_chinese(client: TestClient, world: World) -> None:
    for asked in ("xx", "../../etc", "ug'%22", "a" * 4000, "mn-Mong"):
        assert '<html lang="zh-CN"' in client.get("/receipt", params={"lang": asked}).text
    assert resident_pages.language_asked("ug") == "ug"


# ---------------------------------------------------------------- other rooms


def test_a_device_is_told_every_language_with_its_direction() -> None:
    from types import SimpleNamespace

    from survey_service.api import shown

    stored = SimpleNamespace(
        id=UUID(int=1),
        key="small",
        version="1",
        format=1,
        sha256="0" * 64,
        created_at=NOW,
        definition=canonical_bytes(replace(SPEAKING, languages=("zh", "en", "ug", "bo"))).decode(),
    )
    told = [(one.tag, one.name, one.dir, one.whole) for one in shown.version(stored).languages]  # type: ignore[arg-type]
    assert told == [
        ("zh", "中文", "ltr", True),
        ("en", "English", "ltr", True),
        ("ug", "ئۇيغۇرچە", "rtl", True),
        ("bo", "བོད་སྐད་", "ltr", False),
    ]


def test_two_versions_say_in_which_language_a_text_changed() -> None:
    question = SPEAKING.question("know")
    others = tuple((tag, "ئا" if tag == "ug" else words) for tag, words in question.text.others)
    changed = replace(question, text=replace(question.text, others=others))
    sections = tuple(
        replace(one, questions=tuple(changed if each is question else each for each in one.questions))
        for one in SPEAKING.sections
    )
    found = compare(SPEAKING, replace(SPEAKING, sections=sections))
    told = [one.name.zh for part in found.questions for one in part.differences]
    assert told == ["文字（维吾尔语）"]


def test_codebook_and_keys_speak_chinese_and_english_and_the_codebook_knows_more() -> None:
    variable = next(one for one in codebook(SPEAKING) if one.name == "aspects.parking")
    assert variable.label.zh == next(one for one in codebook(QUESTIONNAIRE) if one.name == "aspects.parking").label.zh
    assert variable.label.said_in("ug")
    assert variable.values[0].label.said_in("ug")


def test_a_form_with_letters_that_paper_cannot_hold_is_refused_before_it_is_printed(
    client: TestClient, database: Database, settings: Settings, world: World
) -> None:
    question = QUESTIONNAIRE.question("know")
    odd = replace(question, text=replace(question.text, zh=question.text.zh + "ئابت"))
    sections = tuple(
        replace(one, questions=tuple(odd if each is question else each for each in one.questions))
        for one in QUESTIONNAIRE.sections
    )
    code_of(database, settings, world, replace(QUESTIONNAIRE, key="odd", sections=sections))
    sign_in(client, "manager")
    sent = {"area": "110101000001", "kind": "open", "size": "2", "languages": "zh"}
    reply = post(client, "/surveys/odd/waves/2026Q3/paper", sent)
    assert reply.status_code == 409
    assert "题目 know：ئ、ا、ب、ت" in reply.text
    with database.reading.begin() as session:
        assert session.scalars(select(PaperBatch)).all() == []
    english = post(client, "/surveys/odd/waves/2026Q3/paper", {**sent, "languages": "en"})
    assert english.status_code == 303, english.text[:3000]
