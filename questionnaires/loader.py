"""A definition file to a questionnaire: every problem at once, each with its line and column. No clock, no network."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from questionnaires import builders, option_builders, yaml_nodes
from questionnaires.checks import rules
from questionnaires.fields import Fields, Notes
from questionnaires.model import Questionnaire, Scale
from questionnaires.offered import remarks
from questionnaires.places import Places
from questionnaires.problems import DefinitionProblems, Problem
from questionnaires.rosters import origins

SHARED_SCALES = "scales.yaml"
DEFINITION = "questionnaire.yaml"


def load(path: Path | str) -> Questionnaire:
    """The questionnaire of a definition file; raises ``DefinitionProblems`` with all of them."""
    questionnaire, problems = check(Path(path))
    if questionnaire is None:
        raise DefinitionProblems(problems)
    return questionnaire


def check(path: Path | str) -> tuple[Questionnaire | None, list[Problem]]:
    """The questionnaire, or None and its problems in the order of the file."""
    return look(path)[:2]


def look(path: Path | str) -> tuple[Questionnaire | None, list[Problem], list[Problem]]:
    """The same, and what is told of a sound one: which texts of a further language are missing."""
    path = Path(path)
    root, found = yaml_nodes.read(path)
    return _checked(root, found, str(path), path.parent / SHARED_SCALES)


def check_bytes(data: bytes, name: str) -> tuple[Questionnaire | None, list[Problem]]:
    """The same for a file that was handed over: no scales stand beside it but those of this package."""
    return look_at_bytes(data, name)[:2]


def look_at_bytes(data: bytes, name: str) -> tuple[Questionnaire | None, list[Problem], list[Problem]]:
    """``look`` for a file that was handed over."""
    root, found = yaml_nodes.parse(data, name)
    return _checked(root, found, name, None)


def _checked(
    root: yaml_nodes.Node | None, found: list[Problem], name: str, nearest: Path | None
) -> tuple[Questionnaire | None, list[Problem], list[Problem]]:
    if root is None:
        return None, found, []
    notes = Notes(found)
    building = builders.Building(notes, _shared_scales(notes, nearest))
    questionnaire = builders.questionnaire(building, root)
    places = Places(root, origins(questionnaire))
    rules(questionnaire, places, building)
    if questionnaire.written is not None:  # what is wrong is wrong in every round
        notes.problems = _once(notes.problems)
    if notes.problems:
        # Problems of a shared scales.yaml follow those of the file itself.
        ordered = sorted(notes.problems, key=lambda one: (one.location.file != name, one.location, one.code.number))
        return None, ordered, []
    return questionnaire, [], _once(remarks(questionnaire, places))


def _once(problems: list[Problem]) -> list[Problem]:
    """The first of each kind at each place."""
    return list({(one.code, one.location): one for one in reversed(problems)}.values())[::-1]


def definitions_path() -> Path:
    """The folder of the programmes that come with this package, one folder each."""
    return Path(str(resources.files("questionnaires"))) / "definitions"


def available() -> dict[str, Path]:
    """Key of each programme that comes with this package, and its definition file."""
    return {path.parent.name: path for path in sorted(definitions_path().glob(f"*/{DEFINITION}"))}


def _shared_scales(notes: Notes, nearest: Path | None) -> dict[str, Scale]:
    """Scales of this package, then those beside the file: the nearer one of a name counts."""
    found: dict[str, Scale] = {}
    for place in dict.fromkeys([definitions_path() / SHARED_SCALES, nearest]):
        if place is not None and place.is_file():
            root, problems = _own_scales() if place == definitions_path() / SHARED_SCALES else yaml_nodes.read(place)
            notes.problems.extend(problems)
            if root is not None:
                found |= option_builders.scales(notes, Fields(notes, root, "scales.yaml", ("scales",)))
    return found


@cache
def _own_scales() -> tuple[yaml_nodes.Node | None, list[Problem]]:
    """The scales of this package as nodes: read with every definition, and a third of the time of a short one."""
    return yaml_nodes.read(definitions_path() / SHARED_SCALES)
