"""What poster and letter share: the statutory line, the typed address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports import style
from reports.invitations.content import Occasion
from reports.invitations.words import say
from reports.layout.setting import Setter
from reports.marks import Mark, Stroke, Words
from reports.style import Role
from reports.typesetting.composer import Line
from reports.wording.facts import day

MM: Final = style.MILLIMETRE
LEFT: Final = 20 * MM
RIGHT: Final = style.PAGE_WIDTH - LEFT
MIDDLE: Final = style.PAGE_WIDTH / 2
STATUTORY: Final = Role(8, 12, colour=style.GREY)
STATUTORY_BASE: Final = style.PAGE_HEIGHT - 14 * MM
BESIDE: Final = "　　"


def statutory_marks(setter: Setter, occasion: Occasion) -> list[Mark]:
    """表号, 制定机关, 批准文号, 有效期 at the foot, on as many lines as they need; blank ones are left out."""
    header, language = occasion.header, occasion.language
    values = {
        "form_number": header.form_number,
        "issuing_body": header.issuing_body,
        "approval_number": header.approval_number,
        "valid_until": day(header.valid_until, language) if header.valid_until else "",
    }
    told = BESIDE.join(say(key, language, value=value) for key, value in values.items() if value)
    if not told:
        return []
    lines = setter.lines([STATUTORY.span(told)], RIGHT - LEFT)
    top = STATUTORY_BASE - (len(lines) - 1) * STATUTORY.leading
    rule = Stroke(LEFT, top - 14, RIGHT, top - 14, style.RULE_HEAD, style.RULE)
    return [rule, *centred(lines, STATUTORY, top)]


def centred(lines: Sequence[Line], role: Role, y: float) -> list[Mark]:
    """Set lines under each other around the middle of the page, the first baseline at ``y``."""
    return [Words(MIDDLE - line.width / 2, y + place * role.leading, line) for place, line in enumerate(lines)]


def fitting(setter: Setter, text: str, width: float, sizes: Sequence[float], *, bold: bool = True) -> Role:
    """The largest of ``sizes`` in which ``text`` stands on one line; the smallest where none does."""
    for size in sizes:
        role = Role(size, size * 1.3, bold)
        if setter.width(role, text) <= width:
            return role
    return Role(sizes[-1], sizes[-1] * 1.3, bold)


def typed_address(address: str) -> str:
    """The address as it is typed: without the scheme, which every browser adds."""
    return address.removeprefix("https://").removeprefix("http://")
