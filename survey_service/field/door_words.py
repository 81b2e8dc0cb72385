"""The large buttons at a door: what people say there, and the codes of AAPOR behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.fieldwork import roll_words
from survey_service.fieldwork.words import outcome_words
from survey_service.models import ListedUnit, Roll, Wave


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tap. ``code``: of the mode of its buttons; ``asks_when``: with a time agreed on.

    Where the adults of the household are on a roll: ``by_another`` is told for each who is not chosen, ``by_chosen`` of
    the chosen one, and ``asks_whom`` asks which of them was spoken to. ``met``: the adult that it is told of.
    ``in_group``: away from its button it is told with the name of the button, without which it reads as the opposite.
    """

    code: str
    words: Text
    asks_when: bool = False
    by_another: bool = False
    by_chosen: bool = False
    asks_whom: bool = False
    in_group: bool = False
    met: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A large button; with several findings it opens and shows them."""

    words: Text
    findings: tuple[Finding, ...]


# Looked for where nobody is met and where somebody else is: it stands under both.
AWAY: Final = Finding("2.25", Text("被选中的人不在或没空", "The selected person is away or busy"), asks_whom=True)
BUTTONS: Final = (
    Button(
        Text("没人在家", "Nobody at home"),
        (
            Finding("2.24", Text("看得出有人住", "Somebody lives here"), in_group=True),
            Finding("3.10", Text("看不出有没有人住", "Cannot tell whether anybody lives here"), in_group=True),
            AWAY,
        ),
    ),
    Button(
        Text("约时间再来", "Come back at a time"),
        (Finding("2.25", Text("约好了", "Agreed"), asks_when=True, asks_whom=True),),
    ),
    Button(
        Text("不愿意答", "Refused"),
        (
            Finding("2.111", Text("住户拒访", "The household refused"), by_another=True),
            Finding("2.112", Text("被选中的人拒访", "The selected person refused"), by_chosen=True),
            Finding("2.12", Text("答到一半不答了", "Broke off half way"), by_chosen=True),
        ),
    ),
    Button(
        Text("病重、语言不通", "Too ill, or cannot speak the language"),
        (
            Finding("2.32", Text("身体或精神原因答不了", "Cannot answer for reasons of health")),
            Finding("2.332", Text("语言不通", "No common language")),
        ),
    ),
    Button(
        Text("空房、没有这户", "Empty, or no home"),
        (
            Finding("4.60", Text("空房，没人住", "Vacant")),
            Finding("4.51", Text("是店铺或单位", "A shop or an office")),
            Finding("3.18", Text("找不到这个地址", "Address not found")),
        ),
    ),
    Button(
        Text("其他", "Something else"),
        (
            AWAY,
            Finding("2.23", Text("进不了楼门或院门", "Could not get in at the gate or the front door")),
            Finding("3.17", Text("路不通或不安全，没走到", "Road closed or unsafe, not reached")),
            Finding("2.36", Text("别的原因没做成", "Another reason")),
        ),
    ),
)
UNKNOWN: Final = Text("不知道是哪一位", "not known which adult")


def told_of(buttons: Sequence[Button], roll: Roll | None) -> Sequence[Button]:
    """The buttons with the adults of the roll in them; as they are where nobody was chosen from one."""
    if roll is None or not (roll.listed and roll.chosen):
        return buttons
    return [Button(one.words, tuple(it for found in one.findings for it in _each(found, roll))) for one in buttons]


def _each(finding: Finding, roll: Roll) -> list[Finding]:
    others = [place for place in range(1, len(roll.listed) + 1) if place != roll.chosen]
    if finding.by_chosen and roll.chosen:
        return [_of_one(finding, roll, roll.chosen)]
    if finding.by_another and others:
        told = [_of_one(finding, roll, place) for place in others]
        return [*told, replace(finding, words=_with(finding.words, UNKNOWN))]
    return [finding]


def _of_one(finding: Finding, roll: Roll, place: int) -> Finding:
    words = _with(finding.words, roll_words.at_place(roll, place))
    return replace(finding, words=words, met=f"{roll.id}:{place}")


def _with(words: Text, more: Text) -> Text:
    return Text(f"{words.zh}：{more.zh}", f"{words.en}: {more.en}")


CODES: Final = frozenset(one.code for button in BUTTONS for one in button.findings)


# Where it is no homes that were drawn.
_ELSEWHERE: Final[Mapping[str, Text]] = {
    "没人在家": Text("没有人在", "Nobody there"),
    "看得出有人住": Text("看得出还开着、还在用", "Still in use"),
    "看不出有没有人住": Text("看不出还在不在", "Cannot tell whether it still exists"),
    "住户拒访": Text("别人替他拒绝", "Refused by somebody else there"),
    "空房、没有这户": Text("空的、没有这里", "Empty, or not there"),
    "空房，没人住": Text("空的，没有人", "Vacant"),
    "语音信箱，确实是这一户": Text("语音信箱，确实是对方", "Answering machine of theirs"),
    "换了人，不是这一户": Text("换了人，不是对方", "Somebody else's by now"),
    "家里没有 18 岁以上的人": Text("没有能答的人", "Nobody who can answer"),
}
_NO_HOME: Final = "4.51"  # a shop or an office: what is looked for, there


def of_unit(buttons: Sequence[Button], unit: ListedUnit) -> Sequence[Button]:
    """The buttons as they are for what stands on the list of a wave."""
    if unit is ListedUnit.HOUSEHOLD:
        return buttons
    return [
        Button(
            _ELSEWHERE.get(one.words.zh, one.words),
            tuple(
                replace(found, words=_ELSEWHERE.get(found.words.zh, found.words))
                for found in one.findings
                if found.code != _NO_HOME
            ),
        )
        for one in buttons
    ]


def as_tapped(
    buttons: Sequence[Button], own: OutcomeMode, unit: ListedUnit = ListedUnit.HOUSEHOLD
) -> Callable[[str, OutcomeMode], Text]:
    """Says a visit in the words that were tapped for it; one of another mode as its code says it."""
    tapped = {
        one.code: _named(button, one)
        for button in of_unit(buttons, unit)
        for one in button.findings
        if not one.asks_when
    }

    def said(code: str, mode: OutcomeMode) -> Text:
        found = tapped.get(code) if mode is own else None
        return found or outcome_words(code, mode, unit)

    return said


def _named(button: Button, finding: Finding) -> Text:
    group, words = button.words, finding.words
    if not finding.in_group:
        return words
    return Text(f"{group.zh}（{words.zh}）", f"{group.en} ({words.en[:1].lower()}{words.en[1:]})")


def said(wave: Wave) -> Callable[[str, OutcomeMode], Text]:
    return as_tapped(BUTTONS, OutcomeMode.IN_PERSON, wave.listed_unit)
