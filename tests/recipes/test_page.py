"""A page with a permission, by its recipe; and which test names the step that was left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.scratch import Scratch, copied

MODULE = '''"""How many areas a person may see."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Reading, Running
from survey_service.models import Area

router = APIRouter()


@router.get("/area-count")
def area_count(request: Request, running: Running, reading: Reading, manager: Manager) -> Response:
    with reading.begin() as session:
        count = session.scalar(select(func.count()).where(Area.id.in_(manager.visible(*rights.PLAN))))
    return staff_page(request, running, manager, "staff/area-count.html", {"count": count}, section="areas")
'''
TEMPLATE = """{% extends "base.html" %}
{% block title %}{% trans %}可见地区数{% endtrans %}{% endblock %}
{% block content %}
<h1>{% trans %}可见地区数{% endtrans %}</h1>
<p>{{ count|number }}</p>
{% endblock %}
"""
ENGLISH = '\nmsgid "可见地区数"\nmsgstr "Areas that you see"\n'
LINE = "\nGET  /area-count     manager     free free free free"
HELD = '''"""The new page, as those meet it who may see it and who may not."""

import pytest
from fastapi.testclient import TestClient

from tests.service.signed_in import get, sign_in
from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_who_may_sees_it(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    assert "<h1>可见地区数</h1>" in get(client, "/area-count")
    assert "<h1>Areas that you see</h1>" in get(client, "/area-count?lang=en")
    sign_in(client, "keyer")
    get(client, "/area-count", status=403)
'''
CHECKS = (
    "tests/security/test_routes.py::test_every_route_has_a_line_in_the_matrix",
    "tests/security/test_matrix.py::test_the_lines_name_the_roles_of_the_signatures",
    "tests/service/test_translations.py::test_every_message_has_its_english",
)


def followed(folder: Path) -> Scratch:
    """The steps of the recipe but those that other files hold: English and the matrix."""
    scratch = copied(folder)
    scratch.write("survey_service/areas/total_pages.py", MODULE)
    scratch.write("survey_service/web/templates/staff/area-count.html", TEMPLATE)
    scratch.add("survey_service/app.py", "    areas.router,\n", "    area_count.router,\n")
    scratch.add(
        "survey_service/app.py",
        "from survey_service.areas import routes as areas\n",
        "from survey_service.areas import total_pages as area_count\n",
    )
    return scratch


def test_a_page_by_the_recipe(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    messages = (scratch.root / "survey_service/web/i18n/en/areas.po").read_text(encoding="utf-8")
    scratch.change("survey_service/web/i18n/en/areas.po", messages, messages + ENGLISH)
    scratch.add("tests/security/matrix.py", 'TABLE = """', LINE)
    assert len(scratch.touched) == 5
    scratch.write("tests/service/test_area_count.py", HELD)
    whole = scratch.pytest(*CHECKS, "tests/service/test_area_count.py")
    assert whole.returncode == 0, whole.stdout


@pytest.mark.soak
def test_a_page_without_its_english_or_its_line_is_named(tmp_path: Path) -> None:
    incomplete = followed(tmp_path).pytest(*CHECKS)
    assert incomplete.returncode == 1, incomplete.stdout
    assert "FAILED tests/security/test_routes.py::test_every_route_has_a_line_in_the_matrix" in incomplete.stdout
    assert "FAILED tests/service/test_translations.py::test_every_message_has_its_english" in incomplete.stdout


@pytest.mark.soak
def test_a_page_without_its_permission_stops_the_service(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    scratch.change(
        "survey_service/areas/total_pages.py", ", reading: Reading, manager: Manager)", ", reading: Reading)"
    )
    run = scratch.python(
        "-c",
        "from survey_service.app import create_app\n"
        "from survey_service.settings import Settings\n"
        "create_app(Settings())",
    )
    assert run.returncode == 1
    assert "UnprotectedRoute" in run.stderr
    assert "/area-count" in run.stderr
