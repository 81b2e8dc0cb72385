"""Drawing a sample from a list of households: what would be drawn, and what each community could then say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.accounts.permissions import Person
from survey_service.errors import BadInput
from survey_service.models import ADULT_STAGE, Area, Mode, Survey, Wave
from survey_service.sampling.drawing import Drawing, DrawnHousehold, draw, shared_out
from survey_service.sampling.households import Households
from survey_service.sampling.stored_draws import store_drawn
from survey_service.sealed.doors import Door, keep_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.surveys import drafts, household_doors, household_list, readiness
from survey_service.surveys import queries as surveys
from survey_service.surveys.case_upload import NO_MODES, refuse_unless_empty
from survey_service.surveys.mode_words import MODES
from survey_service.surveys.opening import CASE_MODES
from survey_service.uploads.forms import Choice, Field, Words
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.pages import ListUpload
from survey_service.uploads.records import Record, Records

MOST_SEED: Final = 2**31 - 1
MOST_RESERVES: Final = 4
RESERVE_SHARE: Final = 0.25  # of the main sample, each replicate
_TIERS: Final[Mapping[str, Text]] = {
    "": Text("–", "–"),
    readiness.NOT_ALONE: Text("不单独公布", "not told alone"),
    readiness.COARSE: Text("只分档公布", "told in bands"),
}
_FULL: Final = Text("单独公布", "told with its interval")

WORDS: Final = Words(
    title=Text("从户的名单里抽样", "Draw a sample from a list of households"),
    back=("", Text("样本", "Sample")),
    fields=(
        Field(name="size", label=Text("一共抽多少户", "Households to draw in all"), type="number"),
        Field(
            name="allocation",
            label=Text("各社区怎么分", "How they are shared out"),
            choices=(
                Choice(
                    "proportional",
                    Text("按户数的比例", "In proportion"),
                    Text(
                        "全市的数字最准；小社区份数少，可能不能单独公布。",
                        "Best for the city; few in small ones.",
                    ),
                ),
                Choice(
                    "equal",
                    Text("各社区一样多", "The same in each"),
                    Text(
                        "各社区一样准，适合比社区；全市的数字要加权。",
                        "Every community equally well; the city is weighted.",
                    ),
                ),
            ),
        ),
        Field(name="least", label=Text("一个社区至少抽多少户", "At least so many in a community"), type="number"),
        Field(name="reserves", label=Text("备用样本几批（0 到 4）", "Batches of reserves (0 to 4)"), type="number"),
        Field(name="paper", label=Text("先用纸质的占百分之几", "Percent first asked on paper"), type="number"),
        Field(name="seed", label=Text("随机种子", "Seed"), type="number"),
    ),
    rules=(
        Text(
            "一行是一户：户编号、社区（代码或名称）；有网格就写网格，有成年人数就写成年人数。按走路的顺序排好。",
            "A row is a household: number and community (code or name); grid and adults where known. In walking order.",
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
            "每个网格都抽，格内等距抽。备用样本每批是主样本的四分之一，在“入户情况”里按社区整批放出，概率随之重算。",
            "Every grid is drawn from, at equal distances. Each batch of reserves is a quarter of the sample; it is "
            "released whole, community by community, and probabilities follow.",
        ),
        Text(
            "种子记下来：同一份名单、同一个种子，抽出来的户一样，谁都可以复核。",
            "The seed is kept: the same list and seed draw the same households, and anybody can check it.",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form asks for."""

    size: int
    equal: bool
    least: int
    reserves: int
    paper: float
    seed: int
    door_column: str = ""  # as the file calls it; see ``household_doors.chosen``

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Asked:
        """BadInput that names the first field that cannot be used."""
        return cls(
            size=_whole(typed, "size", Text("一共抽多少户", "Households to draw in all"), 1, 100_000),
            equal=_choice(typed),
            least=_whole(typed, "least", Text("一个社区至少抽多少户", "At least so many in a community"), 0, 10_000),
            reserves=_whole(typed, "reserves", Text("备用样本几批", "Batches of reserves"), 0, MOST_RESERVES),
            paper=_whole(typed, "paper", Text("先用纸质的占百分之几", "Percent first asked on paper"), 0, 100) / 100,
            seed=_whole(typed, "seed", Text("随机种子", "Seed"), 0, MOST_SEED),
            door_column=typed.get(household_doors.DOOR_COLUMN, ""),
        )


