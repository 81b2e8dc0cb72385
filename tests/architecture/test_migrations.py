"""A migration of long ago does what it did: it imports nothing of ours that goes on changing."""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path

from survey_service import migrations

FOLDER = Path(migrations.__file__).parent
VERSIONS = sorted((FOLDER / "versions").glob("[0-9]*.py"))
LIBRARIES = {"alembic", "sqlalchemy"}
FROZEN = {
    "survey_service.migrations.guards_of_drafts": "be4b68b8bbc25b677ffd6cb57e1b09325caa3f0943a0078047522dc860e5190b",
    "survey_service.migrations.guards_of_lists": "2a46c15d7207b8a8a4ccb2257686ddbe4cf21ae4f0426f9649c910719033dc44",
    "survey_service.migrations.guards": "2ae8340f639b644026c60cb28fa3ccaf4ec1e3b5c6b8593e503a6293ce4457b6",
    "survey_service.migrations.guards_of_openings": "49b8219880705be2f8bacd5e0705654029abac4a1bbe8da6133efb8b544727ab",
    "survey_service.migrations.guards_of_plans": "b9b8b2777f0788d0f87570b96963be76890d2a103c75ed50bffa705f91600dcb",
    "survey_service.migrations.guards_of_rectification": (
        "adf079326397aec925095202d9b6c7a6faca2240e9f75cbd72f38bfd2d03b249"
    ),
    "survey_service.migrations.guards_of_sealed_files": (
        "05420d9c34a22def8a044010428ee4a0b345a307213703dc4c5fb93de0006555"
    ),
    "survey_service.migrations.guards_of_steps": "040947e31e40c75442b6ae541b9e70995426d743242baec6b12bdd3a809520ce",
}
"""Modules of ours that migrations may import, with the hash of their text: whoever must change one, writes another."""


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def stands_alone(name: str) -> bool:
    return name in FROZEN or name.partition(".")[0] in LIBRARIES | sys.stdlib_module_names


def test_migrations_and_what_they_share_import_only_what_does_not_change() -> None:
    shared = [FOLDER.parents[1].joinpath(*name.split(".")).with_suffix(".py") for name in FROZEN]
    assert len(VERSIONS) >= 17
    wrong = {
        path.name: sorted(filter(lambda name: not stands_alone(name), imported(path))) for path in VERSIONS + shared
    }
    assert not {name: imports for name, imports in wrong.items() if imports}


def test_what_migrations_share_is_frozen() -> None:
    for name, sha256 in FROZEN.items():
        text = FOLDER.parents[1].joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert hashlib.sha256(text.encode()).hexdigest() == sha256, f"{name} is called by old migrations: write another"
