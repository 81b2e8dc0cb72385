"""The demonstration city as a plan: its areas, how many are asked where, and what is true there.

Every name and figure is invented. The levels are the true rates the synthetic residents are made from; they differ by
community, age and mode, and between the first wave and the second, so that the service has something to find: fewer are
satisfied since, in Donghu most of all; more take part, in Chengxiang most of all; awareness and support are as before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import exp, log
from typing import Final

CITY_CODE: Final = "990181000000"  # 99: no province has it
CITY_NAME: Final = ("示范市", "Shifan City")

AGE_GROUPS: Final = ("0-17", "18-29", "30-44", "45-59", "60-74", "75+")
AGES: Final = ((0, 17), (18, 29), (30, 44), (45, 59), (60, 74), (75, 93))
SEXES: Final = ("male", "female")
POPULATION_SOURCE: Final = "示范市统计局与社区网格的常住人口台账（虚构）"

PAPER_SHARE: Final = 0.55  # of the cases, by lot; the others get a letter with a code


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """True shares of a community's adults before age and mode move them; ``items`` shifts every item of 满意."""

    awareness: float
    support: float
    participation: float
    satisfaction: float
    items: float = 0.0


@dataclass(frozen=True, slots=True)
class Moved:
    """Log-odds by which the level of a headline lay elsewhere in the first wave; awareness and support lay where they
    lie since."""

    participation: float
    satisfaction: float


EVERYWHERE: Final = Moved(-0.40, 0.45)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityPlan:
    name_zh: str
    name_en: str
    grids: int
    households: int
    people: int
    sampled: int  # addresses, in the released wave
    levels: Levels
    before: Moved = EVERYWHERE
    old: float = 0.0  # shifts the ages: 1 doubles the share of those over 60
    vacant: float = 0.04  # share of addresses where nobody lives
    completes: int | None = None  # exactly so many answers, where the story needs it
    grids_drawn: int | None = None  # None: every grid is in the sample
    unaware_never_answer: bool = False

    @property
    def in_the_first_wave(self) -> CommunityPlan:
        """The same community with the levels of the first wave."""
        moved = {
            one.name: _moved(getattr(self.levels, one.name), getattr(self.before, one.name)) for one in fields(Moved)
        }
        return replace(self, levels=replace(self.levels, **moved))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetPlan:
    name_zh: str
    name_en: str
    number: int  # its part of the code; towns begin at 101
    communities: tuple[CommunityPlan, ...] = field(default=())

    @property
    def kind(self) -> str:
        return "town" if self.number > 100 else "street"


def _moved(share: float, by: float) -> float:
    return 1 / (1 + exp(-(log(share / (1 - share)) + by)))


def _levels(awareness: float, support: float, participation: float, satisfaction: float, items: float = 0) -> Levels:
    return Levels(
        awareness=awareness, support=support, participation=participation, satisfaction=satisfaction, items=items
    )


STREETS: Final = (
    StreetPlan(
        name_zh="城厢街道",
        name_en="Chengxiang Street",
        number=1,
        communities=(
            CommunityPlan(
                name_zh="万寿桥社区", name_en="Wanshouqiao Community", grids=5, households=1534, people=3290,
                sampled=350, levels=_levels(0.955, 0.955, 0.62, 0.885, 0.02), before=Moved(-0.90, 0.35),
            ),
            CommunityPlan(
                name_zh="文昌阁社区", name_en="Wenchangge Community", grids=4, households=1208, people=2675,
                sampled=270, levels=_levels(0.975, 0.97, 0.78, 0.945, 0.07), before=Moved(-0.90, 0.0),
            ),
            CommunityPlan(
                name_zh="南薰门社区", name_en="Nanxunmen Community", grids=3, households=986, people=2104,
                sampled=230, levels=_levels(0.94, 0.955, 0.60, 0.85), old=0.4,
            ),
            CommunityPlan(
                name_zh="钟鼓楼社区", name_en="Zhonggulou Community", grids=4, households=1342, people=2917,
                sampled=265, levels=_levels(0.965, 0.955, 0.69, 0.905, 0.03), old=0.2,
            ),
        ),
    ),
    StreetPlan(
        name_zh="东湖街道",
        name_en="Donghu Street",
        number=2,
        communities=(
            CommunityPlan(
                name_zh="柳堤社区", name_en="Liudi Community", grids=5, households=1415, people=3126,
                sampled=260, levels=_levels(0.92, 0.945, 0.58, 0.77, -0.06), before=Moved(-0.20, 0.90),
            ),
            CommunityPlan(
                name_zh="观澜社区", name_en="Guanlan Community", grids=4, households=1103, people=2540,
                sampled=200, levels=_levels(0.97, 0.97, 0.74, 0.94, 0.06), before=Moved(0.0, 0.0), old=-0.4,
            ),
            # Misses its targets clearly: a large estate of the nineties with nowhere to park.
            CommunityPlan(
                name_zh="东湖新村社区", name_en="Donghuxincun Community", grids=6, households=1876, people=4418,
                sampled=330, levels=_levels(0.89, 0.92, 0.50, 0.67, -0.13), before=Moved(-0.20, 1.20),
            ),
            # Being rebuilt, most of it stands empty: too few answers to publish.
            CommunityPlan(
                name_zh="莲花池社区", name_en="Lianhuachi Community", grids=3, households=186, people=402,
                sampled=42, levels=_levels(0.93, 0.93, 0.62, 0.80), vacant=0.6, completes=8,
            ),
        ),
    ),
    StreetPlan(
        name_zh="青石镇",
        name_en="Qingshi Town",
        number=101,
        communities=(
            CommunityPlan(
                name_zh="青石社区", name_en="Qingshi Community", grids=5, households=1264, people=2998,
                sampled=240, levels=_levels(0.83, 0.91, 0.54, 0.72, -0.08), old=0.5,
            ),
            CommunityPlan(
                name_zh="古渡口社区", name_en="Gudukou Community", grids=4, households=938, people=2187,
                sampled=180, levels=_levels(0.935, 0.935, 0.63, 0.86), old=0.4,
            ),
            CommunityPlan(
                name_zh="石板街社区", name_en="Shibanjie Community", grids=3, households=815, people=1836,
                sampled=125, levels=_levels(0.86, 0.92, 0.57, 0.64, -0.11), old=0.6,
            ),
            # Everyone who answers says yes; the few who know nothing of it never open the door. So a sample of
            # yes alone does not show that all residents would say yes, and here they would not.
            CommunityPlan(
                name_zh="桂花岭社区", name_en="Guihualing Community", grids=2, households=402, people=1012,
                sampled=60, levels=_levels(0.965, 0.95, 0.66, 0.87, 0.02), completes=34, unaware_never_answer=True,
            ),
        ),
    ),
    StreetPlan(
        name_zh="云溪街道",
        name_en="Yunxi Street",
        number=3,
        communities=(
            CommunityPlan(
                name_zh="云溪新城社区", name_en="Yunxixincheng Community", grids=30, households=4260, people=9850,
                sampled=500, levels=_levels(0.915, 0.945, 0.59, 0.84, -0.01), old=-0.5, grids_drawn=10,
            ),
        ),
    ),
)  # fmt: skip


def community_code(street: StreetPlan, position: int) -> str:
    """12 digits: city, street or town, community."""
    return f"{CITY_CODE[:6]}{street.number:03d}{position:03d}"


def street_code(street: StreetPlan) -> str:
    return f"{CITY_CODE[:6]}{street.number:03d}000"
