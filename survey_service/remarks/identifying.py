"""What in a person's own words may say who they are: proposed for striking, and decided by whoever reads.

Numbers of people come from ``questionnaires.personal_numbers``. The rest are patterns of bounded length on characters
that were folded one to one (full width to half width), so that a place in what is folded is the place in the answer.
They propose rather too much: an answer that still holds a proposal is chosen only by whoever says that it names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from questionnaires.personal_numbers import personal_numbers

STRUCK: Final = "〔略〕"
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters of an answer: ``begins`` is the first, ``ends`` the first after them."""

    begins: int
    ends: int


def folded(text: str) -> str:
    """The same number of characters, full-width forms as half-width ones."""
    return text.translate(_WIDE)


def searched(text: str) -> str:
    """As answers and what they are searched for are compared."""
    return folded(text).casefold()


_DIGIT: Final = "[0-9零〇一二三四五六七八九十百两]"
_SURNAMES: Final = (
    "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾]"
)
_RULES: Final = (
    # A telephone on a wire: area code and seven or eight digits, or as many behind the word.
    re.compile(r"(?<![0-9])0[1-9][0-9]{1,2}[- ]?[1-9][0-9]{6,7}(?![0-9])"),
    re.compile(r"(?:电话|座机|号码|联系|致电|拨打)[^0-9。，；！？]{0,6}([1-9][0-9]{6,7})(?![0-9])"),
    # A house, a stair, a door.
    re.compile(rf"{_DIGIT}{{1,5}}(?:号楼|号院|号房|号门|号|楼栋|栋|幢|座|单元|室|户|弄)"),
    re.compile(r"(?<![0-9])[0-9]{1,3}-[0-9]{1,3}-[0-9]{2,4}(?![0-9])"),
    re.compile(r"(?<![0-9])[0-9]{3,4}(?=(?:房|业主|住户|的住户|家))"),
    # A name that is given, and a person who is called by it.
    re.compile(r"(?:我叫|我名叫|本人叫|名字叫|名字是|姓名是|姓名:|姓名 )([\u4e00-\u9fff]{2,3})"),
    re.compile(rf"(?:我姓|本人姓|免贵姓)({_SURNAMES})"),
    re.compile(
        rf"(?:{_SURNAMES})[\u4e00-\u9fff]{{0,2}}?"
        "(?:先生|女士|小姐|师傅|阿姨|大爷|大妈|大姐|大哥|奶奶|爷爷|叔叔|书记|主任|医生|大夫|老师|经理|队长|站长|所长|局长)"
    ),
    # Accounts, addresses of mail, plates of cars.
    re.compile(r"(?i)(?:微信号?|wechat|qq号?|vx)[:： ]{0,2}([a-z0-9_-]{5,20})"),
    re.compile(r"[A-Za-z0-9._%+-]{1,40}@[A-Za-z0-9-]{1,30}(?:\.[A-Za-z0-9-]{1,20}){1,3}"),
    re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z] ?[·.]?[A-Z0-9]{5,6}(?![A-Z0-9])"
    ),
)


def proposed(text: str) -> tuple[Span, ...]:
    """What a person should look at before the words are printed, in order; what touches is one."""
    plain = folded(text)
    found = [Span(one.start, one.end) for one in personal_numbers(text)]
    found += [Span(*match.span(match.lastindex or 0)) for rule in _RULES for match in rule.finditer(plain)]
    return united(found)


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same characters in order, in as few spans as there can be."""
    made: list[Span] = []
    for one in sorted(spans):
        if made and one.begins <= made[-1].ends:
            made[-1] = Span(made[-1].begins, max(made[-1].ends, one.ends))
        else:
            made.append(one)
    return tuple(made)


def open_proposals(text: str, struck: Sequence[Span]) -> tuple[Span, ...]:
    """Proposals of which a character would still be printed."""
    gone = {place for one in struck for place in range(one.begins, one.ends)}
    return tuple(one for one in proposed(text) if not gone.issuperset(range(one.begins, one.ends)))


def printed(text: str, struck: Iterable[Span]) -> str:
    """The words as a sheet prints them: on one line, 〔略〕 where characters were struck."""
    pieces, place = [], 0
    for one in united(struck):
        pieces += [text[place : one.begins], STRUCK]
        place = one.ends
    return " ".join("".join([*pieces, text[place:]]).split())
