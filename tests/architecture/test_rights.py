"""Which role may do what stands in one table, accounts/rights.py; nothing else names a role to open something."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from survey_service.accounts import rights
from survey_service.models import Role

SERVICE = Path(__file__).parents[2] / "survey_service"
ABOUT_ROLES = (
    "accounts/rights.py",
    "accounts/administration/queries.py",  # the last administrator stays one
    "accounts/administration/service.py",
    "accounts/first_administrator.py",  # gives the first account its role
    "accounts/first_routes.py",
    "accounts/start.py",  # counts administrators
    "demonstration/",  # invented people
    "models/",
)


def test_no_other_module_names_a_role() -> None:
    found = [
        f"{path.relative_to(SERVICE)}:{node.lineno} Role.{node.attr}"
        for path in sorted(SERVICE.rglob("*.py"))
        if not path.relative_to(SERVICE).as_posix().startswith(ABOUT_ROLES)
        if "Role." in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role"
        if node.attr in Role.__members__
    ]
    assert found == []


def test_templates_ask_for_rights_that_are_there() -> None:
    asked = {
        name
        for path in (SERVICE / "web/templates").rglob("*.html")
        for name in re.findall(r'may\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert asked
    assert not {name for name in asked if name not in vars(rights)}
