"""What half of is done elsewhere comes out as if all had been done here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import apart, published_areas
from analysis.disclosure import Protected
from analysis.engine import streets_meanwhile
from analysis.second_processor import answers, elsewhere, kept
from survey_service.analyses import service
from survey_service.releases import canonical_estimates
from tests.bench import whole_wave
from tests.bench._crossed import FEW, gated, of_few

SMALL = replace(FEW, streets=3, communities=4, indicators=3)
NEVER = ("import sys; sys.exit(1)",)


def noted(piece: int) -> tuple[int, int]:
    return piece, os.getpid()


def refused(piece: int) -> int:
    raise ValueError(f"{piece} will not do")


def noted_or_refused(piece: int) -> tuple[int, int]:
    return (piece, os.getpid()) if piece != 1 else (refused(piece), 0)


def slept(piece: float) -> None:
    time.sleep(piece)


def test_answers_stand_in_the_order_of_the_pieces_wherever_they_were_made() -> None:
    found = answers(noted, range(5), shared=True)
    assert [piece for piece, _ in found] == [0, 1, 2, 3, 4]
    own, theirs = {process for _, process in found[::2]}, {process for _, process in found[1::2]}
    assert own == {os.getpid()} != theirs
    assert len(theirs) == 1


@pytest.mark.parametrize(("pieces", "shared"), [(5, False), (1, True), (0, True)])
def test_nothing_is_begun_where_it_is_not_worth_it(pieces: int, shared: bool) -> None:
    assert answers(noted, range(pieces), shared=shared) == [(one, os.getpid()) for one in range(pieces)]


def test_the_pieces_of_a_process_that_died_are_done_here() -> None:
    found = answers(noted, range(4), shared=True, command=[sys.executable, "-c", *NEVER])
    assert found == [(one, os.getpid()) for one in range(4)]


def test_pieces_that_cannot_be_sent_are_done_here() -> None:
    assert len(answers(type, [lambda: 1, lambda: 2], shared=True)) == 2


def test_what_a_piece_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="0 will not do"):
        answers(refused, range(4), shared=True)


def test_a_kept_process_is_there_for_every_call_and_ends_with_the_block() -> None:
    with kept():
        first, second = (answers(noted, range(4), shared=True)[1][1] for _ in range(2))
        assert first == second != os.getpid()
        assert _lives(first)
    assert not _lives(first)
    assert answers(noted, range(4), shared=True)[1][1] != first


def test_a_kept_process_that_died_is_followed_by_another() -> None:
    with kept():
        first = answers(noted, range(2), shared=True)[1][1]
        os.kill(first, signal.SIGKILL)
        until(lambda: not _lives(first))
        assert [one for one, _ in answers(noted, range(4), shared=True)] == [0, 1, 2, 3]
        with pytest.raises(ValueError, match="1 will not do"):
            answers(noted_or_refused, range(4), shared=True)
        assert answers(noted, range(4), shared=True)[1][1] not in (first, os.getpid())


def test_what_begins_while_a_kept_process_is_busy_has_one_of_its_own() -> None:
    with kept(), elsewhere(noted, [1], shared=True) as first, elsewhere(noted, [2], shared=True) as second:
        [(_, one)], [(_, other)] = first(), second()
        assert len({one, other, os.getpid()}) == 3
    assert not _lives(one)
    assert not _lives(other)


def test_a_kept_process_whose_answers_nobody_took_is_not_asked_again() -> None:
    with kept():
        with elsewhere(slept, [600.0], shared=True):
            pass
        assert answers(noted, range(2), shared=True)[1][0] == 1


def test_the_other_process_ends_with_this_one_however_it_ends() -> None:
    """Of one that is killed while the other computes, the other is gone too."""
    program = (
        "from analysis.second_processor import _Other;"
        "other = _Other(); asked = other.ask('time:sleep', [600.0]);"
        "print(other.process.pid, flush=True); asked.answers()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        other = int(first.stdout.readline())
        first.send_signal(signal.SIGKILL)
    until(lambda: not _lives(other))


def until(so: Callable[[], bool]) -> None:
    for _ in range(600):
        if so():
            return
        time.sleep(0.1)
    raise AssertionError("not within a minute")


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _by(monkeypatch: pytest.MonkeyPatch, number: int) -> Protected:
    monkeypatch.setattr(apart, "processors", lambda: number)
    monkeypatch.setattr(apart, "_WORTH", 0)
    return gated(*of_few(SMALL))


def test_the_gate_says_the_same_on_one_processor_and_on_two(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = _by(monkeypatch, 1), _by(monkeypatch, 2)
    assert repr(one.table.rows) == repr(two.table.rows)
    assert sorted(map(repr, one.reasons.items())) == sorted(map(repr, two.reasons.items()))
    assert one.left_out == two.left_out
    assert any(cell.suppression is not None for row in one.table.rows for cell in row.cells)


def _text(monkeypatch: pytest.MonkeyPatch, number: int) -> str:
    for module in (streets_meanwhile, apart, published_areas):
        monkeypatch.setattr(module, "processors", lambda: number)
        monkeypatch.setattr(module, "_WORTH", 0)
    shape = replace(whole_wave.SHAPE, streets=3, communities=3, indicators=2)
    of, asked = whole_wave.city(shape, 1), whole_wave.whole_questionnaire(shape.indicators)
    rows = whole_wave.rows_of(of, whole_wave.asked_in_two_modes(whole_wave.wave(of, 2)), asked)
    return canonical_estimates.estimates_text(service.analyse_wave(rows, whole_wave.PLAN, register=of.register()))


def test_what_a_release_keeps_is_the_same_on_one_processor_and_on_two(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = _text(monkeypatch, 1), _text(monkeypatch, 2)
    assert one == two
    assert all(f'"{part}":' in one for part in ("groups", "street_groups", "ranks"))
