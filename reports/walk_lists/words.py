"""Every fixed sentence of a walking list, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("走访单", "Walking list"),
    "place": Text("序", "No."),
    "door": Text("门牌", "Address"),
    "number": Text("编号", "Household"),
    "told": Text("已有结果", "So far"),
    "first": Text("第 1 次", "1st"),
    "second": Text("第 2 次", "2nd"),
    "third": Text("第 3 次", "3rd"),
    "note": Text("约定", "Agreed"),
    "marks": Text(
        "每次写日期和记号：✓ 有答卷　○ 没人　× 拒访　△ 约了（写时间）　– 没人住。不记姓名、电话。",
        "Each time the day and a mark: ✓ answered  ○ nobody  × refused  △ agreed (write when)  – nobody lives here. "
        "No names, no numbers.",
    ),
    "give_back": Text(
        "当天交回，登记以后碎掉；不要拍照，不要给别人看。",
        "Give it back the same day; it is shredded when it is noted. No photograph; show it to nobody.",
    ),
    "page": Text("{page} / {pages}", "{page} / {pages}"),
    "printed": Text("{time} 打印", "printed {time}"),
}


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key].in_language(language).format(**values)
