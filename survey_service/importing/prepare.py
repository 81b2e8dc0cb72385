"""A whole file against its plan: rows that could be stored, every problem by row and column, what was mended.

Pure: what the database knows comes in as a ``Ground``; nothing is stored here.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Policy, Severity, canonical_hash, judge
from questionnaires.kinds import kind_of
from questionnaires.kinds.place import joined
from questionnaires.model import Question, Questionnaire
from questionnaires.text import Text
from survey_service.importing import damage, personal, values
from survey_service.importing.choices import is_lettered
from survey_service.importing.kinds import Source, is_closed, reader_of
from survey_service.importing.plan import BESIDE, ColumnPlan, ImportPlan, Target
from survey_service.importing.reading import Reader
from survey_service.importing.variables import variables
from survey_service.importing.words import Kind, Notice, Notices
from survey_service.migrations.guards import ERASED
from survey_service.models import Mode
from survey_service.tabular.cells import Grid, Mark, column_letters
from survey_service.tabular.problems import TableProblem, Value, problem
from survey_service.tabular.words import Read, from_record
from survey_service.uploads.looked import Looked

TOTALS = frozenset(
    "合计 总计 小计 总和 平均 平均值 平均数 汇总 累计 total totals sum average mean grandtotal".split()  # noqa: SIM905 -- read as one line
)
_SEEN = 60
_LISTED = 50  # columns that a notice names
_EXACT = 15  # digits that Excel keeps of a number
_ANSWERING = (Target.ANSWER, Target.OPTION)
Watch = Callable[[int, int], None]
_WATCHED = 1000  # rows between two reports
_HINTS = 5  # problems for which a case of a like number is looked for; each costs a pass over all cases


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRef:
    id: UUID
    number: str
    area_id: UUID
    mode: Mode
    complete: bool = False  # has its complete response


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the wave knows: its cases within the person's areas, its communities, and imported rows by client id."""

    wave_id: UUID
    cases: Mapping[str, CaseRef]
    communities: Mapping[str, UUID]  # by code and by name, folded
    known: Mapping[str, str] = field(default_factory=dict)  # client id -> content hash of what was stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that could be stored."""

    row: int
    case: CaseRef | None
    area_id: UUID
    mode: Mode
    client_id: str
    checked: Checked
    content: str
    paradata: Mapping[str, Any]
    known: bool  # stored before with the same answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    rows: tuple[Row, ...]
    problems: tuple[TableProblem, ...]
    notices: Notices
    read: int  # rows of the file

    @property
    def new(self) -> int:
        return sum(not row.known for row in self.rows)

    def looked(self) -> Looked[tuple[Row, ...]]:
        """The outcome in the form that the pages of every upload show."""
        new = [row for row in self.rows if not row.known]
        counts = {
            "read": self.read,
            "new": len(new),
            "with_case": sum(row.case is not None for row in new),
            "open": sum(row.case is None for row in new),
            "known": len(self.rows) - len(new),
        }
        return Looked(stored=self.rows, problems=self.problems, notices=self.notices.all(), counts=counts)


@dataclass(slots=True)
class _Column:
    place: int
    plan: ColumnPlan
    question: Question
    read: Reader
    several: bool
    closed: bool  # a choice or a number: no answer of it is the word 合计


def prepare(
    grid: Grid, plan: ImportPlan, questionnaire: Questionnaire, ground: Ground, watch: Watch | None = None
) -> Prepared:
    """Judge every row of the file; ``watch`` hears (done, total) now and then."""
    return _Run(grid, plan, questionnaire, ground).run(watch)


