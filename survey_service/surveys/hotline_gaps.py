"""What callers ask of a survey and its wave does not say. What law asks is not here: it keeps a wave from opening."""

from __future__ import annotations

import re
from typing import Final

from questionnaires.formalities import Circulation, LegalKind
from questionnaires.model import Header, Notice
from questionnaires.text import Text

TELEPHONE: Final = Text("“问谁”里的电话号码", "a telephone number in “whom to ask”")
MINUTES: Final = Text("大约几分钟", "about how many minutes it takes")
KIND: Final = Text("调查性质（自愿不自愿由它定）", "the kind of survey (it decides whether one is free to answer)")
CIRCULATION: Final = Text("结果公开不公开", "whether results are public")
_NUMBER: Final = re.compile(r"[0-9][0-9 -]{5,}[0-9]|\b1[0-9]{4}\b")  # 8888 0000; 12345 and its kind


def gaps(header: Header, notice: Notice) -> list[Text]:
    lacking = {
        TELEPHONE: not _NUMBER.search(notice.contact.zh),
        MINUTES: notice.minutes is None,
        KIND: header.legal_kind is LegalKind.UNSTATED,
        CIRCULATION: header.circulation is Circulation.UNSTATED,
    }
    return [one for one, lacks in lacking.items() if lacks]
