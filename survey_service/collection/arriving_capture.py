"""One resident's answer on its way through the group writer: together with its neighbours, or alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from survey_service.captures import ledger
from survey_service.captures.errors import ContentConflict, WaveClosed
from survey_service.captures.first import record_or_conflict, refuse_in, wave_now
from survey_service.captures.incoming import IncomingCapture, Recorded
from survey_service.models import Capture, ResponseState
from survey_service.models.capture import KNOWN
from survey_service.secrets import KeyRing

_SEEN = select(Capture.survey_id, Capture.client_id).where(
    Capture.survey_id.in_(bindparam("surveys", expanding=True)),
    Capture.client_id.in_(bindparam("clients", expanding=True)),
    KNOWN,  # a conflict has its known one beside it
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingCapture:
    incoming: IncomingCapture
    keys: KeyRing
    zone: ZoneInfo

    def __call__(self, session: Session) -> Recorded | ContentConflict:
        return record_or_conflict(session, self.incoming, keys=self.keys, zone=self.zone)

    @staticmethod
    def together(session: Session, works: Sequence[ArrivingCapture]) -> list[Recorded | None]:
        """Answers by open codes that nothing speaks against are stored in a few statements for all of them: an answer
        costs a third of what it costs alone. Alone go those of a case (its one answer and its code are at stake),
        repetitions, and what a wave does not take.
        """
        wanted = {
            "surveys": list({work.incoming.survey_id for work in works}),
            "clients": [work.incoming.client_id for work in works],
        }
        seen = {(row.survey_id, row.client_id) for row in session.execute(_SEEN, wanted)}
        waves = {}
        taken: list[int] = []
        for number, work in enumerate(works):
            incoming = work.incoming
            name = (incoming.survey_id, incoming.client_id)
            if name in seen or incoming.case_id is not None or incoming.state is not ResponseState.COMPLETE:
                continue
            seen.add(name)  # a double tap: the second of two in one group goes alone, and finds the first
            wave = (incoming.survey_id, incoming.wave_id)
            if wave not in waves:
                waves[wave] = wave_now(session, incoming)
            try:
                refuse_in(waves[wave], incoming, work.zone)
            except WaveClosed:
                continue
            taken.append(number)
        outcomes: list[Recorded | None] = [None] * len(works)
        if taken:
            recorded = ledger.enter_first(session, [works[number].incoming for number in taken], keys=works[0].keys)
            for number, one in zip(taken, recorded, strict=True):
                outcomes[number] = one
        return outcomes
