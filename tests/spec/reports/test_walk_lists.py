"""Walking lists: every grid on its own pages, words within their columns however long, the same bytes again."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdf
import pytest

from questionnaires.text import Text
from reports import style
from reports.fonts import TypeSettings
from reports.marks import Words
from reports.sheets import open_sheet
from reports.walk_lists import drawing
from reports.walk_lists.content import Grid, Household, Round
from reports.walk_lists.drawing import RIGHT, ROW, ROWS, walk_list_pdf

DOORS = ("", "仁和里88号3号楼2单元501室", "示范市老城街道解放南路西侧纺织厂家属院原棉纺三厂宿舍区" * 3)


def grid(households: int, name: str = "万-01") -> Grid:
    return Grid(
        community=Text("万寿桥社区", "Wanshouqiao Community"),
        name=Text(name, name),
        counted=Text("3 户", "3 households"),
        households=[
            Household(
                number=f"010001-{one:04d}",
                door=DOORS[one % 3][:80],
                told=Text("没人在家，看得出有人住，邻居说晚上有人", "Nobody at home, lived in, as a neighbour says"),
                settled=one % 4 == 0,
                visits=0,
            )
            for one in range(households)
        ],
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_grid_has_pages_of_its_own_and_every_word_its_column(language: str, type_settings: TypeSettings) -> None:
    about = Round(
        title=Text("示范市公众满意度测评", "Survey of Residents"),
        wave=Text("2026年第四季度", "2026 Q4"),
        printed_at=datetime(2026, 12, 1, 9, 5, tzinfo=UTC),
        language=language,
    )
    grids = [grid(ROWS + 1), grid(3, "B-07")]
    pdf = walk_list_pdf(about, grids, settings=type_settings)
    assert pdf == walk_list_pdf(about, grids, settings=type_settings)
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(texts) == 3
    assert ["B-07" in "".join(text.split()) for text in texts] == [False, False, True]
    setter = open_sheet(language, type_settings).setter
    edges = [x for _, x, _ in drawing._places()] + [RIGHT]
    marks = drawing._table(setter, language, grids[0].households[:ROWS], 0)
    for mark in marks:
        if isinstance(mark, Words):
            column = max(place for place, edge in enumerate(edges) if edge <= mark.x)
            assert mark.x + mark.line.width <= edges[column + 1] + 0.5
            row = (mark.y - drawing.TOP) / ROW
            assert row < ROWS
            inside = row % 1 * ROW
            assert mark.y < drawing.TOP or 0.6 * mark.line.size <= inside <= ROW - 0.1 * mark.line.size
    assert drawing.TOP + ROWS * ROW < style.PAGE_HEIGHT - 22 * style.MILLIMETRE
