"""What stands on a list, and who of a household answers, in words that pages, letters and reports share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from survey_service.models import ListedUnit, SelectionWithin


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWords:
    """``counter``: what stands behind a number in Chinese, as 户; ``each``: behind 这一, 下一; ``noun``: in a sentence,
    as 勾上的户. ``many``: the plural in English."""

    counter: str
    each: str
    noun: str
    one: Text
    many: str
    register: Text  # what the list is called
    who: Text  # who answers for one
    person: bool = False  # a unit is whoever answers

    def counted(self, count: int) -> Text:
        """1,200 户; 1,200 households."""
        return Text(f"{count:,} {self.counter}", f"{count:,} {self.one.en if count == 1 else self.many}")

    @property
    def at_home(self) -> bool:
        """Whether it is homes that were drawn: what registers count of a community."""
        return self.counter == "户"

    @property
    def each_one(self) -> Text:
        """Behind 这一, 下一, 每一; this, next, every: 户; household."""
        return Text(self.each, self.one.en)

    @property
    def units(self) -> Text:
        """户; households."""
        return Text(self.noun, self.many)

    @property
    def how_many(self) -> Text:
        """The head of a column of counts: 户数; Households."""
        return Text(f"{self.counter.removeprefix('个')}数", self.many[:1].upper() + self.many[1:])

    @property
    def sampled(self) -> Text:
        """Those that were drawn, as a heading: 样本户; Cases."""
        return Text(f"样本{self.noun}", "Cases")

    @property
    def going_round(self) -> Text:
        """What came of going there: 入户情况; The field."""
        return Text("入户情况" if self.at_home else "走访情况", "The field")


UNITS: Final[Mapping[ListedUnit, UnitWords]] = {
    ListedUnit.HOUSEHOLD: UnitWords(
        counter="户",
        each="户",
        noun="户",
        one=Text("住户", "household"),
        many="households",
        register=Text("住户名单", "list of households"),
        who=Text("家里的一位成年人", "one adult of the household"),
    ),
    ListedUnit.SHOP: UnitWords(
        counter="家",
        each="家",
        noun="商户",
        one=Text("商户", "shop"),
        many="shops",
        register=Text("商户名单", "list of shops"),
        who=Text("店里管事的一位", "whoever runs the shop"),
    ),
    ListedUnit.STAFF: UnitWords(
        counter="人",
        each="位",
        noun="人员",
        one=Text("工作人员", "member of staff"),
        many="members of staff",
        register=Text("工作人员名单", "list of staff"),
        who=Text("您本人", "yourself"),
        person=True,
    ),
    ListedUnit.ORGANISATION: UnitWords(
        counter="个单位",
        each="个单位",
        noun="单位",
        one=Text("单位", "organisation"),
        many="organisations",
        register=Text("单位名单", "list of organisations"),
        who=Text("单位里了解情况的负责人", "whoever is in charge and can tell"),
    ),
    ListedUnit.CLIENT: UnitWords(
        counter="人",
        each="位",
        noun="服务对象",
        one=Text("服务对象", "client"),
        many="clients",
        register=Text("服务对象名单", "list of clients"),
        who=Text("您本人", "yourself"),
        person=True,
    ),
}

WITHIN: Final[Mapping[SelectionWithin, Text]] = {
    SelectionWithin.NEXT_BIRTHDAY: Text("下一个过生日的成年人", "The adult with the next birthday"),
    SelectionWithin.KISH: Text("按户内抽样表（Kish 表）选出的成年人", "The adult of the Kish table"),
    SelectionWithin.ANY: Text("任何一位知情的成年人", "Any adult who can tell"),
}
