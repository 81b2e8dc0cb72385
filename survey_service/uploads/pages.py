"""The two posts of every look-first upload: the look, and the step that stores what was seen.

Between them the file travels in the page, packed, and is judged anew: nothing is kept on the server.
"""

from __future__ import annotations

import base64
import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from survey_service.accounts.staff_pages import Asking, go
from survey_service.database import ReadingSessions, WritingSessions
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.tabular.harmless import harmless
from survey_service.tabular.problems import TableError, TableProblem
from survey_service.uploads.carried import pack, unpack
from survey_service.uploads.forms import Words
from survey_service.uploads.looked import Looked, Stored, unreadable, with_notices
from survey_service.uploads.records import Column, Record, Records, read_records
from survey_service.web import posted_forms

SHOWN: Final = 200  # problems on one page
MOST_LINKED: Final = 1_000_000  # characters of the link that holds the problems as a table
_TABLE: Final = "data:text/csv;charset=utf-8;base64,"
LONGEST_NAME: Final = 120  # of a file, as the log keeps it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The file as chosen, or as it came back with the page that showed it: then with what was ``seen``."""

    name: str
    data: bytes
    seen: str


def sent(posted: FormData) -> Sent:
    """BadInput where no file was chosen, and for what no page of ours carries."""
    if packed := posted_forms.texts(posted, "packed"):
        name, data = posted_forms.text(posted, "name")[:LONGEST_NAME], unpack(packed)
    else:
        name, data = posted_forms.upload(posted, "file") or ("", b"")
    if not data:
        raise BadInput(
            zh="还没有选文件，或者选的文件是空的。", en="No file was chosen, or the one that was chosen is empty."
        )
    again = posted_forms.text(posted, "again")  # something was chosen otherwise: it is looked at, not stored
    return Sent(name=name[-LONGEST_NAME:], data=data, seen="" if again else posted_forms.text(posted, "seen"))


class Upload(ABC, Generic[Stored]):
    """What a file is, how it is judged and how it is stored. Everything it raises but TableError is the caller's."""

    judged_again = True
    """Whether it is judged once more in the transaction that stores it, so that nothing comes between. A sample of
    100,000 households would keep every other writer waiting."""

    @abstractmethod
    def read(self, name: str, data: bytes) -> Any:
        """The file's rows, outside of any transaction. Raises TableError."""

    @abstractmethod
    def judge(self, session: Session, rows: Any) -> Looked[Stored]:
        """What the rows would do to what is there. Raises TableError."""

    def prepare(self, looked: Looked[Stored]) -> None:
        """What takes long and holds no lock, of what is about to be stored: before the transaction begins."""

    @abstractmethod
    def store(self, session: Session, looked: Looked[Stored], name: str) -> None:
        """Store everything that was looked at, in the caller's transaction."""


class ListUpload(Upload[Stored]):
    """A list by named columns. A new one says these, how rows are judged, and how what was judged is stored."""

    columns: Sequence[Column]

    def read(self, name: str, data: bytes) -> Records:
        return read_records(name, data, self.columns)

    def judge(self, session: Session, rows: Records) -> Looked[Stored]:
        return with_notices(self.judge_rows(session, rows.rows), rows.notices)

    @abstractmethod
    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[Stored]:
        """Every row judged, with every problem."""


@dataclass(frozen=True, slots=True)
class SavedProblems:
    """The first ``count`` problems as a table, in the address of a link: the server keeps none of them."""

    address: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLook:
    """A file that was judged, as a page shows it and carries it to the next step."""

    file: str
    looked: Looked[Any]
    packed: Sequence[str]
    changed_since: bool

    @property
    def status(self) -> int:
        return 422 if self.looked.problems else 200

    @property
    def problems(self) -> Sequence[TableProblem]:
        return self.looked.problems[:SHOWN]

    @property
    def count(self) -> int:
        return len(self.looked.problems)

    def saved(self, language: str) -> SavedProblems:
        """As many problems as a link holds, a whole row each."""
        heads = ("row", "column", "problem") if language == "en" else ("行", "列", "看到的，和怎么改")
        table = bytearray("\ufeff".encode() + _csv_row(heads))
        most = (MOST_LINKED - len(_TABLE)) // 4 * 3  # base64 writes three bytes as four characters
        count = 0
        for one in self.looked.problems:
            line = _csv_row([harmless(cell) for cell in (one.row, one.head(language), one.in_language(language))])
            if len(table) + len(line) > most:
                break
            table += line
            count += 1
        return SavedProblems(_TABLE + base64.b64encode(table).decode(), count)


def _csv_row(cells: Sequence[object]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()


def look(upload: Upload[Stored], file: Sent, reading: ReadingSessions, writing: WritingSessions) -> FileLook | None:
    """What the file would do. None: it was stored, since it would still do what was seen."""
    carried = pack(file.data)
    try:
        rows = upload.read(file.name, file.data)
        with reading.begin() as session:
            looked = upload.judge(session, rows)
        if looked.sound and looked.fingerprint == file.seen:
            upload.prepare(looked)
            with writing.begin() as session:
                if upload.judged_again:
                    looked = upload.judge(session, rows)
                if looked.sound and looked.fingerprint == file.seen:
                    upload.store(session, looked, file.name)
                    return None
    except TableError as fault:
        looked = unreadable(fault)
    except IntegrityError:
        raise Conflict from None
    return FileLook(file=file.name, looked=looked, packed=carried, changed_since=bool(file.seen))


def refused(file: str, problems: Sequence[TableProblem], more: bool) -> FileLook:
    """A file of which nothing is kept, not even until it is mapped."""
    return FileLook(file=file, looked=Looked(problems=problems, more=more), packed=(), changed_since=False)


# ------------------------------------------------------------------ a page of its own


def upload_page(
    asking: Asking,
    words: Words,
    here: str,
    *,
    section: str,
    found: FileLook | None = None,
    typed: Mapping[str, str] | None = None,
    fault: DomainError | None = None,
) -> Response:
    """The form for a file, or the look at one. ``here``: where it is posted, and below it the present table."""
    context = {"upload": words, "here": here, "look": found, "typed": typed or {}, "fault": fault}
    status = found.status if found else 200
    return asking.page("staff/uploads/page.html", context, section=section, fault=fault, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """The page of one kind of file: who asks, its words, where it is posted, and where it leads when it is stored."""

    asking: Asking
    words: Words
    here: str
    done: str
    section: str = "surveys"

    def form(self) -> Response:
        return upload_page(self.asking, self.words, self.here, section=self.section)

    def taken(
        self, upload: Upload[Stored], posted: FormData, reading: ReadingSessions, writing: WritingSessions
    ) -> Response:
        """The look at what was posted; after it was stored, the way on."""
        try:
            found = look(upload, sent(posted), reading, writing)
        except BadInput as fault:
            return upload_page(self.asking, self.words, self.here, section=self.section, fault=fault)
        if found is None:
            return go(self.done)
        return upload_page(self.asking, self.words, self.here, section=self.section, found=found)
