"""``survey-service report``: estimates in, PDFs out; what is wrong is said with its place and the way out."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pypdf import PdfReader
from typer.testing import CliRunner

from analysis.results import SHARE_INTERVALS, IntervalMethod
from reports.fonts import TypeSettings
from reports.wording.phrases import METHODS
from survey_service.commands.estimate import estimate
from survey_service.commands.report import report
from survey_service.commands.report_work import file_names

app = typer.Typer(rich_markup_mode="rich")
app.command()(report)
COPENHAGEN = Path(__file__).parents[2] / "golden" / "reports" / "copenhagen.json"


@pytest.fixture
def run(type_settings: TypeSettings, tmp_path: Path) -> Any:
    def runner(content: object, *options: str, raw: bytes | None = None) -> Any:
        path = tmp_path / "estimates.json"
        path.write_bytes(json.dumps(content, ensure_ascii=False).encode() if raw is None else raw)
        cache = ["--font-cache", str(type_settings.cache)]
        return CliRunner().invoke(app, [str(path), "--out", str(tmp_path / "out"), *cache, *options])

    return runner


@pytest.fixture
def estimates() -> dict[str, Any]:
    """Satisfaction by type of housing, Copenhagen 1976, as ``estimate`` writes it."""
    content: dict[str, Any] = json.loads(COPENHAGEN.read_text("utf-8"))
    return content


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def test_a_pdf_per_domain_and_one_summary(run: Any, estimates: dict[str, Any], tmp_path: Path) -> None:
    done = run(estimates, "--title", "哥本哈根住房满意度")
    assert done.exit_code == 0, done.output
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "Apartment.pdf",
        "Atrium.pdf",
        "Terrace.pdf",
        "Tower.pdf",
        "summary.pdf",
    ]
    tower = text_of(out / "Tower.pdf")
    # 200 of 400; R's svyciprop(method = "beta") gives .449893 to .550107
    for words in ("Tower", "哥本哈根住房满意度", "satisfaction = High", "50.0", "44.9–55.1", "95% 置信区间"):
        assert words in tower
    summary = text_of(out / "summary.pdf")
    for words in ("Apartment", "Atrium", "Terrace", "Tower", "39.5", "40.2", "25.3", "不作排名"):
        assert words in summary


def test_in_english_with_a_date(run: Any, estimates: dict[str, Any], tmp_path: Path) -> None:
    assert run(estimates, "--language", "en", "--date", "2026-11-21").exit_code == 0
    path = tmp_path / "out" / "Tower.pdf"
    assert "95% interval" in text_of(path)
    assert "21 November 2026" in text_of(path)
    metadata = PdfReader(path).metadata
    assert metadata is not None
    assert str(metadata.creation_date) == "2026-11-21 00:00:00+00:00"


def test_without_a_date_there_is_none_and_runs_agree(run: Any, estimates: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "out" / "Tower.pdf"
    run(estimates)
    first = path.read_bytes()
    metadata = PdfReader(path).metadata
    assert metadata is not None
    assert metadata.creation_date is None
    run(estimates)
    assert path.read_bytes() == first


def entry(statistic: str, domain: dict[str, str], **more: Any) -> dict[str, Any]:
    base = {
        "statistic": statistic,
        "variable": "income",
        "category": None,
        "domain": domain,
        "value": 20_250.0,
        "standard_error": 812.5,
        "ci_low": 18_650.0,
        "ci_high": 21_850.0,
        "level": 0.95,
        "interval": "wald",
        "degrees_of_freedom": 99,
        "design_effect": 1.2,
        "sample_size": 100,
        "effective_sample_size": 83.3,
        "notes": [],
    }
    return {**base, **more}


def document(*entries: dict[str, Any]) -> dict[str, Any]:
    design = {"strata": 2, "psus": 100, "degrees_of_freedom": 98, "sample_size": 200}
    return {"design": design, "estimates": list(entries), "notes": ["2 rows without income were left out"]}


def test_every_statistic_is_printed_in_its_unit(run: Any, tmp_path: Path) -> None:
    entries = [
        entry("mean", {"street": "城东"}),
        entry("total", {"street": "城东"}, value=2_025_000.0, ci_low=1_865_000.0, ci_high=2_185_000.0),
        entry(
            "ratio", {"street": "城东"}, variable="a/b", value=1.234, standard_error=0.0123, ci_low=1.21, ci_high=1.26
        ),
        entry("proportion", {"street": "城东"}, variable="q", category="是", value=0.4, ci_low=0.31, ci_high=0.5),
        entry(
            "mean", {"street": "城西"}, variable="income", value=None, standard_error=None, ci_low=None, ci_high=None
        ),
    ]
    assert run(document(*entries)).exit_code == 0
    text = text_of(tmp_path / "out" / "城东.pdf")
    for words in ("20,250", "18,650–21,850", "2,025,000", "1.234", "40.0", "31.0–50.0", "2 rows without income"):
        assert words in text


def test_what_may_not_be_published_is_not_printed(run: Any, tmp_path: Path) -> None:
    small = entry("mean", {"street": "城西"}, value=12_345.0, sample_size=8, effective_sample_size=8.0)
    assert run(document(entry("mean", {"street": "城东"}), small)).exit_code == 0
    for name in ("城西", "城东", "summary"):
        text = text_of(tmp_path / "out" / f"{name}.pdf")
        assert "12,345" not in text
    assert "不单独公布" in text_of(tmp_path / "out" / "城西.pdf")


def test_a_large_error_is_not_printed_unless_asked_for(run: Any, tmp_path: Path) -> None:
    wide = entry("proportion", {"street": "城东"}, value=0.4, ci_low=0.2, ci_high=0.62, effective_sample_size=22.0)
    run(document(wide), "--publication", "suppress")
    text = text_of(tmp_path / "out" / "城东.pdf")
    assert "40.0" not in text
    assert "不单独公布" in text
    run(document(wide), "--publication", "flag")
    assert "误差大" in text_of(tmp_path / "out" / "城东.pdf")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"{", "estimates.json:1:2: not JSON"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b"[]", "has no list “estimates”"),
        (b'{"estimates": []}', "there is nothing to report"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(run: Any, raw: bytes, words: str) -> None:
    done = run(None, raw=raw)
    assert done.exit_code == 1
    assert words in done.output
    assert "survey-service estimate" in done.output  # the way out


def test_every_bad_entry_is_named(run: Any) -> None:
    bad = entry("median", {})
    worse = entry("mean", {"street": "城东"}, value="12")
    worst = {key: value for key, value in entry("mean", {}).items() if key != "sample_size"}
    done = run(document(bad, worse, worst))
    assert done.exit_code == 1
    assert "estimates[0] 'median' is not a valid Statistic" in done.output
    assert "estimates[1] has value '12', which is not a number" in done.output
    assert "estimates[2] lacks 'sample_size'" in done.output


def test_other_refusals(run: Any, tmp_path: Path) -> None:
    done = run(document(entry("mean", {})), "--date", "21.11.2026")
    assert done.exit_code == 1
    assert "not a date of the form 2026-11-21" in done.output
    (tmp_path / "out").write_text("a file, no folder")
    done = run(document(entry("mean", {})))
    assert done.exit_code == 1
    assert "Name another folder with --out" in done.output
    missing = CliRunner().invoke(app, [str(tmp_path / "none.json"), "--out", str(tmp_path / "x")])
    assert missing.exit_code == 1
    assert "none.json: cannot be read" in missing.output


def test_file_names_are_readable_safe_and_apart() -> None:
    values = ("Tower", "tower", "a/b", "a b", "../../etc/passwd", "万寿桥 社区", "", "summary", "长" * 200)
    domains = tuple((("type", value),) for value in values)
    names = file_names(((), *domains, (("a", "1"), ("b", "x"))))
    assert list(names.values()) == [
        "whole-sample",
        "Tower",
        "tower-2",
        "a_b",
        "a_b-2",
        "etc_passwd",
        "万寿桥_社区",
        "domain",
        "summary-2",
        "长" * 60,
        "1-x",
    ]
    assert len({name.casefold() for name in names.values()}) == len(names)


def test_a_chinese_report_of_a_chinese_file_has_no_english_sentence(
    tmp_path: Path, type_settings: TypeSettings
) -> None:
    """From the file to the PDF: empty cells, full-width digits and all, three groups of which one answered alike."""
    from survey_service.commands import app as everything

    rows = ["户,层,街道,权数,满意,得分"]
    for place in range(120):
        street = ("东街", "西街", "")[place % 3] if place > 9 else "北街"
        happy = "是" if street == "西街" or place % 4 else "否"
        points = "" if place == 20 else "３" if place == 21 else str(place % 5 + 1)
        rows.append(f"{place},层{place % 2},{street},1.5,{happy},{points}")
    data, found, out = tmp_path / "答卷.csv", tmp_path / "estimates.json", tmp_path / "out"
    data.write_text("\n".join(rows), "utf-8")
    asked = ["--proportion", "满意=是", "--mean", "得分", "--weight", "权数", "--strata", "层", "--by", "街道"]
    made = CliRunner().invoke(everything, ["estimate", str(data), *asked, "--format", "json", "--out", str(found)])
    assert made.exit_code == 0, made.output
    options = ["--title", "满意度调查", "--publication", "flag", "--font-cache", str(type_settings.cache)]
    done = CliRunner().invoke(everything, ["report", str(found), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    notes = json.loads(found.read_text("utf-8"))["notes"]
    assert len(notes) == 3, notes
    for path in out.iterdir():
        text = text_of(path)
        # Names of methods and of the hash are the same in both languages.
        words = set(re.findall(r"[A-Za-z][A-Za-z-]+", re.sub(r"[0-9a-fA-F]{8}|[0-9A-F]{4}\b", "", text)))
        assert words <= {"SHA-", "SHA", "Wald", "Korn", "Graubard", "Kish", "logit", "Wilson"}, words
    summary = text_of(out / "summary.pdf")
    assert "没有回答，不算在内" in summary
    assert "没有分组的值" in summary
    assert "全角数字" in summary
    assert "标准误不适用" in summary


# ---------------------------------------------------------------- from one command to the next


@pytest.mark.parametrize("method", SHARE_INTERVALS)
def test_every_documented_interval_goes_from_estimate_to_report(
    run: Any, tmp_path: Path, method: IntervalMethod
) -> None:
    content = _estimated(tmp_path, "--proportion", "q", "--interval", method)
    assert {one["interval"] for one in content["estimates"]} == {method}
    done = run(content, "--language", "en")
    assert done.exit_code == 0, done.output
    assert f"Intervals: {METHODS[method].en}." in " ".join(text_of(tmp_path / "out" / "summary.pdf").split())


def test_a_quantile_and_a_difference_are_reported(run: Any, tmp_path: Path) -> None:
    asked = ("--quantile", "score@0.5", "--mean", "score", "--by", "part", "--difference", "a,b")
    done = run(_estimated(tmp_path, *asked))
    assert done.exit_code == 0, done.output
    summary = text_of(tmp_path / "out" / "summary.pdf")
    for words in ("score：分位数", "score：差异", "score：均值"):
        assert words in summary


def _estimated(folder: Path, *asked: str) -> dict[str, Any]:
    rows = [f"{'yes' if place % 3 else 'no'},{place % 7},{'ab'[place % 2]}" for place in range(40)]
    (folder / "data.csv").write_text("\n".join(["q,score,part", *rows, ""]), "utf-8")
    estimating = typer.Typer()
    estimating.command()(estimate)
    out = folder / "made.json"
    called = [str(folder / "data.csv"), *asked, "--format", "json", "--out", str(out)]
    done = CliRunner().invoke(estimating, called)
    assert done.exit_code == 0, done.output
    content: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return content
