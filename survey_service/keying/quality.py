"""How well a wave was keyed: errors by person and by question, agreement, and how much is left wrong.

Pure: the simulation of clerks and the page use the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from survey_service.keying.kinds import Box
from survey_service.keying.schemas import BatchLine, Row

DIGITS = 9  # wrong figures that a slip at one place of a number can leave


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyerLine:
    """One person's keying in a wave."""

    account_id: UUID
    name: str
    first_forms: int
    second_forms: int
    compared: int  # fields of theirs that another keying was held against
    wrong: int  # of these, decided against them
    timed: int  # forms of which keystrokes and seconds are known: keyed with the script
    keystrokes: int
    seconds: int

    @property
    def error_rate(self) -> float | None:
        """Wrong fields per field compared, 0..1; a field both keyed wrong alike is not seen."""
        return self.wrong / self.compared if self.compared else None

    @property
    def forms_per_hour(self) -> float | None:
        return self.timed * 3600 / self.seconds if self.seconds else None

    @property
    def keystrokes_per_form(self) -> float | None:
        return self.keystrokes / self.timed if self.timed and self.keystrokes else None

    @property
    def keystrokes_per_hour(self) -> float | None:
        return self.keystrokes * 3600 / self.seconds if self.seconds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """One field of the form over all forms that were keyed twice."""

    row: Row
    forms: int  # keyed twice
    different: int
    undecided: int
    wrong_first: int
    wrong_second: int
    illegible: int  # decided that nobody can read it

    @property
    def agreement(self) -> float | None:
        return 1 - self.different / self.forms if self.forms else None

    @property
    def error_rate(self) -> float | None:
        """Errors of either keying per keying of the field."""
        return (self.wrong_first + self.wrong_second) / (2 * self.forms) if self.forms else None

    @property
    def alike(self) -> float:
        """Expected fields that both keyed wrong alike, so that nothing differs: w1 * w2 / (n * alternatives).

        An error leads to each of the other answers alike often; the two keyings err independently. Both are
        assumptions: a digit that is easily misread is misread by both.
        """
        count = alternatives(self.row)
        return self.wrong_first * self.wrong_second / (self.forms * count) if self.forms and count else 0.0


_ALTERNATIVES: Mapping[Box, Callable[[Row], int]] = {
    Box.ONE: lambda row: max(len(row.codes) - 1, 1),
    Box.SEVERAL: lambda row: max(len(row.codes), 1),  # one box too many or too few
    Box.LIST: lambda row: max(row.listed + len(row.codes) - 1, 1),
    Box.RANKS: lambda row: max(len(row.codes) - 1, 1),  # another code at one rank
    Box.NUMBER: lambda _row: DIGITS,
    Box.DATE: lambda _row: DIGITS,
    Box.TIME: lambda _row: DIGITS,
    Box.PLACE: lambda _row: DIGITS,
    Box.TEXT: lambda _row: 0,  # two slips never leave the same words
}


def alternatives(row: Row) -> int:
    """How many wrong answers a slip can leave in a field; 0 where two slips never leave the same one."""
    return _ALTERNATIVES[row.kind](row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The keying of one wave, or of the part of it that a person may see."""

    keyers: Sequence[KeyerLine]
    questions: Sequence[QuestionLine]
    batches: Sequence[BatchLine]
    keyed: int  # forms
    verified: int  # forms keyed twice
    compared: int  # fields
    different: int
    undecided: int
    wrong_first: int
    wrong_second: int

    @property
    def agreement(self) -> float | None:
        return 1 - self.different / self.compared if self.compared else None

    @property
    def first_error_rate(self) -> float | None:
        return self.wrong_first / self.compared if self.compared else None

    @property
    def second_error_rate(self) -> float | None:
        return self.wrong_second / self.compared if self.compared else None

    @property
    def residual(self) -> float | None:
        """Estimated share of fields that are still wrong among all keyed: see ``residual_rate``."""
        return residual_rate(
            self.questions, self.batches, keyed=self.keyed, verified=self.verified, compared=self.compared
        )


def residual_rate(
    questions: Iterable[QuestionLine], batches: Iterable[BatchLine], *, keyed: int, verified: int, compared: int
) -> float | None:
    """Wrong fields per field that remain, in 0..1; None before anything was compared.

    In forms keyed twice: those that both keyed wrong alike, everything else was decided from the paper. In forms keyed
    once: the error rate of their batch's own sample, or of all batches where theirs has none.
    """
    if not compared or not verified:
        return None
    batches = list(batches)
    per_form = compared / verified
    twice = sum(one.alike for one in questions)
    wrong = sum(one.wrong for one in batches)
    once, known = 0.0, 0
    for one in batches:
        unverified = one.keyed - one.verified
        rate = one.wrong / one.compared if one.compared else wrong / compared
        once += unverified * per_form * rate
        known += unverified
    # Forms without a batch are keyed once; nobody has looked at them a second time.
    once += max(keyed - verified - known, 0) * per_form * (wrong / compared)
    return (twice + once) / (keyed * per_form)
