"""A file of telephones: which household, which number. No number is shown again, not even where it is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import unique
from typing import Final

from questionnaires.text import Text
from survey_service.tabular.problems import ProblemKind, TableProblem, excerpt
from survey_service.uploads.forms import Words
from survey_service.uploads.looked import Looked
from survey_service.uploads.records import Column, Record

COLUMNS: Final = (
    Column(name="case", heads=("编号", "样本编号", "住户编号", "户编号", "case", "number"), needed=True),
    Column(
        name="telephone",
        heads=(
            "电话",
            "电话号码",
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "手机号(由本市填)",
            "telephone",
            "phone",
        ),
        needed=True,
    ),
)
_NUMBER: Final = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}|[2-8][0-9]{6,7}")


@unique
class InTelephones(ProblemKind):
    NO_CASE = (
        "样本里没有编号“{seen}”，或它不归您管",
        "请对照名单里的编号。",
        "there is no case “{seen}”, or it is not yours",
        "Compare it with the list of cases.",
    )
    NO_NUMBER = (
        "这一格不是电话号码",
        "手机 11 位；固定电话写区号。一行只写一个。Excel 把号码变成 1.39E+10 的，先把那一列设成文本。",
        "this cell holds no telephone number",
        "A mobile has 11 figures; a fixed line its area code. One for each household. Where Excel made 1.39E+10 of it, "
        "set the column to text first.",
    )
    TWICE = (
        "编号“{seen}”在文件里有两行",
        "一个编号留一个号码，删掉多的那一行。",
        "case “{seen}” has two rows",
        "Keep one number for each household.",
    )


WORDS: Final = Words(
    title=Text("导入电话号码", "Bring in telephone numbers"),
    back=("", Text("结果和比率", "Outcomes and rates")),
    rules=(
        Text(
            "一个编号一行：编号、电话。不要姓名、门牌、身份证号；别的列不读。",
            "A row for each household: number and telephone. No names, addresses or identity numbers; other columns "
            "are not read.",
        ),
        Text(
            "存的时候用这一期的密钥封好。只有分到的调查员能打开，一个一个地开，每开一次都记进日志；这里谁也看不到。",
            "They are sealed with the key of this wave. Only the interviewer who was given a household opens its "
            "number, one by one, and each opening stands in the log; nobody sees them here.",
        ),
        Text(
            "到了这一期的销毁日，号码和密钥一起销毁，备份里的也打不开。再传一次，同一个编号的换成新的。",
            "On the wave's day they are destroyed with the key, and no backup opens them. A household that comes again "
            "gets its new number.",
        ),
    ),
)


def judge(records: Iterable[Record], known: Mapping[str, str]) -> Looked[dict[str, str]]:
    """``known``: case numbers as they are compared, and as they are written. Every row, with every problem."""
    problems: list[TableProblem] = []
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for record in records:
        typed = record.get("case")
        number = known.get(as_key(typed))
        telephone = number_as_read(record.get("telephone"))
        if number is None:
            problems.append(record.problem(InTelephones.NO_CASE, "case", seen=excerpt(typed)))
        elif seen[number]:
            problems.append(record.problem(InTelephones.TWICE, "case", seen=excerpt(typed)))
        if telephone is None:
            problems.append(record.problem(InTelephones.NO_NUMBER, "telephone"))
        if number is not None:
            seen[number] += 1
            if telephone is not None:
                found[number] = telephone
    return Looked(
        stored=found,
        problems=problems,
        counts={"telephones": len(found)},
        summary=_summary(found.values()),
    )


def _summary(telephones: Collection[str]) -> Text:
    """How many, and how many share theirs: mostly a slip of the list."""
    several = sum(count for count in Counter(telephones).values() if count > 1)
    zh, en = f"{len(telephones):,} 个编号有电话号码。", f"Cases with a number: {len(telephones):,}."
    if several:
        zh += f"其中 {several:,} 个和别的一样，请看看是不是填串了。"
        en += f" Of these {several:,} share theirs with another; see whether rows were mixed up."
    return Text(zh, en)


def number_as_read(typed: str) -> str | None:
    """Figures alone; None for what is no number of a telephone in China."""
    plain = unicodedata.normalize("NFKC", typed).strip().removesuffix(".0")
    figures = re.sub(r"[\s()-]", "", plain)
    figures = re.sub(r"^(?:\+|00)86", "", figures)
    return figures if _NUMBER.fullmatch(figures) else None


def as_key(number: str) -> str:
    """How numbers are compared: in capitals, without blanks."""
    return "".join(number.split()).upper()
