"""What a page without its script shows of blocks that hang on answers: none before those are given, then those drawn.

With the script every block is on the page, and the script leaves out what is not asked as the answers change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questionnaires.answers import Checked
from questionnaires.draws import block_of_question
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.collection.resident_steps import Step


@dataclass(frozen=True, slots=True)
class BlocksShown:
    drawn: Mapping[str, Text]  # draw:block -> its name, of those that are to be answered
    hidden: frozenset[str]  # questions of all others
    first: str = ""  # the first question of those that are to be answered

    @property
    def field(self) -> str:
        """As the page carries it."""
        return " ".join(self.drawn)

    def ways(self, steps: Sequence[Step]) -> dict[str, tuple[str, str]]:
        """By anchor the step before and the step behind that are shown without a script; the notice, and itself."""
        found: dict[str, tuple[str, str]] = {}
        before = "notice"
        for place, step in enumerate(steps):
            onward = (one.anchor for one in steps[place + 1 :] if one.question.id not in self.hidden)
            found[step.anchor] = before, next(onward, step.anchor)
            before = before if step.question.id in self.hidden else step.anchor
        return found

    def new_beside(self, shown: str) -> list[Text]:
        """Names of blocks that the page which was posted did not show."""
        before = shown.split()
        return [name for key, name in self.drawn.items() if key not in before]


def blocks_shown(questionnaire: Questionnaire, checked: Checked | None = None) -> BlocksShown:
    """``checked``: what was answered so far; None before anything was."""
    drawn: dict[str, Text] = {}
    hidden: set[str] = set()
    first = ""
    for question, (draw, block) in block_of_question(questionnaire).items():
        if not draw.by_person:
            continue
        blocks = checked.values.get(draw.id) if checked else None
        if isinstance(blocks, list) and block.id in blocks:
            drawn[f"{draw.id}:{block.id}"] = block.label
            first = first or question
        else:
            hidden.add(question)
    return BlocksShown(drawn, frozenset(hidden), first)
