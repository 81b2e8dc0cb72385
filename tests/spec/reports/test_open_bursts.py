"""Open answers that came in heaps are told apart from those of people who came by themselves."""

from __future__ import annotations

from dataclasses import replace

from reports.wording import facts
from tests.spec.reports.summaries import SAMPLE


def test_heaps_among_the_open_answers_have_a_count_of_their_own() -> None:
    heaped = replace(SAMPLE, open_in_bursts=31)
    assert facts.sample_notes(heaped, "zh")[-1].endswith(
        "58 份不是概率样本，未计入本报告的估计。其中 31 份是一分钟里扎堆来的，可能是群里刚发了码，也可能有人代填。"
    )
    assert "Of these, 31 came in heaps" in facts.sample_notes(heaped, "en")[-1]
    assert "扎堆" not in facts.sample_notes(SAMPLE, "zh")[-1]
