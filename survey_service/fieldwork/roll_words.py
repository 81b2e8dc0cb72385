"""The roll of a household in words: sexes, who somebody is to the household, and whom to ask for at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from questionnaires.text import Text
from survey_service.fieldwork.rolls import Sex
from survey_service.models import Kin, Roll

SEXES: Final[Mapping[Sex, Text]] = {Sex.MALE: Text("男", "man"), Sex.FEMALE: Text("女", "woman")}

KIN: Final[Mapping[Kin, Text]] = {
    Kin.HEAD: Text("户主", "head of the household"),
    Kin.SPOUSE: Text("配偶", "spouse"),
    Kin.CHILD: Text("儿子、女儿", "son or daughter"),
    Kin.CHILD_IN_LAW: Text("儿媳、女婿", "son- or daughter-in-law"),
    Kin.PARENT: Text("父母、公婆、岳父母", "parent or parent-in-law"),
    Kin.GRANDCHILD: Text("孙辈", "grandchild"),
    Kin.SIBLING: Text("兄弟姐妹", "brother or sister"),
    Kin.OTHER: Text("其他，或不说明", "other, or not said"),
}


def person(one: Mapping[str, Any]) -> Text:
    """One adult of a roll: 女，配偶; the sex alone where nothing more was said."""
    sex, kin = SEXES[Sex(one["sex"])], Kin(one["kin"])
    if kin is Kin.OTHER:
        return sex
    return Text(f"{sex.zh}，{KIN[kin].zh}", f"{sex.en}, {KIN[kin].en}")


def chosen(roll: Roll) -> Text | None:
    """Whom the table chose; None where the birthday chooses, and where the answer was erased."""
    if not (roll.chosen and roll.listed):
        return None
    return at_place(roll, roll.chosen)


def at_place(roll: Roll, place: int) -> Text:
    """One adult of the roll by place and who it is; by the place alone once who lives there was erased."""
    if not roll.listed:
        return Text(f"第 {place} 位", f"adult {place}")
    found = person(roll.listed[place - 1])
    return Text(f"第 {place} 位，{found.zh}", f"adult {place}, {found.en}")


def choices(roll: Roll) -> list[tuple[str, Text]]:
    """Each adult of the roll as a form sends it and as it is read, the chosen one marked."""
    marked = Text("（被选中的人）", " (the selected person)")
    return [
        (f"{roll.id}:{place}", Text(found.zh + marked.zh, found.en + marked.en) if place == roll.chosen else found)
        for place in range(1, len(roll.listed) + 1)
        for found in [at_place(roll, place)]
    ]
