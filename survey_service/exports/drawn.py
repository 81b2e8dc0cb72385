"""The cases of a wave as they were drawn, in the order of ``CaseColumns``: whose they are, and what each stage did.

Ids stay here: they lead to the answers of a block and stand in no file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from analysis.arrays import FloatArray
from survey_service.models import Case

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DrawnCases:
    ids: np.ndarray  # (cases, 16) bytes: a million ids are 16 MB, not 100
    probabilities: tuple[FloatArray, ...]  # per stage as the draw recorded them, outermost first; NaN below the last

    def id(self, row: int) -> UUID:
        return UUID(bytes=self.ids[row].tobytes())


def drawn_cases(session: Session, survey_id: UUID, wave_id: UUID, count: int) -> DrawnCases:
    """One statement, read in parts."""
    ids = np.zeros((count, 16), dtype=np.uint8)
    stages: list[FloatArray] = []
    rows = session.connection().execute(
        # As texts: what the database hands over is taken apart here, once, without an object for every id.
        select(cast(Case.id, String), cast(Case.stages, String))
        .where(Case.survey_id == survey_id, Case.wave_id == wave_id)
        .order_by(Case.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    start = 0
    for some in rows.partitions():
        end = start + len(some)
        written = "".join(case_id for case_id, _ in some)
        ids[start:end] = np.frombuffer(bytes.fromhex(written.replace("-", "")), dtype=np.uint8).reshape(-1, 16)
        recorded = json.loads(f"[{','.join(text for _, text in some)}]")
        while len(stages) < max(map(len, recorded)):
            stages.append(np.full(count, np.nan))
        for stage, values in enumerate(stages):
            values[start:end] = [one[stage]["probability"] if stage < len(one) else np.nan for one in recorded]
        start = end
    return DrawnCases(ids=ids, probabilities=tuple(stages))