def fold_name(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


class _Run:
    def __init__(self, grid: Grid, plan: ImportPlan, questionnaire: Questionnaire, ground: Ground) -> None:
        self.grid, self.plan, self.questionnaire, self.ground = grid, plan, questionnaire, ground
        self.problems: list[TableProblem] = []
        self.notices = Notices()
        self.judge = judge(questionnaire)
        self.columns = self._columns()
        self.heads = {column.plan.variable: column.plan.head for column in self.columns}
        self.case_place = plan.place(Target.CASE)
        self.community_place = plan.place(Target.COMMUNITY)
        self.kept_beside = [place for target in BESIDE if (place := plan.place(target)) is not None]
        self.first: dict[str, tuple[int, str]] = {}  # client id -> row and content
        self.occurrences: Counter[str] = Counter()
        self.padded: dict[str, list[str]] = {}
        self.written: dict[str, list[str]] = {}  # as people write them: without blanks, in capitals
        for number in ground.cases:
            self.padded.setdefault(_unpadded(number), []).append(number)
            self.written.setdefault(_written(number), []).append(number)

    def _columns(self) -> list[_Column]:
        of = {one.name: one.question for one in variables(self.questionnaire)}
        made = []
        for place, column in enumerate(self.plan.columns):
            if column.target not in _ANSWERING:
                continue
            question = of[column.variable]
            source = Source(
                question=question,
                said=column.values,
                platform=self.plan.survey_platform,
                epoch_1904=self.grid.epoch_1904,
                lettered=self._lettered(question, place, column.variable),
            )
            read = reader_of(source, column)
            several = kind_of(question).several and not column.variable.endswith(".other")
            closed = is_closed(question, column.variable)
            made.append(_Column(place, column, question, read, several, closed))
        return made

    def _lettered(self, question: Question, place: int, variable: str) -> bool:
        if not question.options or variable == f"{question.id}.other":
            return False
        cells = (record[place] for record in self.grid.records if record[place] not in values.PLATFORM_MISSING)
        return is_lettered(question, cells, single=not kind_of(question).several)

    def run(self, watch: Watch | None) -> Prepared:
        self._about_the_file()
        rows = []
        left_out = self._totals()
        for place, (number, record) in enumerate(zip(self.grid.rows, self.grid.records, strict=True)):
            if watch is not None and place % _WATCHED == 0:
                watch(place, len(self.grid.rows))
            if number in left_out:
                continue
            if (row := self._row(number, record)) is not None:
                rows.append(row)
        return Prepared(rows=tuple(rows), problems=tuple(self.problems), notices=self.notices, read=len(self.grid.rows))

    def _about_the_file(self) -> None:
        grid = self.grid
        self.notices.extend(Notice.HIDDEN_ROWS, grid.hidden_rows)
        self.notices.extend(Notice.TITLE_ROWS, grid.skipped_rows)
        if grid.head_rows > 1:
            joined = next((head for head in grid.heads if "—" in head), grid.heads[0])
            self.notices.add(Notice.TWO_HEAD_ROWS, seen=joined, taken=str(grid.head_rows))
        if grid.other_sheets:
            self.notices.add(Read.OTHER_SHEETS, sheet=grid.sheet, count=grid.other_sheets)
        if grid.encoding not in ("", "UTF-8"):
            self.notices.add(Read.ENCODING, encoding=grid.encoding)
        if grid.unseen:
            self.notices.add(Read.UNSEEN, count=grid.unseen)
        self._left_out(Target.IGNORE, Notice.COLUMNS_LEFT_OUT)
        self._left_out(Target.PERSONAL, Notice.COLUMNS_PERSONAL)
        for broken in grid.broken:
            self.notices.add(Read.LINE_BREAKS, where=from_record(broken).values["where"])

    def _left_out(self, target: Target, kind: Notice) -> None:
        """Columns that hold something and are not taken in; those of contact data are emptied before they wait."""
        heads = [
            _short(column.head) or column_letters(place + 1)
            for place, column in enumerate(self.plan.columns)
            if column.target is target
            and (target is Target.PERSONAL or any(damage.plain(record[place]) for record in self.grid.records))
        ]
        if heads:
            more = "…" if len(heads) > _LISTED else ""
            self.notices.add(kind, seen="、".join(heads[:_LISTED]) + more, taken=str(len(heads)))

    # -------------------------------------------------------------- rows of totals

    def _totals(self) -> set[int]:
        """Rows that say they are totals are left out; a last row that looks like one is a problem."""
        aside = [place for place, one in enumerate(self.plan.columns) if one.target not in _ANSWERING]
        first = [column.place for column in self.columns if column.closed][:1]
        said: set[int] = set()
        for number, record in zip(self.grid.rows, self.grid.records, strict=True):
            if any(_is_total(record[place]) for place in (*aside, *first)):
                said.add(number)
                self.notices.add(Notice.TOTAL_ROW, row=number)
        left = [position for position, number in enumerate(self.grid.rows) if number not in said]
        if len(left) >= 4:
            self._doubt(left[-1], left[:-1])
        return said

    def _doubt(self, last: int, above: Sequence[int]) -> None:
        """Whether every number of the last row is the sum or the mean of its column."""
        matching, other = [], 0
        for place in range(len(self.grid.heads)):
            cell = damage.half_width(damage.plain(self.grid.records[last][place]))
            if not cell:
                continue
            column = [damage.half_width(damage.plain(self.grid.records[one][place])) for one in above]
            numbers = [float(one) for one in column if damage.NUMBER.fullmatch(one)]
            if not damage.NUMBER.fullmatch(cell) or len(numbers) < 0.5 * len(column) or len(set(numbers)) < 2:
                other += self.plan.columns[place].target is not Target.IGNORE
                continue
            total, mean = sum(numbers), sum(numbers) / len(numbers)
            if min(abs(float(cell) - total), abs(float(cell) - mean)) <= 1e-9 * max(1.0, abs(total)):
                matching.append(cell)
            else:
                other += 1
        if matching and (not other or len(matching) > 3 * other):
            row = self.grid.rows[last]
            self.problems.append(problem(Kind.TOTAL_DOUBT, row=row, seen=tuple(matching[:3])))

    # -------------------------------------------------------------- one row

    def _row(self, number: int, record: tuple[str, ...]) -> Row | None:
        before = len(self.problems)
        answers = self._answers(number, record)
        case, area_id = self._where(number, record)
        checked = self.judge.check(answers, Policy.IMPORT)
        self._findings(number, record, checked, doubtful=len(self.problems) > before)
        if len(self.problems) > before or area_id is None:
            return None
        if not any(not isinstance(one, dict) for one in checked.answers.values()):
            self.notices.add(Notice.EMPTY_ROW, row=number)
            return None
        content = canonical_hash(checked.canonical)
        client_id = self._client_id(record, case, content)
        if not self._first(number, record, case, client_id, content):
            return None
        stored = self.ground.known.get(client_id)
        if stored is not None and stored != content:
            self._problem(Kind.ERASED if stored.startswith(ERASED) else Kind.TAKEN_OTHERWISE, number)
            return None
        if stored is None and case is not None and case.complete:
            self._problem(Kind.CASE_COMPLETE, number, self._head(self.case_place), case.number)
            return None
        if stored is not None:
            self.notices.add(Notice.KNOWN_ROW, row=number)
        return Row(
            row=number,
            case=case,
            area_id=area_id,
            mode=case.mode if case else Mode.IMPORT_OPEN,
            client_id=client_id,
            checked=checked,
            content=content,
            paradata=self._beside(number, record),
            known=stored is not None,
        )

    def _answers(self, number: int, record: tuple[str, ...]) -> dict[str, object]:
        answers: dict[str, object] = {}
        words: list[tuple[str, str, str]] = []
        parts: dict[str, dict[str, str]] = {}
        for place in self.kept_beside:
            if (what := personal.holds(record[place])) is not None:
                self.problems.append(personal.held(number, self.grid.heads[place], what))
        for column in self.columns:
            head = column.plan.head
            if (what := personal.holds(record[column.place])) is not None:
                self.problems.append(personal.held(number, head, what))
                continue
            reading = column.read(record[column.place])
            if reading.problem is not None:
                self.problems.append(replace(reading.problem, row=number, column=head))
                continue
            for kind, seen, taken in reading.notices:
                self.notices.add(kind, row=number, column=head, seen=seen, taken=taken)
            variable = column.plan.variable
            if isinstance(reading.answer, dict) and kind_of(column.question).parts:
                parts.setdefault(variable, {}).update(reading.answer)
            elif column.several and isinstance(reading.answer, list) and isinstance(answers.get(variable), list):
                answers[variable] = [*answers[variable], *reading.answer]  # type: ignore[misc]  # a list, as just asked
            elif reading.answer is not None:
                answers[variable] = reading.answer
            if reading.words:
                words.append((head, f"{variable.partition('.')[0]}.other", reading.words))
        for variable, told in parts.items():
            answers[variable] = joined(told)
        for head, variable, said in words:
            if answers.setdefault(variable, said) != said:
                self._problem(Kind.WORDS_TWICE, number, head, said, near=str(answers[variable])[:_SEEN])
        return answers

    def _findings(self, number: int, record: tuple[str, ...], checked: Checked, *, doubtful: bool) -> None:
        for finding in checked.findings:
            zh, en = (describe(finding, self.questionnaire, language, checked) for language in ("zh", "en"))
            words = Text(zh, en)
            head = self.heads.get(finding.variable, finding.variable)
            if finding.severity is Severity.HARD:
                seen = str(finding.parameters.get("seen") or self._cell(record, finding.variable))
                self._problem(Kind.JUDGED, number, head, seen, judged=words)
            elif not doubtful:  # a cell that could not be read would be called unanswered here
                self.notices.add(Notice.SOFT, row=number, column=head, said=words)

    def _cell(self, record: tuple[str, ...], variable: str) -> str:
        place = next((one.place for one in self.columns if one.plan.variable == variable), None)
        return damage.plain(record[place])[:_SEEN] if place is not None else ""

    def _problem(self, kind: Kind, row: int, column: str = "", seen: str = "", **more: Value) -> None:
        self.problems.append(problem(kind, row=row, column=column, seen=seen[:_SEEN], **more))

    def _head(self, place: int | None) -> str:
        return self.grid.heads[place] if place is not None else ""

    # -------------------------------------------------------------- where a row belongs

    def _where(self, number: int, record: tuple[str, ...]) -> tuple[CaseRef | None, UUID | None]:
        if self.case_place is not None:
            cell = record[self.case_place]
            if damage.plain(cell) or damage.mark_of(cell) is not None:
                case = self._case(number, cell)
                return case, case.area_id if case else None
        return None, self._community(number, record)

    def _case(self, number: int, cell: str) -> CaseRef | None:
        head, text = self._head(self.case_place), damage.plain(cell)
        kind = damage.lost(cell) or (Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else None)
        if kind is not None:
            self._problem(kind, number, head, text)
            return None
        bare = damage.unquoted(text) or text
        typed = _written(bare)
        if len(same := self.written.get(typed, [])) > 1 and bare not in same:
            self._problem(Kind.TWO_NUMBERS, number, head, text, codes=tuple(same[:4]))
            return None
        typed = bare if bare in same else same[0] if same else typed
        if typed != text and (bare != text or damage.has_full_width(text)):
            self.notices.add(Notice.FULL_WIDTH, row=number, column=head, seen=text, taken=typed)
        alike = self.padded.get(_unpadded(typed), []) if bare == text else []
        longer = [one for one in alike if len(one) > len(typed)]
        if len(typed) > _EXACT and typed.isdigit() and not typed[_EXACT:].strip("0"):  # as Excel leaves long numbers
            same = [one for one in self.ground.cases if one.startswith(typed[:_EXACT])]
            if same not in ([], [typed]):
                self._problem(Kind.ROUNDED, number, head, text)
                return None
        if typed in self.ground.cases and not longer:
            return self.ground.cases[typed]
        if len(alike) == 1:
            self.notices.add(Notice.LOST_ZERO, row=number, column=head, seen=text, taken=alike[0])
            return self.ground.cases[alike[0]]
        if alike:
            self._problem(Kind.TWO_CASES, number, head, text, codes=tuple(alike[:4]))
            return None
        if typed in self.ground.cases:
            return self.ground.cases[typed]
        few = len(self.problems) < _HINTS and len(self.ground.cases) < 20_000
        near = difflib.get_close_matches(typed, self.ground.cases, n=1, cutoff=0.8) if few else []
        if damage.DATE.fullmatch(text):
            self._problem(Kind.DATE_MADE, number, head, text)
        else:
            self._problem(Kind.UNKNOWN_CASE, number, head, text, near=near[0] if near else "")
        return None

    def _community(self, number: int, record: tuple[str, ...]) -> UUID | None:
        if self.community_place is not None:
            cell = record[self.community_place]
            head, text = self._head(self.community_place), damage.plain(cell)
            if (kind := damage.lost(cell)) is not None:
                self._problem(kind, number, head, text)
                return None
            if text:
                found = self.ground.communities.get(fold_name(damage.unquoted(text) or text))
                if found is None:
                    near = difflib.get_close_matches(fold_name(text), self.ground.communities, n=1, cutoff=0.6)
                    self._problem(Kind.UNKNOWN_COMMUNITY, number, head, text, near=near[0] if near else "")
                return found
        if self.plan.community:
            return self.ground.communities.get(fold_name(self.plan.community))
        self._problem(Kind.NO_COMMUNITY, number)
        return None

    # -------------------------------------------------------------- one row is one capture, however often it comes

    def _first(self, number: int, record: tuple[str, ...], case: CaseRef | None, client_id: str, content: str) -> bool:
        """Whether no row above is the same one: of one case, or of one serial and time."""
        first = self.first.setdefault(client_id, (number, content))
        if first[0] == number:
            return True
        if first[1] == content:
            self.notices.add(Notice.REPEATED_ROW, row=number)
        elif case is not None:
            self._problem(Kind.CASE_TWICE, number, self._head(self.case_place), case.number, other=first[0])
        else:
            place = self.plan.place(Target.SERIAL)
            serial = damage.plain(record[place]) if place is not None else ""
            self._problem(Kind.SERIAL_TWICE, number, self._head(place), serial, other=first[0])
        return False

    def _client_id(self, record: tuple[str, ...], case: CaseRef | None, content: str) -> str:
        """What makes a row itself when it comes again: its case; else its serial and time; else all its cells, and
        the how-manieth of rows alike it is."""
        if case is not None:
            identity = f"case|{case.id}"
        else:
            serial, submitted = self.plan.place(Target.SERIAL), self.plan.place(Target.SUBMITTED)
            if serial is not None and submitted is not None and record[serial].strip() and record[submitted].strip():
                moment = re.sub(r"\D+", " ", damage.half_width(record[submitted])).split()
                when = " ".join(part.lstrip("0") or "0" for part in moment)
                identity = f"serial|{damage.half_width(damage.plain(record[serial]))}|{when}"
            else:
                text = "\x1f".join(damage.half_width(damage.plain(cell)) for cell in record)
                self.occurrences[text] += 1
                identity = f"cells|{text}|{self.occurrences[text]}"
        digest = hashlib.sha256(f"import|{self.ground.wave_id}|{identity}".encode()).hexdigest()
        return f"import-{digest[:48]}"

    def _beside(self, number: int, record: tuple[str, ...]) -> dict[str, Any]:
        kept: dict[str, Any] = {"row": number}
        for target in BESIDE:
            place = self.plan.place(target)
            if place is not None and (text := damage.plain(record[place])):
                kept[target.value] = text[:40]
        return kept


def _written(number: str) -> str:
    return "".join(damage.half_width(number).split()).upper()


def _short(head: str) -> str:
    """A head in few characters: its begin and its end, where the parts of one question differ."""
    return head if len(head) <= 40 else f"{head[:22]}…{head[-17:]}"


def _unpadded(number: str) -> str:
    return number.lstrip("0") if number.isdigit() else number


def _is_total(cell: str) -> bool:
    return re.sub(r"[\s:：()（）]+", "", cell).casefold() in TOTALS
