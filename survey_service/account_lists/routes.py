"""The pages that make accounts from a list: the look at the file, and the start passwords, which are shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.characters import written
from survey_service.account_lists import queries, service
from survey_service.account_lists.account_file import COLUMNS, MOST, NewAccount, judge_accounts, user_of
from survey_service.account_lists.service import StartPassword
from survey_service.account_lists.words import LIST_WORDS, ROLES, TIES
from survey_service.accounts.administration.pages import acting_administrator
from survey_service.accounts.administration.service import START_PASSWORD_FOR, ActingAdministrator
from survey_service.accounts.errors import UserTaken
from survey_service.accounts.permissions import Administrator
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, TooManyAttempts
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload, look, sent, upload_page
from survey_service.uploads.present import empty_workbook as workbook
from survey_service.uploads.present import present_table
from survey_service.uploads.records import Record
from survey_service.web.posted_forms import Posted

router = APIRouter()
HERE: Final = "/accounts/from-list"
TAKEN_AGAIN: Final = (Conflict, UserTaken, TooManyAttempts)  # the file is shown once more, as it is by then


class AccountUpload(ListUpload[tuple[NewAccount, ...]]):
    columns = COLUMNS

    def __init__(self, acting: ActingAdministrator) -> None:
        self.acting = acting
        self.new: Sequence[NewAccount] = ()
        self.passwords: Mapping[str, StartPassword] = {}

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[tuple[NewAccount, ...]]:
        some = rows[: MOST + 1]  # one too many is enough to be told
        typed = {written(one.get(column)) for one in some for column in ("area", "works_for_area")} - {""}
        found = queries.ground(session, self.acting.scope, {user_of(one) for one in some}, typed)
        return judge_accounts(some, found)

    def prepare(self, looked: Looked[tuple[NewAccount, ...]]) -> None:
        self.passwords = service.start_passwords(looked.stored or ())

    def store(self, session: Session, looked: Looked[tuple[NewAccount, ...]], name: str) -> None:
        assert looked.stored is not None
        service.make(session, self.acting, looked.stored, self.passwords)
        self.new = looked.stored


@router.get("/accounts/from-list")
def list_page(request: Request, running: Running, person: Administrator) -> Response:
    return upload_page(Asking(request, running, person), LIST_WORDS, HERE, section="accounts")


@router.get("/accounts/from-list/empty.csv")
def empty_table(_person: Administrator) -> Response:
    return present_table("accounts.csv", COLUMNS, [])


@router.get("/accounts/from-list/empty.xlsx")
def empty_workbook(_person: Administrator) -> Response:
    choices = {"role": [name.zh for name in ROLES.values()], "works_for": [name.zh for name in TIES.values()]}
    return workbook("accounts.xlsx", COLUMNS, choices, MOST)


@router.post("/accounts/from-list")
def make_accounts(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Administrator,
    now: Now,
    posted: Posted,
) -> Response:
    asking = Asking(request, running, person)
    upload = AccountUpload(acting_administrator(person, running, now))
    try:
        file = sent(posted)
        found = look(upload, file, reading, writing)
    except BadInput as fault:
        return upload_page(asking, LIST_WORDS, HERE, section="accounts", fault=fault)
    except TAKEN_AGAIN as fault:
        found = look(upload, replace(file, seen=""), reading, writing)
        return upload_page(asking, LIST_WORDS, HERE, section="accounts", found=found, fault=fault)
    if found is not None:
        return upload_page(asking, LIST_WORDS, HERE, section="accounts", found=found)
    return _start_passwords(asking, upload)


def _start_passwords(asking: Asking, upload: AccountUpload) -> Response:
    """Everybody's start password, in the reply to the step itself: no address leads here again."""
    slips = [(one.name, one.user, ROLES[one.role], upload.passwords[one.user].plain) for one in upload.new]
    context = {
        "slips": slips,
        "until": upload.acting.at + START_PASSWORD_FOR,
        "address": asking.running.settings.public_url,
    }
    return asking.page("staff/start-passwords.html", context, section="accounts")
