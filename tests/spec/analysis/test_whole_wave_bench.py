"""The bench of a whole wave, small: it runs, and names the stages of the engine and of the gate."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from survey_service.analyses import service
from tests.bench import whole_wave


def test_every_stage_has_its_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_wave, "LEAST", 0.0)
    analyse = service.analyse_wave
    few = replace(whole_wave.FEW, streets=3, communities=4)
    whole_wave.main(replace(whole_wave.SHAPE, streets=2, communities=3, indicators=2), few)
    assert service.analyse_wave is analyse  # what was watched is as it was
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = {line["stage"].rsplit(" > ", 1)[-1] for line in lines}
    assert {"weigh", "tables", "mode_table", "protected", "text", "published table read", "summaries packed"} <= stages
    [whole] = [line for line in lines if "at_most" in line]
    assert whole["processor"] >= sum(line["processor"] for line in lines if line["stage"].count(" > ") == 1) - 0.1
    [crossed, of_few] = [line for line in lines if line["stage"].startswith("gate of communities")]
    assert crossed["cells"] > 2 * (1 + 2 + 6) * 7
    assert of_few["complementary"] > 0
