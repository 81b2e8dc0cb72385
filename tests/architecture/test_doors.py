"""Every file from outside goes through the one door: nothing that serves people parses it itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "survey_service"

PARSERS = {"openpyxl", "python_calamine", "ruamel", "PIL", "pypdfium2", "xml", "zipfile", "lxml", "yaml"}
OURS = {
    "survey_service.tabular.reading",
    "survey_service.tabular.workbook",
    "survey_service.tabular.delimited",
    "survey_service.tabular.book",
    "survey_service.tabular.package",
    "questionnaires.yaml_nodes",
    "questionnaires.editing",
}
OUR_NAMES = {"read_cells", "read_sheet_bytes", "check_bytes"}
MAY = {
    # The parsers themselves, and the children that run them.
    "tabular": "the readers",
    "outside/children": "the children",
    # The operator's own files, given to a command by name.
    "commands": "the operator's own",
    "backups": "the operator's own",
    # What the service has made itself.
    "xlsform/mending.py": "a definition that it wrote, and in the child",
    "exports/ddi.py": "writes XML, and reads none",
    "exports/zipped.py": "writes archives, and reads none",
    "paper/pictures.py": "our own PDF as a picture",
    "paper/reading": "scans of the operator's folder, once the pages are pixels",
}
# Where a posted file becomes bytes, and the function of the door it is handed to.
DOORS = {
    "catalogue/draft_pages.py": "drafts.started",
    "catalogue/form_pages.py": "forms.read",
    "collection/sent_files.py": "take",
    "importing/routes.py": "service.read",
    "rectification/pages/photo_pages.py": "outside.look",
    "releases/plan_pages.py": "outside.read",
    "releases/sealed_pages.py": "sealed_files.media_type",  # by its first and last bytes; it is never opened here
    "uploads/pages.py": "upload.read",
    "surveys/survey_pages.py": "questionnaires.judge",
    "surveys/recording_pages.py": "sound",
}


def modules(*words: str) -> Iterator[tuple[str, ast.Module]]:
    """Modules in which one of these words stands; the others are not parsed."""
    for path in sorted(SERVICE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if any(word in source for word in words):
            yield path.relative_to(SERVICE).as_posix(), ast.parse(source)


def imported(tree: ast.Module) -> set[tuple[str, str]]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(one.name, "") for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "", one.name) for one in node.names}
    return found


def parses(module: str, name: str) -> bool:
    return module.partition(".")[0] in PARSERS or module in OURS or f"{module}.{name}" in OURS or name in OUR_NAMES


def test_no_module_that_serves_people_parses_a_file_itself() -> None:
    named = PARSERS | OUR_NAMES | {one.rpartition(".")[2] for one in OURS}
    found = {
        (place, module, name)
        for place, tree in modules(*named)
        for module, name in imported(tree)
        if parses(module, name) and not any(place == may or place.startswith(f"{may}/") for may in MAY)
    }
    assert found == set()


def test_every_posted_file_goes_through_the_door() -> None:
    """A new route that takes a file is named here with the reader it uses; a new look-first upload reads by its own."""
    takes = {
        place
        for place, tree in modules("posted_forms", "UploadFile")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and place != "web/posted_forms.py"
        and (
            (isinstance(node, ast.Attribute) and node.attr == "upload" and ast.unparse(node.value) == "posted_forms")
            or (isinstance(node, ast.Name) and node.id == "UploadFile")
        )
    }
    assert takes == set(DOORS)
    for place, reader in DOORS.items():
        source = (SERVICE / place).read_text(encoding="utf-8")
        assert f"{reader}(" in source, place
    for place in ("uploads/records.py", "importing/service.py", "sampling/case_files.py"):
        assert "from survey_service.outside.tables import" in (SERVICE / place).read_text(encoding="utf-8")
    readers = {place: found for place, tree in modules("Upload") if (found := _readers(tree)) is not None}
    assert readers == {
        "areas/map_pages.py": {"map_file.read", "hashlib.sha256"},
        "surveys/case_upload.py": {"read_file"},
        "uploads/pages.py": {"read_records"},
    }
    assert "outside.look(" in (SERVICE / "attachments/taking.py").read_text(encoding="utf-8")
    assert "outside.check(" in (SERVICE / "surveys/questionnaires.py").read_text(encoding="utf-8")
    assert "outside.take(" in (SERVICE / "catalogue/drafts.py").read_text(encoding="utf-8")


def _readers(tree: ast.Module) -> set[str] | None:
    """What ``read`` of every look-first upload of a module calls with the bytes; None where it has none."""
    reads = [
        method
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (node.name == "Upload" or any(ast.unparse(base).startswith("Upload[") for base in node.bases))
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "read"
    ]
    calls = {
        ast.unparse(call.func)
        for method in reads
        for call in ast.walk(method)
        if isinstance(call, ast.Call) and "data" in {ast.unparse(one) for one in call.args}
    }
    return calls if reads else None


def test_the_rule_can_fail() -> None:
    tree = ast.parse("from openpyxl import load_workbook\nfrom survey_service.tabular.cells import read_cells\n")
    assert all(parses(module, name) for module, name in imported(tree))
