"""An attacker who has the finished things only: pages, the JSON of the API, PDFs with what is drawn in them.

For a city made by chance and signed, every number is taken out of every surface: none has more digits than its cell may
have, none stands for what is hidden, none tells of a coded figure more than its band. Coordinates are measured: all
that a chart draws must be one scale applied to printed numbers, to a thousandth of a point. One city in the ordinary
run, twenty in ``make soak``. What follows from the numbers together is the matter of ``spec/analysis/test_attacker``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from reports import style
from reports.wording.figures import written
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Release
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter
from tests.service.conftest import TestClock
from tests.service.generated_city import SignedCity, print_documents, signed_city
from tests.service.signed_in import get, sign_in
from tests.service.world import NOW
from tests.spec.reports.drawn_charts import Drawing, Interval, drawings, text_of

SEEDS = (3, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(100, 119)))
INDICATORS = ("awareness", "satisfaction")
DRAWN_TO = 0.0021  # pt: a PDF has three decimals
SVG_TO = 0.1  # an SVG has one, and a per cent is two and more
FIGURES = ("value", "low", "high", "standard_error", "design_effect", "effective_sample_size", "tipping_point")
REASONS = (
    "受访不足 10 人",
    "防止由合计倒推",
    "不够准",
    "无法估计",
    "且回答全部相同",  # "不足 30 人": from 30 on it is no secret, and a legend says so
)  # the statistician's page alone tells
ALL_ALIKE = re.compile(r"受访\s*(\d+)\s*人回答全部相同")
FEW = 100  # respondents below which no standard error is told
Cell = Mapping[str, Any]
Row = Mapping[str, Any]


@pytest.fixture
def backend() -> str:
    """What is printed is the same on both databases."""
    return "sqlite"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_surface_tells_more_than_its_cell(seed: int, database: Database, settings: Settings) -> None:
    city = signed_city(database, settings, seed)
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    print_documents(Services(settings=settings, database=database, writer=writer, keys=keys, clock=lambda: NOW), city)
    writer.close()
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as client:
        sign_in(client, "leader")
        told = client.get(f"/api/v1/releases/{city.release}").json()
        assert {"age"} == {name for row in told["rows"] for name in row.get("group") or ()}
        rows = {row["area"]: row for row in told["rows"] if not row.get("group")}
        seen = json_tells_no_more(told, truth(database, city))
        assert min(seen["hidden"] + seen["coded"], seen["shown"]) > 0, (
            f"a city that shows nothing proves nothing: {seen}"
        )
        assert all(seen.values()) or seed != SEEDS[0], f"the city of every run has all there is: {seen}"
        beside_tells_no_more(told)
        allowed = decimals_allowed(told)
        for code in rows:
            pdf = client.get(f"/releases/{city.release}/{code}.zh.pdf").content
            assert_tells(text_of(pdf), allowed)
            community_is_drawn(pdf, rows, code) if code in city.communities else area_is_printed(pdf, rows, code)
        for address in leaders_pages(city):
            assert_tells(words(get(client, address)), allowed)
        for kind in ("csv", "json"):
            assert_tells(client.get(f"/releases/{city.release}/figures.{kind}").text, allowed)
        sign_in(client, "statistician")
        for indicator in INDICATORS:
            page = get(client, f"/surveys/{city.survey_key}/waves/{city.wave_key}/estimates?indicator={indicator}")
            page_of_figures_is_drawn(page, rows, indicator)


# ------------------------------------------------------------------ what is there to be found


def truth(database: Database, city: SignedCity) -> dict[tuple[str, str, str], tuple[float, int]]:
    """(area, age group, indicator) -> the estimate before the publication rule and its respondents: the secret."""
    with database.reading.begin() as session:
        made = session.get(Release, (city.survey_id, city.release_id))
        assert made is not None
        record = json.loads(made.estimates)
    found = {}
    for table in record["raw"]:
        for one in table["estimates"]:
            domain = dict(one["domain"])
            age = domain.pop("age", "")
            code = next(iter(domain.values()), "110000000000")
            found[(code, age, one["variable"])] = (one["value"], one["sample_size"])
    return found


def assert_tells(text: str, allowed: set[str]) -> None:
    """No decimal but those, and no reason why anything is hidden."""
    assert decimals(text) <= allowed
    assert not [reason for reason in REASONS if reason in text]
    assert not [size for size in ALL_ALIKE.findall(text) if int(size) < 30]


def decimals(text: str) -> set[str]:
    return set(re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", text))


def decimals_allowed(told: Mapping[str, Any]) -> set[str]:
    """Printed decimals that are no answers, or of figures that say they have some."""
    allowed = {"1.0"}  # the version of the questionnaire
    allowed |= {f"{tenths / 10:.1f}" for tenths in range(60)}  # verdicts that chance would get wrong
    for rates in told["response_rates"].values():
        shares = [rates.get("rr1"), rates.get("rr3"), rates["valid"] / rates["sampled"]]
        allowed |= {written(share * 100, 1) for share in shares if share is not None}
        allowed |= {f"{rates['e']:.3f}"} if rates.get("e") is not None else set()
    allowed |= {f"{hundredths / 100:.2f}" for hundredths in range(100, 300)}  # Kish's effect of the weights
    for row in told["rows"]:
        for cell in row["cells"]:
            allowed |= {f"{cell['goal']['value'] * 100:.1f}"} if cell.get("goal") else set()  # a target is no answer
            if cell.get("digits"):
                allowed |= {
                    f"{cell[name] * 100:.1f}" for name in ("value", "low", "high", "tipping_point") if name in cell
                }
    for one in (told.get("comparisons") or {"differences": ()})["differences"]:  # of two printed figures
        if one["digits"]:
            allowed |= {f"{abs(one[name]) * 100:.1f}" for name in ("difference", "low", "high")}
    return allowed


# ------------------------------------------------------------------ the JSON


def json_tells_no_more(
    told: Mapping[str, Any], raw: Mapping[tuple[str, str, str], tuple[float, int]]
) -> dict[str, int]:
    """How many cells there are of each kind."""
    seen = {"hidden": 0, "coded": 0, "coarse": 0, "shown": 0}
    for row in told["rows"]:
        for cell in row["cells"]:
            age = (row.get("group") or {}).get("age", "")
            value, size = raw[(row["area"], age, cell["variable"])]
            if cell.get("suppression"):
                seen["hidden"] += 1
                hidden_tells_nothing(cell)
                continue
            digits = cell["digits"]
            assert digits <= (1 if size >= FEW else 0)
            for name in ("value", "low", "high"):
                assert round(cell[name], digits + 2) == cell[name], (row["area"], cell)
            if size < FEW or cell.get("coded"):
                assert not {"standard_error", "design_effect", "effective_sample_size"} & cell.keys()
            if cell.get("coded"):
                seen["coded"] += 1
                coded_tells_its_band(cell, value, size)
            else:
                seen[cell["tier"]] += 1
                assert size >= 30 or 0 < value < 1, "all alike of few is told"
                assert abs(cell["value"] - value) <= 0.5 * 10 ** -(digits + 2) + 1e-9
    return seen


def beside_tells_no_more(told: Mapping[str, Any]) -> None:
    """What stands beside the table: nothing with other weights of what any area hides or codes, no contrast where a
    group or its whole is not shown as a point, nothing of a model."""
    cells = {
        (row["area"], (row.get("group") or {}).get("age", ""), cell["variable"]): cell
        for row in told["rows"]
        for cell in row["cells"]
    }
    guarded = {variable for (_, _, variable), cell in cells.items() if cell.get("suppression") or cell.get("coded")}
    beside = told.get("beside") or {}
    others = {one["variable"] for kind in beside.get("sensitivities", ()) for one in kind["values"]}
    assert not others & guarded
    told_of = {"110000000000": told.get("groups"), **(told.get("street_groups") or {})}
    ages = {age for _, age, _ in cells if age}
    contrasts = [(area, one) for area, groups in told_of.items() for one in (groups or {"contrasts": ()})["contrasts"]]
    for area, one in contrasts:
        for age in ("", *ages):
            cell = cells[(area, age, one["variable"])]
            assert not cell.get("suppression"), (area, one)
            assert not cell.get("coded"), (area, one)
    assert "mean_squared_error" not in json.dumps(told)


def hidden_tells_nothing(cell: Cell) -> None:
    assert cell["suppression"] == "not_published"
    assert cell.get("verdict") in (None, "not_published")
    assert not {*FIGURES, "sample_size", "settling_sample_size", "needed_sample_size", "coded", "digits"} & cell.keys()
    assert not cell.get("review")
    assert not cell.get("unreliable")


def coded_tells_its_band(cell: Cell, value: float, size: int) -> None:
    at_least = cell["coded"] == "at_least"
    end = cell["value"]
    assert end in ((0.8, 0.9) if at_least else (0.2, 0.1))
    assert (value >= end - 1e-9) if at_least else (value <= end + 1e-9)
    if size < 20:
        assert end in (0.8, 0.2)
    assert cell["high" if at_least else "low"] == (1.0 if at_least else 0.0)
    assert not {"tipping_point", "settling_sample_size"} & cell.keys()
    assert not cell.get("all_alike")


# ------------------------------------------------------------------ what is drawn


def shown(cell: Cell) -> bool:
    return not cell.get("suppression")


def cells_of(row: Row) -> list[Cell]:
    found = {cell["variable"]: cell for cell in row["cells"]}
    return [found[indicator] for indicator in INDICATORS]


Pairs = list[tuple[float, float]]


def drawn_pairs(drawing: Drawing, interval: Interval, cell: Cell) -> Pairs:
    """(printed number, coordinate) of one interval; a coded figure has no point and no mark at an end."""
    point = drawing.point_of(interval)
    pairs = [(cell["low"], interval.left), (cell["high"], interval.right)]
    if cell.get("coded"):
        assert point is None
        assert not [end for end in drawing.ends if abs(end.y - interval.y) < 0.05 and on(interval, end.x)]
    elif point is not None:
        pairs.append((cell["value"], point.x))
    else:
        assert cell.get("all_alike")
    return pairs


def on(interval: Interval, x: float) -> bool:
    return interval.left - 0.05 <= x <= interval.right + 0.05


def is_one_scale(pairs: Pairs, within: float) -> None:
    """Every coordinate is one line through the printed numbers: what is measured is what is printed, and no more."""
    numbers, places = (np.array(column) for column in zip(*pairs, strict=True))
    slope, start = np.polyfit(numbers, places, 1)
    far = np.abs(places - (start + slope * numbers))
    assert far.max() <= within, sorted(zip(far, numbers, places, strict=True))[-3:]


def community_is_drawn(pdf: bytes, rows: Mapping[str, Row], code: str) -> None:
    """The comparison with street and city: one axis for all indicators."""
    street = f"{code[:9]}000"
    three = [rows[one] for one in (code, street, "110000000000")]
    expected = [
        cells_of(row)[place] for place in range(len(INDICATORS)) for row in three if shown(cells_of(row)[place])
    ]
    pairs: Pairs = []
    drawn = [(drawing, row[0]) for drawing in drawings(pdf) for row in drawing.rows()]
    assert len(drawn) == len(expected)
    for (drawing, interval), cell in zip(drawn, expected, strict=True):
        pairs += drawn_pairs(drawing, interval, cell)
    if pairs:  # of a community in a street and a city that are all hidden nothing is drawn
        is_one_scale(pairs, DRAWN_TO)


def area_is_printed(pdf: bytes, rows: Mapping[str, Row], code: str) -> None:
    """The table of communities draws nothing: each figure and its limits as the cell has them, and of whoever is hidden
    no limits."""
    assert not [row for drawing in drawings(pdf) for row in drawing.rows()]
    listed = [cell for row in areas_in_order(rows, code) for cell in cells_of(row)]
    words_of = text_of(pdf)
    printed_limits = [limits(cell) for cell in listed if shown(cell) and not cell.get("all_alike")]
    assert printed_limits
    for one in printed_limits:
        assert one in words_of, one


def limits(cell: Cell) -> str:
    return "–".join(f"{cell[end] * 100:.{cell['digits']}f}" for end in ("low", "high"))


def areas_in_order(rows: Mapping[str, Row], code: str) -> Iterator[Row]:
    """As the table lists them: each street with its communities, by code, the city last."""
    inside = sorted(one for one in rows if one != "110000000000")
    prefix = "" if code == "110000000000" else code[:9]
    yield from (rows[one] for one in inside if one.startswith(prefix))
    yield rows["110000000000"]


# ------------------------------------------------------------------ pages


def leaders_pages(city: SignedCity) -> list[str]:
    """Who only receives has no list of waves: their own results, and the page of the release."""
    return ["/results", f"/releases/{city.release}"]


def words(page: str) -> str:
    return unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))


def page_of_figures_is_drawn(page: str, rows: Mapping[str, Row], indicator: str) -> None:
    """The statistician's page: the printed text of each cell, and a drawing of nothing else."""
    body = page[page.index('id="figures"') :]
    body = body[: body.index("</table>")]  # what was held against each other stands in tables below
    lines = re.findall(r"<tr[^>]*>\s*<th scope=\"row\".*?</tr>", body, flags=re.DOTALL)
    ordered = [rows["110000000000"], *(rows[code] for code in sorted(rows) if code != "110000000000")]
    assert len(lines) == len(ordered)
    pairs: Pairs = []
    for line, row in zip(lines, ordered, strict=True):
        cell = cells_of(row)[INDICATORS.index(indicator)]
        text = words(line)
        if not shown(cell):
            assert "<path" not in line
            assert "不单独公布" in text
            assert any(reason in text for reason in REASONS)
            assert not re.search(r"\d%|\d–\d|\d\.\d", text)
            continue
        assert printed(cell) in text
        [line_drawn] = re.findall(r'class="thin-line" d="M([\d.]+) 12H([\d.]+)"', line)
        pairs += list(zip((cell["low"], cell["high"]), map(float, line_drawn), strict=True))
        marks = re.findall(r'<path d="M([\d.]+) (\d+)', line)
        assert len(marks) == (0 if cell.get("coded") else 1)
    is_one_scale(pairs, SVG_TO)


def printed(cell: Cell) -> str:
    sign = {None: "", "at_least": "≥", "at_most": "≤"}[cell.get("coded")]
    return f"{sign}{cell['value'] * 100:.{cell['digits']}f}"


# ------------------------------------------------------------------ the attacker can see


def test_the_attacker_sees_a_point_that_is_not_the_printed_one() -> None:
    """A quarter of a per cent is three tenths of a point on the page."""
    pairs: Pairs = [(low / 100, style.MARGIN_SIDE + low * 1.2) for low in (20, 40, 55, 70, 95)]
    is_one_scale(pairs, DRAWN_TO)
    with pytest.raises(AssertionError):
        is_one_scale([*pairs, (0.86, style.MARGIN_SIDE + 86.25 * 1.2)], DRAWN_TO)


def test_the_attacker_counts_every_decimal() -> None:
    assert [decimals(text) for text in ("满意率 86.4%", "n = 22，86%", "版本 0.1.0")] == [{"86.4"}, set(), set()]
