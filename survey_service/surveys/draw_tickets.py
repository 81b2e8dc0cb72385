"""The ticket by which blocks are drawn: of a case, of a paper form, or of whoever opens a poster's page.

Of a case and of a form it is a function of the installation's key and of the printed number, so that letter, phone,
paper and device of one case ask the same, and nothing is stored beforehand. Numbers that end in digits count on within
what stands before them: neighbours in a list of cases have neighbouring tickets, and the blocks come out even among
them (``questionnaires.draws``). On a poster's page it is drawn by chance, and travels sealed with the form: nobody
chooses blocks by writing another, or by opening the page of another code.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from uuid import UUID

from questionnaires.answer_forms import Canonical
from questionnaires.draws import tickets
from questionnaires.model import Questionnaire
from survey_service.secrets import KeyRing

_MOST_COUNTED = 9  # digits at the end of a number that are counted on
_START = 10**14  # tickets begin below: with what is counted on they stay whole numbers of a browser
_SEAL = 20  # hexadecimal digits
SEALED = re.compile(r"[0-9]{1,16}\.[0-9a-f]{20}")


def ticket_of(keys: KeyRing, wave_id: UUID, number: str) -> int:
    """Of a case number, or of a form that belongs to no case, by its serial's count."""
    ending = re.search(rf"[0-9]{{1,{_MOST_COUNTED}}}$", number)
    counted = int(ending.group()) if ending else 0
    before = number[: ending.start()] if ending else number
    return int(keys.keyed_hash("draw of blocks", f"{wave_id} {before}"), 16) % _START + counted


def by_chance() -> int:
    return secrets.randbelow(_START)


def sealed(keys: KeyRing, code_id: UUID, ticket: int) -> str:
    return f"{ticket}.{_seal(keys, code_id, ticket)}"


def unsealed(keys: KeyRing, code_id: UUID, token: str) -> int | None:
    """None for whatever was not sealed here, for this code."""
    if not SEALED.fullmatch(token):
        return None
    ticket = int(token.partition(".")[0])
    return ticket if secrets.compare_digest(sealed(keys, code_id, ticket), token) else None


def _seal(keys: KeyRing, code_id: UUID, ticket: int) -> str:
    return keys.keyed_hash("sealed draw", f"{code_id} {ticket}")[:_SEAL]


def with_answers(questionnaire: Questionnaire, ticket: int | None) -> Mapping[str, Canonical]:
    """What a ticket adds to the answers that the judge is given."""
    return dict(tickets(questionnaire, ticket)) if ticket is not None else {}
