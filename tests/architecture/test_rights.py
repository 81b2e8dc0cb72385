"""Which role may do what stands in one table, accounts/rights.py; nothing else names a role to open something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from survey_service.accounts import rights
from survey_service.models import Role

SERVICE = Path(__file__).parents[2] / "survey_service"
ABOUT_ROLES = (
    "account_lists/words.py",  # how a list of people writes them
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


def rights_asked_for(template: str) -> Iterator[str]:
    """Names in ``may("NAME")``, and in the lists that ``may(right)`` walks; whatever else it is asked fails."""
    parsed = Environment(extensions=["jinja2.ext.i18n"]).parse(template)
    walked = [
        (place, loop)
        for loop in parsed.find_all(nodes.For)
        for place in (loop.target.items if isinstance(loop.target, nodes.Tuple) else [loop.target])
    ]
    for call in parsed.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Getattr) or call.node.attr != "may":
            continue
        [asked] = call.args
        if isinstance(asked, nodes.Name):
            [(place, loop)] = [
                one for one in walked if one[0].name == asked.name and call in one[1].find_all(nodes.Call)
            ]
            for row in loop.iter.items:
                told = row.items[loop.target.items.index(place)] if isinstance(loop.target, nodes.Tuple) else row
                yield told.as_const()
        else:
            yield asked.as_const()


def test_templates_ask_for_rights_that_are_there() -> None:
    templates = [path.read_text(encoding="utf-8") for path in (SERVICE / "web/templates").rglob("*.html")]
    asked = {name for template in templates if ".may(" in template for name in rights_asked_for(template)}
    assert {"PLAN", "OVERSEE_KEYING"} <= asked
    assert not {name for name in asked if name not in vars(rights)}


def test_a_right_in_a_list_is_seen() -> None:
    listed = '{% for key, right in [("", "A"), (_("b"), "B")] %}{% if person.may(right) %}{% endif %}{% endfor %}'
    assert list(rights_asked_for(listed + '{{ person.may("C") }}')) == ["A", "B", "C"]
