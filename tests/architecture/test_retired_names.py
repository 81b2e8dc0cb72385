"""Names that misled a survey engineer do not come back: each says what the thing is called now, and why."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey_service", "questionnaires", "analysis", "reports")

WEB = "survey_service/web/"
STATIC = f"{WEB}static/"
# Modules and packages, by their path without the ending.
MODULES = {
    "survey_service/administration": "survey_service/accounts/administration",
    "survey_service/planning": "survey_service/surveys",
    "survey_service/accounts/looks": "accounts/read_audit: a look is how a page looks",
    "survey_service/collection/visit": "collection/opened_by_code: a visit is one contact attempt at a household",
    "survey_service/collection/rates": "collection/limiter: a rate is a share or a mean",
    "survey_service/collection/desk": "collection/answer_intake",
    "survey_service/collection/kept": "collection/response_by_receipt",
    "survey_service/collection/further": "captures/further",
    "survey_service/collection/door": "collection/code_entry_page",
    "survey_service/collection/form": "collection/posted_answers: a form is of paper",
    "survey_service/collection/submission": "collection/arriving_capture: answers that arrive are a capture",
    "survey_service/collection/submitted_answers": "collection/response_by_receipt",
    "survey_service/demonstration/standing": "demonstration/built_already",
    "survey_service/collection/marked": "collection/quality_mark_counts",
    "survey_service/collection/marks": "collection/quality_marks: reports have marks of their own",
    "survey_service/collection/contact_erasing": "contacts/erasing",
    "survey_service/collection/contact_offer": "contacts/offer",
    "survey_service/collection/contact_pages": "contacts/pages/resident",
    "survey_service/estimates/frame": "analyses/wave_cases: a sampling frame is what is drawn from",
    "survey_service/estimates/outcomes": "analyses/response_rates",
    "survey_service/estimates/pages": "analyses/review_values",
    "survey_service/estimates": "analyses: a wave's plan, its columns and what they give",
    "survey_service/audit/standing": "audit/reconciliation",
    "survey_service/importing/aside": "importing/columns_beside_answers",
    "survey_service/releases/printed": "releases/signed_summaries",
    "survey_service/releases/record": "releases/canonical_estimates",
    "survey_service/estimates/routes": "releases/review_pages",
    "survey_service/web/resident_pages": "collection/resident_pages",
    "survey_service/web/resident_steps": "collection/resident_steps",
    "survey_service/web/resident_threads": "collection/resident_threads",
    "survey_service/web/staff": "accounts/staff_pages",
    "survey_service/migrations/versions/0012_one_index_less_for_every_answer": "0012_captures_made_anew_...",
    "analysis/bounds": "analysis/disclosure_bounds: weights have bounds of their own",
    "analysis/complement": "analysis/complementary_suppression",
    "analysis/exchange": "analysis/estimates_document",
    "analysis/estimation/plan": "analysis/estimation/requested_items",
}
# Scripts, styles, templates and their translations, by a part of the file's name.
PARTS = {
    "desk": "keying-page: the parts of the keying page",
    "kept": "resident-draft-left, response: a draft left on a phone, a stored response",
    "further": "say what comes after what",
    "door": "code_entry",
    "marked": "say by what",
    "marks": "quality_marks",
}
# Where, what is not to be read there, and what it is called now.
NAMES = (
    ("survey_service/(collection|web)/", r"class (Remembered)?Visits?\b", "OpenedByCode, RememberedCodes"),
    ("survey_service/", r"class (Answer)?Desk\b", "AnswerIntake, ActingAdministrator"),
    ("survey_service/", r"class Rate\b", "RateLimiter"),
    ("survey_service/", r"class Kept\b", "ResponseByReceipt"),
    ("survey_service/", r"class (FrameRow|WaveFrame)\b", "CaseRow, WaveCases"),
    ("survey_service/accounts/", r"class Look(ing|s)?\b", "ReadAudit"),
    ("survey_service/web/", r"class Reading\b", "FormReading: Reading is a session that reads"),
    ("survey_service/surveys/wave_offers", r"class Reader\b", "WaveReader: tabular.words.Reader reads files"),
    ("survey_service/uploads/", r"class Look\b", "FileLook: a look is how a page looks"),
    ("survey_service/importing/", r"class Looked\b", "FileRead: uploads.looked.Looked is judged"),
    ("survey_service/accounts/", r"class PostedFields\b", "FormModel: PostedFields are of a resident's page"),
    (STATIC, r"export (const|let|function|class) (desk|kept|further|marked|marks)\b", "page: say what it is"),
    ("", r"class (_|Area|Count)?Plan\b", "say what is planned: AnalysisPlan"),
    ("survey_service/", r"class \w*Order\b", "...Arguments, PrintRun: Order is how options stand, and may be shuffled"),
    ("", r"\brespondent_weight\b", "row_weight: of all the respondents a row stands for"),
)


def retired(path: str, text: str) -> list[str]:
    return [
        f"{path}: {found.group()}: {now}"
        for where, pattern, now in NAMES
        if re.match(where, path)
        for found in re.finditer(pattern, text)
    ]


def test_no_retired_module_comes_back() -> None:
    back = {
        name: now for name, now in MODULES.items() if (ROOT / f"{name}.py").exists() or any((ROOT / name).rglob("*.py"))
    }
    assert not back, "called otherwise now"


def parts_retired(name: str) -> list[str]:
    parts = re.split(r"[._-]", name.replace("quality_marks", ""))
    return [f"{name}: {PARTS[part]}" for part in parts if part in PARTS]


def test_no_script_or_template_is_called_by_a_retired_name() -> None:
    names = [path.name for kind in ("*.js", "*.html", "*.css", "*.po") for path in (ROOT / WEB).rglob(kind)]
    assert len(names) > 100
    assert not [line for name in names for line in parts_retired(name)]


def test_no_retired_class_or_attribute_comes_back() -> None:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(paths) > 400
    paths += sorted((ROOT / STATIC).rglob("*.js"))
    back = [
        line for path in paths for line in retired(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert not back


def test_the_patterns_find_what_they_name_and_nothing_else() -> None:
    assert retired("survey_service/collection/x.py", "class Visit(Asked):")
    assert retired("survey_service/commands/x.py", "class DrawOrder:")
    assert retired("analysis/psu_totals.py", "self.respondent_weight")
    assert retired(f"{STATIC}keying-page.js", "export const desk = {")
    assert parts_retired("keying-desk.js")
    assert not parts_retired("quality_marks.html")
    assert not retired("survey_service/fieldwork/x.py", "class Visit:\n    # one contact attempt")
    assert not retired("questionnaires/model.py", "class Order(StrEnum):")