@dataclass(frozen=True, slots=True)
class ToDraw:
    """What is stored when the look is confirmed. Its ``repr`` names everything that it hangs on."""

    drawn: tuple[DrawnHousehold, ...]
    doors: tuple[str, ...] = ()  # of ``drawn``; none where the list has none


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who draws, for which wave, when; and what seals the doors."""

    survey: Survey
    wave: Wave
    person: Person
    now: datetime
    seals: WaveKeys


class DrawUpload(ListUpload[ToDraw]):
    """The list, drawn at once: what is looked at is the very sample that is stored."""

    judged_again = False

    def __init__(self, by: By, asked: Asked) -> None:
        self.survey, self.wave, self.person, self.now, self.asked = by.survey, by.wave, by.person, by.now, asked
        self.seals = by.seals
        self.columns = (*household_list.COLUMNS, *household_doors.chosen(asked.door_column))

    def judge(self, session: Session, rows: Records) -> Looked[ToDraw]:
        """With what became of every column, and which of them has the doors."""
        looked = super().judge(session, rows)
        read = household_doors.ReadAs(rows.rows[0].heads, rows.unread)
        return replace(looked, pictures=[*looked.pictures, read.picture()], choices=[read.select()])

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[ToDraw]:
        refuse_unless_empty(session, self.wave)
        modes = self._modes()
        areas = surveys.all_communities(session, self.survey, self.wave)
        households, problems = household_list.judge_households(rows, _by_code_and_name(areas))
        if households is None:
            return Looked(problems=problems)
        try:
            sizes = shared_out(households, self.asked.size, equal=self.asked.equal, least=self.asked.least)
            drawing = Drawing(
                sizes=sizes,
                reserves=self.asked.reserves,
                reserve_share=RESERVE_SHARE,
                modes=modes,
                seed=self.asked.seed,
            )
            drawn = draw(households, drawing)
        except ValueError as impossible:
            raise BadInput(
                zh=f"这份名单抽不出这么多户：{impossible}。少抽一些，或者换一份更全的名单。",
                en=f"The list does not allow that: {impossible}. Draw fewer, or bring a fuller list.",
            ) from None
        of_list = households.doors
        doors = tuple(of_list[one.place] for one in drawn) if of_list is not None else ()
        stored = ToDraw(tuple(drawn), doors)
        return _with_doors(_looked(stored, households, areas, self.wave), stored, households)

    def store(self, session: Session, looked: Looked[ToDraw], name: str) -> None:
        assert looked.stored is not None
        held = drafts.draft(session, self.wave.survey_id, self.wave.id)
        refuse_unless_empty(session, held)
        areas = surveys.all_communities(session, self.survey, held)
        prefixes = {area.id: area.code[6:] for area in areas}
        drawn = looked.stored.drawn
        numbers = store_drawn(session, held, drawn, prefixes, source=name, at=self.now, by=self.person.actor)
        if doors := looked.stored.doors:
            placed = {
                number: Door(one.place, door) for number, one, door in zip(numbers, drawn, doors, strict=True) if door
            }
            keep_doors(session, held, self.seals.begin(session, held, at=self.now), placed)
        about: dict[str, Any] = {
            "file": name,
            "seed": self.asked.seed,
            "adults_known": _adults_known(drawn),
            "reserves": 0,  # those of this page are kept, and released on a page
            "notices": [],
        }
        drafts.note_draw(held, about)

    def _modes(self) -> dict[Mode, float]:
        """Paper and the rest in their shares; one mode alone takes all. BadInput where the wave asks no household."""
        there = [Mode(mode) for mode in self.wave.modes if mode in CASE_MODES]
        if not there:
            raise BadInput(zh=NO_MODES.zh, en=NO_MODES.en)
        others = [mode for mode in there if mode is not Mode.PAPER]
        if Mode.PAPER not in there or not others:
            return {there[0]: 1.0}
        shares = {Mode.PAPER: self.asked.paper, others[0]: 1 - self.asked.paper}
        return {mode: share for mode, share in shares.items() if share > 0}


def _looked(stored: ToDraw, households: Households, areas: Sequence[Area], wave: Wave) -> Looked[ToDraw]:
    main = Counter(one.area_id for one in stored.drawn if one.replicate == 0)
    spare = Counter(one.area_id for one in stored.drawn if one.replicate)
    listed = households.count()
    rate = wave.plan.get("response_rate")
    rows = []
    for area in areas:
        cases = main.get(area.id, 0)
        margin, tier = readiness.foretold(cases, wave.plan) if cases and rate is not None else (None, "")
        rows.append(
            (
                Text(area.name_zh, area.name_en),
                area.households,
                listed.get(area.id, 0),
                cases,
                spare.get(area.id, 0),
                Text(f"± {margin * 100:.0f} 个百分点", f"± {margin * 100:.0f} points") if margin else Text("–", "–"),
                _TIERS.get(tier, _FULL) if cases and rate is not None else _TIERS[""],
            )
        )
    drawn, reserves = sum(main.values()), sum(spare.values())
    communities = Picture(
        caption=Text(
            "各社区会抽多少户，能说到什么程度（按预计应答率，50% 上下的比率）",
            "Households of each community, and what it could say (by the response expected, of a share near 50%)",
        ),
        heads=(
            Text("社区", "Community"),
            Text("登记户数", "Register"),
            Text("名单户数", "Listed"),
            Text("抽", "Drawn"),
            Text("备用", "Reserve"),
            Text("误差", "Margin"),
            Text("能不能公布", "Told"),
        ),
        rows=rows,
        zeros_marked=frozenset({2, 3}),
    )
    by_mode = Counter(one.first_mode for one in stored.drawn if one.replicate == 0)
    modes = Picture(
        caption=Text("各种方式会有多少户", "Households of each mode"),
        heads=(Text("先用的方式", "First mode"), Text("户数", "Households")),
        rows=[(MODES[mode], count) for mode, count in by_mode.items()],
    )
    grids = (
        Text("每个网格一层", "a stratum for every grid") if households.grids else Text("每个社区一层", "by community")
    )
    adults = (
        Text("名单有成年人数，已算进概率", "adults are in the probabilities")
        if households.adults
        else Text("名单没有成年人数，开始以后在问卷最前面问", "the list has no adults: they are asked first")
    )
    return Looked(
        stored=stored,
        counts={"cases": drawn, "reserves": reserves},
        summary=Text(
            f"名单 {len(households.units):,} 户，抽 {drawn:,} 户，备用 {reserves:,} 户；{grids.zh}；{adults.zh}。",
            f"{len(households.units):,} listed, {drawn:,} drawn, {reserves:,} in reserve; {grids.en}; {adults.en}.",
        ),
        pictures=[communities, modes],
    )


def _with_doors(looked: Looked[ToDraw], stored: ToDraw, households: Households) -> Looked[ToDraw]:
    """With what is said of the doors, and those that stand more than once."""
    told = _doors_told(stored)
    summary = Text(f"{looked.summary.zh.removesuffix('。')}；{told.zh}。", f"{looked.summary.en[:-1]}; {told.en}.")
    doubles = household_doors.pictures(households.doors, households.communities, households.units)
    return replace(looked, summary=summary, pictures=[*looked.pictures, *doubles])


def _doors_told(stored: ToDraw) -> Text:
    if not stored.doors:
        return Text("没有门牌，信函上只有编号", "no addresses: letters bear the number alone")
    missing = sum(not door for door in stored.doors)
    if missing:
        return Text(f"门牌封存，抽中的有 {missing:,} 户没有写", f"addresses are sealed, {missing:,} drawn have none")
    return Text("门牌封存", "addresses are sealed")


def _adults_known(drawn: Sequence[DrawnHousehold]) -> bool:
    return bool(drawn) and any(stage["unit"] == ADULT_STAGE for stage in drawn[0].stages)


def _by_code_and_name(areas: Sequence[Area]) -> dict[str, UUID]:
    """Codes, and the names that only one community has."""
    names = Counter(area.name_zh for area in areas)
    known = {area.name_zh: area.id for area in areas if names[area.name_zh] == 1}
    return known | {area.code: area.id for area in areas}


def _whole(typed: Mapping[str, str], name: str, label: Text, least: int, most: int) -> int:
    text = typed.get(name, "")
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise BadInput(
        zh=f"“{label.zh}”请写 {least} 到 {most} 的整数。", en=f"“{label.en}”: a whole number from {least} to {most}."
    )


def _choice(typed: Mapping[str, str]) -> bool:
    chosen = typed.get("allocation", "")
    if chosen not in ("proportional", "equal"):
        raise BadInput(zh="请选各社区怎么分。", en="Say how the sample is shared out.")
    return chosen == "equal"
