"""SQL of the quality of keying: a fixed number of statements for a whole wave."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from survey_service.keying.quality import KeyerLine, Quality, QuestionLine
from survey_service.keying.queries import names_of
from survey_service.keying.schemas import Sheet
from survey_service.keying.work_queries import batch_lines
from survey_service.models import Decision, Discrepancy, Keying, KeyingPass, KeyingState, Wave

_FIRST = aliased(Keying)
_SECOND = aliased(Keying)


def _here(row: type[Keying], wave: Wave, visible: Select[tuple[UUID]]) -> tuple[ColumnElement[bool], ...]:
    return (row.survey_id == wave.survey_id, row.wave_id == wave.id, row.area_id.in_(visible))


def quality(session: Session, wave: Wave, sheet: Sheet, visible: Select[tuple[UUID]]) -> Quality:
    """Everything that the page and its export say."""
    keyed, verified, compared = _totals(session, wave, visible)
    questions = _questions(session, wave, sheet, visible, verified)
    return Quality(
        keyers=_keyers(session, wave, visible),
        questions=questions,
        batches=batch_lines(session, wave, visible),
        keyed=keyed,
        verified=verified,
        compared=compared,
        different=sum(one.different for one in questions),
        undecided=sum(one.undecided for one in questions),
        wrong_first=sum(one.wrong_first for one in questions),
        wrong_second=sum(one.wrong_second for one in questions),
    )


def _totals(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> tuple[int, int, int]:
    rows = session.execute(
        select(Keying.keying_pass, func.count(), func.sum(Keying.compared))
        .where(*_here(Keying, wave, visible), Keying.state == KeyingState.DONE)
        .group_by(Keying.keying_pass)
    )
    found = {which: (count, int(fields or 0)) for which, count, fields in rows}
    verified, compared = found.get(KeyingPass.SECOND, (0, 0))
    return found.get(KeyingPass.FIRST, (0, 0))[0], verified, compared


def _questions(
    session: Session, wave: Wave, sheet: Sheet, visible: Select[tuple[UUID]], verified: int
) -> list[QuestionLine]:
    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    decided = Discrepancy.decided_at.is_not(None)
    rows = session.execute(
        select(
            Discrepancy.variable,
            func.count(),
            count(~decided),
            count(decided & (Discrepancy.decision != Decision.FIRST)),
            count(decided & (Discrepancy.decision != Decision.SECOND)),
            count(Discrepancy.decision == Decision.ILLEGIBLE),
        )
        .join(
            _FIRST,
            (_FIRST.survey_id == Discrepancy.survey_id)
            & (_FIRST.paper_id == Discrepancy.paper_id)
            & (_FIRST.keying_pass == KeyingPass.FIRST),
        )
        .where(*_here(_FIRST, wave, visible))
        .group_by(Discrepancy.variable)
    )
    found = {row[0]: [int(number) for number in row[1:]] for row in rows}
    lines = []
    for row in sheet.rows:
        different, undecided, first, second, illegible = found.get(row.variable, [0] * 5)
        lines.append(
            QuestionLine(
                row=row,
                forms=verified,
                different=different,
                undecided=undecided,
                wrong_first=first,
                wrong_second=second,
                illegible=illegible,
            )
        )
    return lines


def _keyers(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> list[KeyerLine]:
    done = session.execute(
        select(
            Keying.account_id,
            Keying.keying_pass,
            func.count(),
            func.sum(case((Keying.seconds > 0, 1), else_=0)),
            func.sum(Keying.keystrokes),
            func.sum(Keying.seconds),
        )
        .where(*_here(Keying, wave, visible), Keying.state == KeyingState.DONE, Keying.account_id.is_not(None))
        .group_by(Keying.account_id, Keying.keying_pass)
    ).all()
    forms: Counter[tuple[UUID, KeyingPass]] = Counter()
    timed: Counter[UUID] = Counter()
    strokes: Counter[UUID] = Counter()
    seconds: Counter[UUID] = Counter()
    for account_id, which, count, with_time, keystrokes, spent in done:
        if account_id is not None:
            forms[account_id, which] = count
            timed[account_id] += int(with_time or 0)
            strokes[account_id] += int(keystrokes or 0)
            seconds[account_id] += int(spent or 0)
    people = sorted({account_id for account_id, _ in forms})
    names = names_of(session, people)
    compared, wrong = _compared_by(session, wave, visible), _wrong_by(session, wave, visible)
    lines = [
        KeyerLine(
            account_id=one,
            name=names.get(one, "–"),
            first_forms=forms[one, KeyingPass.FIRST],
            second_forms=forms[one, KeyingPass.SECOND],
            compared=compared[one],
            wrong=wrong[one],
            timed=timed[one],
            keystrokes=strokes[one],
            seconds=seconds[one],
        )
        for one in people
    ]
    return sorted(lines, key=lambda line: (line.name, str(line.account_id)))


def _compared_by(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> Counter[UUID]:
    """Fields that were compared, for each of the two who keyed them."""
    found: Counter[UUID] = Counter()
    for who in (_FIRST.account_id, _SECOND.account_id):
        rows = session.execute(
            select(who, func.sum(_SECOND.compared))
            .select_from(_SECOND)
            .join(
                _FIRST,
                (_FIRST.survey_id == _SECOND.survey_id)
                & (_FIRST.paper_id == _SECOND.paper_id)
                & (_FIRST.keying_pass == KeyingPass.FIRST),
            )
            .where(
                *_here(_SECOND, wave, visible),
                _SECOND.keying_pass == KeyingPass.SECOND,
                _SECOND.state == KeyingState.DONE,
            )
            .group_by(who)
        )
        for account_id, fields in rows:
            if account_id is not None:
                found[account_id] += int(fields or 0)
    return found


def _wrong_by(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> Counter[UUID]:
    """Fields that were decided against the one who keyed them."""
    found: Counter[UUID] = Counter()
    for which, right in ((KeyingPass.FIRST, Decision.FIRST), (KeyingPass.SECOND, Decision.SECOND)):
        rows = session.execute(
            select(Keying.account_id, func.count())
            .join(
                Discrepancy,
                (Discrepancy.survey_id == Keying.survey_id) & (Discrepancy.paper_id == Keying.paper_id),
            )
            .where(
                *_here(Keying, wave, visible),
                Keying.keying_pass == which,
                Discrepancy.decided_at.is_not(None),
                Discrepancy.decision != right,
            )
            .group_by(Keying.account_id)
        )
        for account_id, count in rows:
            if account_id is not None:
                found[account_id] += count
    return found
