"""A definition with lists leaves the service as it came: as a file, and as a copy for review."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from questionnaires.lists import filled
from questionnaires.loader import check_bytes
from reports.fonts import TypeSettings
from reports.paper_form.layout import lay_out_form
from reports.paper_form.skips import numbered
from survey_service.catalogue.review_copy import review_story
from survey_service.catalogue.yaml_of import yaml_of
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.listed import ENTRIES, LISTED, LONG_ENTRIES


def test_the_file_of_a_version_loads_to_the_same(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, LISTED)
    again, problems = check_bytes(yaml_of(questionnaire).encode(), "again.yaml")
    assert not problems
    assert again == questionnaire
    # Entries that a wave gave stand in no file: the next wave gives its own.
    assert yaml_of(filled(questionnaire, ENTRIES)) == yaml_of(questionnaire)


def test_paper_says_which_options_are_meant(tmp_path: Path) -> None:
    said = {one.question.id: one.meant for one in numbered(filled(loaded(tmp_path, LISTED), ENTRIES))}
    assert said["street"] is None
    told = {name: one.zh for name, one in said.items() if one is not None}
    assert told["community"] == "只选属于第 1 题答案的。"
    assert told["order"] == "只在第 5 题选过的里面选，一项没选的不用答。"
    assert told["how"] == "“公交、开车”与第 3 题的回答不符的不选。"


def test_a_copy_for_review_counts_a_long_list_and_says_who_is_offered_what(tmp_path: Path) -> None:
    story = str(review_story(filled(loaded(tmp_path, LISTED), LONG_ENTRIES), "zh"))
    assert "名单，共 90 项" in story
    assert "粤海街道" in story  # eighteen are printed
    assert "文心社区" not in story
    assert "只选属于第 1 题答案的" in story


def test_a_list_longer_than_a_page_is_written_into_a_line(tmp_path: Path, type_settings: TypeSettings) -> None:
    """Ninety communities: a name or a code in one line, read by a person; eighteen streets: a box each."""
    questionnaire = filled(loaded(tmp_path, LISTED), LONG_ENTRIES)
    layout = lay_out_form(questionnaire, ("zh",), definition_sha256="0" * 64, settings=type_settings)
    boxes = Counter(box.variable for box in layout.geometry.boxes)
    assert boxes["street"] == 19
    assert boxes["community"] == 0
    assert {"community", "community.other", "order"} <= {one.variable for one in layout.geometry.entries}
