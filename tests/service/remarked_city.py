"""A closed wave in which residents wrote something, some of it about who they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update

from questionnaires.answers import Policy, check_answers
from questionnaires.model import Question, Questionnaire, QuestionType
from questionnaires.text import Text
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import canonical_content
from survey_service.database import Database
from survey_service.models import Area, Capture, Case, Mode, Response, ResponseState, Role, Source, Wave, WaveState
from survey_service.secrets import KeyRing, code_hash
from tests.service.world import NOW, PASSWORD, QUESTIONNAIRE, World, build

WISH = Question(
    id="wish",
    type=QuestionType.LONG_TEXT,
    text=Text("您最希望先改进什么？", "What should be mended first?"),
    short=Text("最希望改进的", "To mend first"),
    max_length=200,
)
IDENTIFYING = "我叫王小明，住3栋2单元501室，电话１３８１２３４５６７８，停车太难"
WORDS = (
    IDENTIFYING,
    "多划一些停车位",
    "路灯坏了很久没修",
    "ＡＢＣ停车场收费太贵",
    *(f"希望楼道每周打扫{number}次" for number in range(1, 9)),
)
RESPONDENTS = 32
HERE = "/surveys/satisfaction/waves/2026Q3/remarks"


def questionnaire() -> Questionnaire:
    [section] = QUESTIONNAIRE.sections
    return replace(QUESTIONNAIRE, sections=(replace(section, questions=(*section.questions, WISH)),))


def build_remarked(database: Database, secret: str) -> World:
    """The first community has enough answers for a sheet of its own, the second has not; one came by an open code."""
    world = build(database, KeyRing(secret), questionnaire())
    first, second = world.community_ids
    answered(database, world, first, [*WORDS, *[""] * (RESPONDENTS - len(WORDS))])
    answered(database, world, second, ["少放点音乐", "电梯常坏", ""])
    answered(database, world, first, ["扫码的人说：多种树"], mode=Mode.WEB_OPEN)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.CLOSED, closed_at=NOW, quotes_told=True))
        for user, role, area in (
            ("first", Role.STATISTICIAN, first),
            ("second", Role.STATISTICIAN, second),
        ):
            person = accounts.create_account(session, user=user, name=user, password=PASSWORD, at=NOW, by=SERVICE)
            accounts.grant(session, account=person, role=role, area_id=area, at=NOW, by=SERVICE)
    return world


def answered(
    database: Database, world: World, area_id: UUID, words: Sequence[str], mode: Mode = Mode.WEB_INVITED
) -> None:
    """Whoever wrote these, each a respondent; "" wrote nothing."""
    with database.writing.begin() as session:
        code = session.get_one(Area, area_id).code
        for number, text in enumerate(words):
            case_id = None
            if mode is not Mode.WEB_OPEN:
                case = _case(world, area_id, f"{code[-4:]}-9{number:02d}")
                session.add(case)
                session.flush()
                case_id = case.id
            given = {"know": "1", "channels": ["1"], "overall": "1" if number % 3 else "3", "age": "40"}
            content, sha256 = canonical_content(
                check_answers(world.questionnaire, {**given, **({"wish": text} if text else {})}, Policy.WEB)
            )
            response = Response(
                survey_id=world.survey_id,
                wave_id=world.wave_id,
                case_id=case_id,
                area_id=area_id,
                mode=mode,
                state=ResponseState.COMPLETE,
                current_capture_id=UUID(int=0),
                completed_at=NOW,
            )
            capture = Capture(
                survey_id=world.survey_id,
                wave_id=world.wave_id,
                case_id=case_id,
                area_id=area_id,
                client_id=code_hash(f"{area_id}{number}{mode}")[:32],
                mode=mode,
                source=Source.WEB,
                questionnaire_version_id=world.version_id,
                at=NOW,
                answers=content,
                answers_format=json.loads(content)["format"],
                content_sha256=sha256,
            )
            session.add(capture)
            session.flush()
            response.current_capture_id = capture.id
            session.add(response)
        session.flush()


def _case(world: World, area_id: UUID, number: str) -> Case:
    psu = f"psu-{number}"
    return Case(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=area_id,
        number=number,
        stratum=f"s-{area_id.hex[:8]}",
        psu=psu,
        stages=[
            {"unit": psu, "population": 300, "sampled": 40, "probability": 40 / 300, "variance": True},
            {"unit": "adult", "population": 2, "sampled": 1, "probability": 0.5, "variance": False},
        ],
        inclusion_probability=20 / 300,
        first_mode=Mode.WEB_INVITED,
    )


def response_of(database: Database, text: str) -> str:
    """The id of whoever wrote this."""
    with database.reading.begin() as session:
        for response_id, answers in session.execute(
            select(Response.id, Capture.answers).join(Capture, Capture.id == Response.current_capture_id)
        ):
            if json.loads(answers)["answers"].get("wish") == text:
                return str(response_id)
    raise LookupError(text)
