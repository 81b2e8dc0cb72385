"""What the page of a draw asks beside the list: how many, in what design, who answers, and what the field can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from questionnaires.text import Text
from survey_service.errors import BadInput
from survey_service.models import ListedUnit, SelectionWithin
from survey_service.sampling.drawing import GridsFirst
from survey_service.sampling.sizes import LIKENESS, Aim, Expected, SharedOut, Target, Wanted
from survey_service.sampling.unit_words import UNITS, WITHIN
from survey_service.surveys import household_doors
from survey_service.uploads.forms import Choice, Field, Words
from survey_service.web.posted_forms import as_number

MOST_SEED: Final = 2**31 - 1
MOST_RESERVES: Final = 4
EVERY, BY_SIZE, SIMPLE = "every", "by_size", "simple"
_NOTHING: Final = Text("")
Known = TypeVar("Known", Aim, SharedOut, SelectionWithin, ListedUnit)


def _choices(words: Mapping[Any, tuple[Text, Text]]) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, name, meaning) for one, (name, meaning) in words.items())


_UNITS: Final = tuple(
    Choice(unit.value, Text(words.one.zh, words.one.en.capitalize()), _NOTHING) for unit, words in UNITS.items()
)
_AIMS: Final[Mapping[Aim, tuple[Text, Text]]] = {
    Aim.SIZE: (Text("我来定一共抽多少", "I say how many in all"), _NOTHING),
    Aim.MARGIN: (
        Text("按误差定", "By the margin"),
        Text("每个社区都够这个误差（50% 上下的比率）。", "So that every community has it (of a share near 50 %)."),
    ),
    Aim.VERDICT: (
        Text("按能不能判定达标来定", "By settling the target"),
        Text("每个社区有八成把握判定。", "With a power of 80 % in every community."),
    ),
}
_ALLOCATIONS: Final[Mapping[SharedOut, tuple[Text, Text]]] = {
    SharedOut.PROPORTIONAL: (
        Text("按名单的比例", "In proportion"),
        Text("全市的数字最准；小社区份数少，可能不能单独公布。", "Best for the city; few in small ones."),
    ),
    SharedOut.EQUAL: (
        Text("各社区一样多", "The same in each"),
        Text("各社区一样准，适合比社区；全市的数字要加权。", "Every community equally well; the city is weighted."),
    ),
    SharedOut.SQUARE_ROOT: (
        Text("按名单的平方根", "By the square root"),
        Text("两边都照顾一点。", "Between the two."),
    ),
}
_DESIGNS: Final = (
    Choice(
        EVERY,
        Text("每个网格都抽", "From every grid"),
        Text("抽得一样多，这样最准。没有写网格的，整个社区等距抽。", "The most exact for its size."),
    ),
    Choice(
        BY_SIZE,
        Text(
            "先按大小的比例抽网格，再在网格里抽（两阶段，PPS）", "Grids first, in proportion to size (two stages, PPS)"
        ),
        Text("少跑网格；抽中的机会都一样。误差大得多，下一页会说清。", "Fewer grids to walk; far wider margins."),
    ),
    Choice(
        SIMPLE,
        Text("先随机抽网格，再在网格里抽（两阶段）", "Grids first, at random (two stages)"),
        Text("网格大小差不多时用；大网格里抽中的机会小些。", "Where grids are of about one size."),
    ),
)
_WITHIN: Final = tuple(Choice(one.value, name, _NOTHING) for one, name in WITHIN.items())

FIELDS: Final = (
    Field(
        name="listed_unit",
        label=Text("名单上是什么", "What stands on the list"),
        choices=_UNITS,
        heading=Text("名单", "The list"),
    ),
    Field(
        name="aim", label=Text("怎么定", "How it is set"), choices=_choices(_AIMS), heading=Text("抽多少", "How many")
    ),
    Field(
        name="size",
        label=Text("一共抽多少", "To draw in all"),
        type="number",
        hint=Text("只在“我来定”时用。整个社区都问的另算。", "Only where you say how many; whole communities apart."),
        needed=False,
    ),
    Field(
        name="margin",
        label=Text("误差不超过多少个百分点", "Margin in points"),
        type="number",
        hint=Text("只在“按误差定”时用。", "Only by the margin."),
        needed=False,
        decimals=True,
    ),
    Field(
        name="level",
        label=Text("预计的水平，百分之几", "Level expected, per cent"),
        type="number",
        needed=False,
        decimals=True,
    ),
    Field(
        name="response", label=Text("预计应答率，百分之几", "Response expected, per cent"), type="number", decimals=True
    ),
    Field(name="allocation", label=Text("各社区怎么分", "How they are shared out"), choices=_choices(_ALLOCATIONS)),
    Field(name="least", label=Text("一个社区至少抽多少", "At least so many in a community"), type="number"),
    Field(
        name="whole",
        label=Text("名单不超过多少的社区，全部都问", "Ask communities whole, up to"),
        type="number",
        hint=Text("0：没有。全部都问的社区，抽中概率是 1；没答的照样算进应答率。", "0: none. Their probability is 1."),
        needed=False,
    ),
    Field(
        name="design",
        label=Text("网格怎么抽", "Grids"),
        choices=_DESIGNS,
        heading=Text("怎么抽", "How"),
    ),
    Field(
        name="per_grid",
        label=Text("抽中的网格，每个里面抽几个", "How many in each grid drawn"),
        type="number",
        hint=Text("只在先抽网格时用。", "Only where grids are drawn first."),
        needed=False,
    ),
    Field(
        name="likeness",
        label=Text("同一网格里的人有多像（ρ）", "Likeness within a grid (ρ)"),
        type="number",
        hint=Text("只在先抽网格时用。没有把握就用 0.05。", "Only where grids are drawn first; 0.05 where unknown."),
        needed=False,
        decimals=True,
    ),
    Field(
        name="within",
        label=Text("一户里请谁回答", "Who of a household answers"),
        choices=_WITHIN,
        heading=Text("谁来回答", "Who answers"),
        hint=Text(
            "名单上不是住户的，不用选：就是名单上的那一位，或者店里、单位里知情的人。",
            "Of lists other than households it is whoever is listed, or who can tell in the shop or organisation.",
        ),
    ),
    Field(
        name="reserves",
        label=Text("备用样本几批（0 到 4）", "Batches of reserves (0 to 4)"),
        type="number",
        heading=Text("备用、方式和种子", "Reserves, modes and seed"),
    ),
    Field(name="paper", label=Text("先用纸质的占百分之几", "Percent first asked on paper"), type="number"),
    Field(name="telephone", label=Text("先打电话的占百分之几", "Percent first asked by telephone"), type="number"),
    Field(name="seed", label=Text("随机种子", "Seed"), type="number"),
    Field(
        name="visits",
        label=Text("每个抽中的平均跑几次", "Visits to each, on average"),
        type="number",
        heading=Text("要多少人手", "What it costs"),
        needed=False,
        decimals=True,
    ),
    Field(
        name="per_day",
        label=Text("一个人一天跑几次", "Visits of one person a day"),
        type="number",
        needed=False,
        decimals=True,
    ),
)
RULES: Final = (
    Text(
        "一行是一户（一家店、一个人、一个单位）：编号、社区（代码或名称）；有网格就写网格，有成年人数就写成年人数。"
        "按走路的顺序排好。",
        "A row is a household (a shop, a person, an organisation): number and community (code or name); grid and "
        "adults where known. In walking order.",
    ),
    Text(
        "有门牌就写门牌，或者分楼栋、单元、室几列。只留抽中的和备用的，封存：印在信封的窗口里，"
        "给走访的人看，截止以后按期销毁。",
        "The address in a column, or as building, entrance and flat. Kept of what is drawn and in reserve only, "
        "sealed: for the window of the envelope and for whoever walks; destroyed on its day after the wave.",
    ),
    Text(
        "不要姓名、电话、身份证号：这样的列不读、不存；门牌里夹着号码的，会指出来。",
        "No names, telephone numbers or ID numbers: such columns are neither read nor kept, and a number within "
        "an address is pointed out.",
    ),
    Text(
        "名单里等距抽。备用样本每批是主样本的四分之一，在“入户情况”里按社区整批放出，概率随之重算。",
        "Lists are drawn from at equal distances. Each batch of reserves is a quarter of the sample; it is released "
        "whole, community by community, and probabilities follow.",
    ),
    Text(
        "种子记下来：同一份名单、同一个种子，抽出来的一样，谁都可以复核。",
        "The seed is kept: the same list and seed draw the same, and anybody can check it.",
    ),
)
USUAL: Final[Mapping[str, str]] = {
    "listed_unit": ListedUnit.HOUSEHOLD,
    "aim": Aim.SIZE,
    "margin": "10",
    "level": "",
    "response": "",
    "least": "0",
    "whole": "0",
    "design": EVERY,
    "per_grid": "10",
    "likeness": f"{LIKENESS:g}",
    "within": SelectionWithin.NEXT_BIRTHDAY,
    "reserves": "2",
    "paper": "50",
    "telephone": "0",
    "visits": "2.5",
    "per_day": "20",
}


def words_of(back: str, hints: Mapping[str, Text]) -> Words:
    """The page's words; ``hints``: of fields whose values were offered, where they come from."""
    fields = tuple(replace(one, hint=hints.get(one.name, one.hint)) for one in FIELDS)
    return Words(
        title=Text("从名单里抽样", "Draw a sample from a list"),
        back=(back, Text("样本", "Sample")),
        fields=fields,
        rules=RULES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form asks for."""

    unit: ListedUnit
    within: SelectionWithin
    wanted: Wanted
    expected: Expected | None  # None: nobody said what response to expect
    grids: GridsFirst | None
    reserves: int
    paper: float
    telephone: float
    seed: int
    visits: float
    per_day: float
    door_column: str = ""  # as the file calls it; see ``household_doors.chosen``

    @classmethod
    def of(cls, typed: Mapping[str, str], targets: Sequence[Target], plan: Mapping[str, float]) -> Asked:
        """BadInput that names the first field that cannot be used. ``targets``: the first is the one to settle;
        ``plan``: what the wave expects of its field."""
        form = _Form(typed)
        aim = form.one_of("aim", Aim)
        level, response = form.share("level"), form.share("response")
        response = response or plan.get("response_rate")
        if response is None and aim is not Aim.SIZE:
            raise BadInput(zh="按误差或按判定来定，要写预计应答率。", en="For an aim, say what response to expect.")
        unit = form.one_of("listed_unit", ListedUnit)
        design = form.text("design")
        if design not in (EVERY, BY_SIZE, SIMPLE):
            raise BadInput(zh="请选网格怎么抽。", en="Say how grids are drawn.")
        per_grid = form.whole("per_grid", 1, 1000)
        expected = None
        if response is not None:
            expected = Expected(
                response_rate=response,
                eligibility_rate=plan.get("eligibility_rate") or 1.0,
                design_effect=plan.get("design_effect") or 1.0,
                likeness=form.number("likeness", 0, 1),
            )
        within = form.one_of("within", SelectionWithin)
        return cls(
            unit=unit,
            within=within if unit is ListedUnit.HOUSEHOLD else SelectionWithin.ANY,
            wanted=Wanted(
                aim=aim,
                size=form.whole("size", 1, 100_000) if aim is Aim.SIZE else 0,
                shared_out=form.one_of("allocation", SharedOut),
                least=form.whole("least", 0, 10_000),
                margin=form.number("margin", 0.1, 49) / 100,
                target=targets[0] if targets else None,
                level=level,
                whole=form.whole("whole", 0, 100_000),
            ),
            expected=expected,
            grids=None if design == EVERY else GridsFirst(per_grid=per_grid, by_size=design == BY_SIZE),
            reserves=form.whole("reserves", 0, MOST_RESERVES),
            paper=form.whole("paper", 0, 100) / 100,
            telephone=form.whole("telephone", 0, 100) / 100,
            seed=form.whole("seed", 0, MOST_SEED),
            visits=form.number("visits", 0.1, 100),
            per_day=form.number("per_day", 0.1, 1000),
            door_column=typed.get(household_doors.DOOR_COLUMN, ""),
        )


class _Form:
    """The boxes, with what is usual where one was left empty."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self._labels = {one.name: one.label for one in FIELDS}

    def text(self, name: str) -> str:
        return self._typed.get(name, "").strip() or str(USUAL.get(name, ""))

    def one_of(self, name: str, kind: type[Known]) -> Known:
        try:
            return kind(self.text(name))
        except ValueError:
            label = self._labels[name]
            raise BadInput(zh=f"请选“{label.zh}”。", en=f"Choose: {label.en}.") from None

    def whole(self, name: str, least: int, most: int) -> int:
        text = self.text(name)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        label = self._labels[name]
        raise BadInput(
            zh=f"“{label.zh}”请写 {least} 到 {most} 的整数。",
            en=f"“{label.en}”: a whole number from {least} to {most}.",
        )

    def number(self, name: str, least: float, most: float) -> float:
        found = as_number(self.text(name))
        if found is not None and least <= found <= most:
            return found
        label = self._labels[name]
        raise BadInput(
            zh=f"“{label.zh}”请写 {least:g} 到 {most:g} 的数。",
            en=f"“{label.en}”: a number from {least:g} to {most:g}.",
        )

    def share(self, name: str) -> float | None:
        """A per cent as a share in 0..1, above 0; None where the box is empty."""
        return self.number(name, 0.1, 100) / 100 if self.text(name) else None
