"""Which blocks a form asks: above the first of them a place is kept, where every copy names its own.

Every copy has all blocks, in the order of the questionnaire: one geometry for the reader of scans, one order for who
keys it, and a copy that is printed again has the same pages. What a copy names moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from questionnaires.draws import block_of_question
from questionnaires.model import Draw, Question, Questionnaire
from reports.layout.setting import Setter
from reports.marks import Mark
from reports.paper_form.blocks import Block, Hand, Spot, stacked
from reports.paper_form.density import MM
from reports.paper_form.questions import WIDTH
from reports.paper_form.skips import Numbered
from reports.paper_form.words import say

APART = 4 * MM  # between two names
MOST_COLUMNS = 4


class Notices:
    """What stands before the first question of every draw; asked in the order of the questionnaire."""

    def __init__(self, questionnaire: Questionnaire, numbers: Mapping[str, Numbered], hand: Hand) -> None:
        self._questionnaire, self._numbers, self._hand = questionnaire, numbers, hand
        self._inside = block_of_question(questionnaire)
        self._told: set[str] = set()

    def before(self, questions: Sequence[Question]) -> Iterator[Block]:
        for question in questions:
            draw = self._inside[question.id][0] if question.id in self._inside else None
            if draw is not None and draw.id not in self._told:
                self._told.add(draw.id)
                yield self._notice(draw)

    def _notice(self, draw: Draw) -> Block:
        hand = self._hand
        role = hand.density.role(hand.density.answer, bold=True)
        key = "drawn_own" if draw.by_person else "drawn_fixed"
        words = [
            hand.paragraph([role.span(say(key, language, take=draw.take))], role, WIDTH) for language in hand.languages
        ]
        names = self._names(draw)
        widest = max(hand.width([role.span(f"{len(names)} {name}")]) for name in names.values()) + APART
        columns = max(1, min(MOST_COLUMNS, int((WIDTH + APART) / widest)))
        spot = Spot(draw=draw.id, names=names, role=role, columns=columns, numbered=draw.by_person, y=role.size)
        lines = ceil((len(names) if draw.by_person else draw.take) / columns)
        place = Block(height=lines * role.leading + 1.0 * MM, marks=(), spots=(spot,))
        return stacked([*words, place], (hand.density.gap + 1.2) * MM, keep=True)

    def _names(self, draw: Draw) -> dict[str, str]:
        """The block in words, with the numbers of its first and last question."""
        found: dict[str, str] = {}
        for block in draw.blocks:
            numbers = [
                one.number for name, one in self._numbers.items() if self._inside.get(name, (None, None))[1] is block
            ]
            said = dict.fromkeys(block.label.in_language(language) for language in self._hand.languages)
            first, last = min(numbers, default=0), max(numbers, default=0)
            key = "drawn_number" if first == last else "drawn_numbers"
            place = say(key, self._hand.languages[0], first=first, last=last)
            found[block.id] = f"{' '.join(said)}{place}"
        return found


def own_list(setter: Setter, spot: Spot, blocks: Sequence[str]) -> Iterator[Mark]:
    """What one copy names in the place kept for it, line by line: all blocks in its order, or those that were drawn."""
    for place, block in enumerate(blocks):
        line, column = divmod(place, spot.columns)
        words = f"{place + 1 if spot.numbered else '●'} {spot.names[block]}"
        x, y = spot.x + column * WIDTH / spot.columns, spot.y + line * spot.role.leading
        yield setter.left(spot.role, words, x, y)
