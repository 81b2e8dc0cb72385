"""schemathesis over the JSON API, as every role and as nobody: what it says of itself is what it does.

For each operation, three kinds of requests: with the keys of records that are there, with keys of any kind, and with
what the description forbids. A run over nothing but 404 would prove nothing, so that each role must also have met every
operation that is open to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.models import QuestionnaireVersion, Release, Role, Wave, WaveState
from survey_service.secrets import code_hash
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.made_exports import make
from tests.service.programs import token_of
from tests.service.world import CLOSES, NOW, OPENS, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
    negative_data_rejection,
]
NOBODY = "nobody"
SURVEY = "/api/v1/surveys/{survey_key}"
WAVE = f"{SURVEY}/waves/{{wave_key}}"
# What each role must have met with a reply of 2xx.
ANYBODY = {"GET /api/v1/me", "GET /api/v1/areas"}
OF_SURVEYS = {
    "GET /api/v1/surveys",
    f"GET {SURVEY}",
    f"GET {SURVEY}/questionnaires",
    f"GET {SURVEY}/questionnaires/{{version_id}}",
    f"GET {WAVE}",
}
OF_STAFF = OF_SURVEYS | {
    "GET /api/v1/areas/{area_code}",
    f"GET {WAVE}/cases",
    f"GET {WAVE}/dispositions",
    "GET /api/v1/releases/{number}",
    "GET /api/v1/releases/{number}/figures.{kind}",
    f"GET {SURVEY}/rectification",
}
OF_EXPORTS = {
    f"GET {WAVE}/exports",
    f"POST {WAVE}/exports",
    f"GET {WAVE}/exports/{{export_id}}",
    f"GET {WAVE}/exports/{{export_id}}/files/{{name}}",
}
MET: dict[str, set[str]] = {
    "administrator": ANYBODY | {"GET /api/v1/areas/{area_code}"},
    "manager": ANYBODY | OF_STAFF,
    "statistician": ANYBODY | OF_STAFF | OF_EXPORTS,
    "leader": ANYBODY
    | OF_SURVEYS
    | {
        "GET /api/v1/releases/{number}",
        "GET /api/v1/releases/{number}/figures.{kind}",
        f"GET {SURVEY}/rectification",
    },
    "interviewer": ANYBODY | OF_SURVEYS | {f"GET {WAVE}/cases", f"POST {WAVE}/captures", f"POST {WAVE}/visits"},
    "keyer": ANYBODY,
    NOBODY: set(),
}
# Met by nothing of the small city: no question of it asks for a file (test_sent_files.py), and no wave of it has the
# figures of questions (test_api_questions.py).
UNMET = {f"POST {WAVE}/files", f"GET {WAVE}/questions"}
FORBIDDEN_BY = ("statistician", "interviewer", NOBODY)
FIGURE = {
    "variable": "awareness",
    "value": 0.812,
    "low": 0.76,
    "high": 0.857,
    "standard_error": 0.024,
    "sample_size": 212,
    "degrees_of_freedom": 40,
    "design_effect": 1.3,
    "effective_sample_size": 163.1,
    "all_alike": False,
    "scale": [0.0, 1.0],
    "unreliable": False,
    "complement_unreliable": False,
    "review": False,
    "verdict": "not_reached",
    "goal": {"value": 0.9, "at_least": True},
    "tipping_point": 0.97,
}
HIDDEN = {"variable": "satisfaction", "suppression": "few_respondents", "verdict": "not_published"}
ESTIMATES = json.dumps(
    {
        "format": 1,
        "published": {
            "level": 0.95,
            "interval": "korn_graubard",
            "rule": {"minimum_respondents": 10},
            "notes": [],
            "rows": [
                {"domain": [], "sample_size": 212, "cells": [FIGURE]},
                {"domain": [["street", "110101000000"]], "sample_size": 212, "cells": [FIGURE]},
                {"domain": [["community", "110101000001"]], "sample_size": None, "cells": [HIDDEN]},
                {"domain": [["age", "18-39"]], "sample_size": 90, "cells": [FIGURE]},
                {"domain": [["street", "110101000000"], ["sex", "女"]], "sample_size": None, "cells": [HIDDEN]},
            ],
        },
        "response_rates": {"110000000000": {"sampled": 300, "rr1": 0.7, "by_mode": {"paper": [9, 9, 9]}}},
    }
)


@pytest.fixture
def released(database: Database, world: World) -> World:
    """The small city with a wave before this one, whose figures are released."""
    with database.writing.begin() as session:
        before = Wave(
            survey_id=world.survey_id,
            key="2026Q2",
            name_zh="二季度",
            questionnaire_version_id=world.version_id,
            opens_on=OPENS - timedelta(days=90),
            closes_on=CLOSES - timedelta(days=90),
            state=WaveState.RELEASED,
            created_at=NOW,
            released_at=NOW,
            figures_opened_at=NOW,
        )
        session.add(before)
        session.flush()
        session.add(
            Release(
                survey_id=world.survey_id,
                wave_id=before.id,
                edition=1,
                number="SATISFACTION-2026Q2-01",
                snapshot_sha256="0" * 64,
                questionnaire_sha256="0" * 64,
                specification={"weighting": {"steps": []}},
                estimates=ESTIMATES,
                estimates_sha256=code_hash(ESTIMATES),
                software_version="0",
                prepared_by="甲",
                reviewed_by="乙",
                signed_by="丙",
                released_at=NOW,
            )
        )
    return world


@cache
def described(text: str, *, guess_credentials: bool) -> Any:
    """The description, read once for all roles: half of a run is the making of what is drawn from it."""
    generation = GenerationConfig(with_security_parameters=guess_credentials, deterministic=True)
    config = SchemathesisConfig(seed=7, projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    return schemathesis.openapi.from_dict(json.loads(text), config=config)


@dataclass(kw_only=True)
class Run:
    """Requests of one role to one served application."""

    address: str
    role: str
    token: str | None
    world: World
    sha256: str
    export_id: str
    session: requests.Session = field(default_factory=requests.Session)
    met: set[str] = field(default_factory=set)
    requests_sent: int = 0
    statuses: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    @property
    def known(self) -> dict[str, str]:
        """Keys of records that are there for this role."""
        return {
            "survey_key": self.world.survey_key,
            "wave_key": "2026Q2" if self.role == "leader" else self.world.wave_key,
            "version_id": str(self.world.version_id),
            "area_code": "110101000001",
            "number": "SATISFACTION-2026Q2-01",
            "export_id": self.export_id,
            "name": "wave.csv",
        }

    def description(self, *, guess_credentials: bool) -> Any:
        text = self.session.get(f"{self.address}/api/v1/openapi.json", timeout=120).text
        return described(text, guess_credentials=guess_credentials)

    def send(self, case: Any) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else None
        answer = case.call_and_validate(
            base_url=self.address, session=self.session, headers=headers, checks=CHECKS, timeout=30
        )
        self.requests_sent += 1
        self.statuses.add(answer.status_code)
        if 200 <= answer.status_code < 300:
            self.met.add(f"{case.method} {case.path}")
        if self.role == NOBODY:
            assert answer.status_code in (401, 404, 422), (case.method, case.path, answer.status_code)

    def try_operation(self, operation: Any, examples: int, *, forbidden: bool = True) -> None:
        names = {one.name for one in operation.path_parameters}
        known = self.known | ({"wave_key": "2026Q2"} if "/exports" in operation.path else {})
        there = {name: value for name, value in known.items() if name in names}
        positive, negative = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        self._try(operation.as_strategy(positive, path_parameters=there), examples, self._with_real_cases)
        self._try(operation.as_strategy(positive), examples)
        if not forbidden:
            return
        if operation.body or operation.query or names:
            self._try(operation.as_strategy(negative), examples)
        if there and (operation.body or operation.query):
            self._try(operation.as_strategy(negative, path_parameters=there), examples)

    def _try(self, strategy: Any, examples: int, change: Callable[[Any], None] = lambda case: None) -> None:
        @seed(20260918)
        @hypothesis_settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(strategy)
        def every(case: Any) -> None:
            change(case)
            self.send(case)

        every()

    def _with_real_cases(self, case: Any) -> None:
        """Interviews of cases that are there: of each batch the first with answers that can be stored."""
        if case.method != "POST" or not isinstance(case.body, dict) or "captures" not in case.body:
            return
        case.body["questionnaire_sha256"] = self.sha256
        for number, capture in enumerate(case.body["captures"]):
            capture["case"] = self.world.case_numbers[number % len(self.world.case_numbers)]
            if number == 0:
                capture |= {"started_at": NOW.isoformat(), "finished_at": NOW.isoformat(), "answers": {"overall": "1"}}


@pytest.fixture
def run(
    database: Database, settings: Settings, released: World, clock: TestClock, serve: Callable[..., str]
) -> Callable[[str], Run]:
    with database.reading.begin() as session:
        sha256 = session.scalars(select(QuestionnaireVersion.sha256)).one()
        before = session.scalars(select(Wave.id).where(Wave.key == "2026Q2")).one()
    made = make(database, replace(released, wave_id=before), settings, (Format.CSV,))

    def begin(role: str) -> Run:
        return Run(
            address=serve(settings, clock=clock),
            role=role,
            token=None if role == NOBODY else token_of(database, role),
            world=released,
            sha256=sha256,
            export_id=str(made.id),
        )

    return begin


def all_of_it(run: Run, examples: int, *, forbidden: bool = True) -> None:
    schema = run.description(guess_credentials=False)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.label for operation in operations} == UNMET.union(*MET.values())
    for operation in operations:
        run.try_operation(operation, examples, forbidden=forbidden)
    assert run.met >= MET[run.role], MET[run.role] - run.met
    assert run.met == MET[run.role], f"open to a {run.role}: {run.met - MET[run.role]}"
    if run.role == NOBODY:
        for found in run.description(guess_credentials=True).get_all_operations():
            run.try_operation(found.ok(), examples)
        assert run.statuses <= {401, 404, 422}


@pytest.fixture
def on_sqlite(backend: str) -> None:
    if backend != "sqlite":
        pytest.skip("the full count runs on both")


@pytest.mark.parametrize("role", MET)
def test_the_api_does_what_it_says(on_sqlite: None, run: Callable[[str], Run], role: str) -> None:
    """What the description forbids is sent by those to whom every operation between them is open, and by nobody."""
    all_of_it(run(role), 2, forbidden=role in FORBIDDEN_BY)


@pytest.mark.soak
@pytest.mark.parametrize("role", MET)
def test_the_api_does_what_it_says_at_length(run: Callable[[str], Run], role: str) -> None:
    all_of_it(run(role), 150)


def test_there_is_a_run_for_every_role() -> None:
    assert set().union(*(MET[role] for role in FORBIDDEN_BY)) == set().union(*MET.values())
    assert set(MET) == {role.value for role in Role} | {NOBODY}
