"""The rectification list of the first wave: what its release proposes, taken up in rows of every state.

The leader reports, the manager checks. What is done before the next wave is signed stands on its sheets; what is done
on the day at which the city stands is on the list alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.accounts.permissions import Person
from survey_service.demonstration import calendar
from survey_service.demonstration.city import CITY_CODE, STREETS, community_code, street_code
from survey_service.demonstration.ground import Ground
from survey_service.models import Area, Rectification, RectificationAct, Release, Role, Survey, Wave
from survey_service.rectification import rows
from survey_service.rectification.pages import proposals
from survey_service.rectification.rows import By, Charge
from survey_service.rectification.states import ACTS
from survey_service.services import Services

OF_AN_AREA: Final = 3  # of what is proposed; the rest is left for whoever looks at the page of proposals
MORNING: Final = time(10)


@dataclass(frozen=True, slots=True)
class Done:
    """One act. ``after``: days since the release."""

    act: RectificationAct
    after: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of a row. ``due``: days since the release; ``today``: done on the day at which the city stands."""

    due: int = 60
    steps: tuple[Done, ...] = ()
    today: Done | None = None
    struck: str = ""  # why it was not taken in


_A = RectificationAct
DONE: Final = "已按措施办完，现场照片和台账留在社区。"
SLOW: Final = "用了两个月，现已办完，记录和照片齐全。"
COURSES: Final = (
    Course(due=30, steps=(Done(_A.BEGUN, 6), Done(_A.REPORTED, 13, DONE), Done(_A.CHECKED, 17), Done(_A.HELD, 77))),
    Course(due=30, steps=(Done(_A.BEGUN, 8), Done(_A.REPORTED, 14, DONE), Done(_A.CHECKED, 18))),  # to be rechecked
    Course(due=70, steps=(Done(_A.BEGUN, 20), Done(_A.REPORTED, 62, SLOW)), today=Done(_A.CHECKED, 0)),
    Course(due=75, steps=(Done(_A.BEGUN, 25), Done(_A.REPORTED, 70, DONE))),
    Course(
        due=180,
        steps=(
            Done(_A.BEGUN, 10),
            Done(_A.REPORTED, 40, DONE),
            Done(_A.RETURNED, 46, "抽看三处，有一处没有办，请补办后再报。"),
        ),
    ),
    Course(due=60, steps=(Done(_A.BEGUN, 20),)),  # overdue
    Course(due=180),
    Course(struck="已列入市里的老旧小区改造项目，不重复列入。"),
    Course(due=180, steps=(Done(_A.BEGUN, 40),)),
    Course(due=180, steps=(Done(_A.BEGUN, 30),), today=Done(_A.REPORTED, 0, DONE)),
)
"""One row after the other takes the next. The days end before the next wave can be signed, 79 days after."""

ACTIONS: Final = {
    "awareness": "入户走访时发一页纸的说明，楼道公示栏每月更新。",
    "support": "每季度开一次居民议事会，当场答复，会后公示。",
    "participation": "每月组织两次志愿服务，时间放在周末和晚上，在楼栋群里提前三天通知。",
    "satisfaction": "把居民反映最多的三件事列成清单，逐件公示进度。",
    "aspect_parking": "重划车位，清理僵尸车，夜间开放单位停车场。",
    "aspect_dogs": "设养犬便民点和拾便袋箱，遛犬高峰有人劝导。",
    "aspect_ebikes": "每个楼栋就近建充电棚，撤掉飞线。",
    "aspect_waste": "投放点加遮雨棚和洗手处，早晚有人值守。",
    "aspect_lanes": "背街小巷一日两扫，责任到人，公示电话。",
    "aspect_stairways": "清理楼道杂物，每周保洁一次，张贴记录。",
    "aspect_markets": "摊位地面每日冲洗，活禽区隔开。",
}
ANY_ACTION: Final = "现场查看，列出具体问题，逐处整改。"


def take_up(services: Services, ground: Ground, release: Release, *, on: date) -> None:
    """Rows from the release of ``on``, each taken along its course."""
    zone = services.settings.zone

    def by(days: int, *, office: bool) -> By:
        day = on + timedelta(days=days)
        role = Role.MANAGER if office else Role.LEADER
        return By(actor=ground.staff[role], at=calendar.moment(day, MORNING, zone), today=day, office=office)

    with services.database.writing.begin() as session:
        areas = {area.code: area.id for area in session.scalars(select(Area))}
        for place, one in enumerate(_chosen(session, ground, release)):
            course = COURSES[place % len(COURSES)]
            charge = Charge(
                body=_body(one.area),
                due_on=on + timedelta(days=course.due),
                action=ACTIONS.get(one.indicator, ANY_ACTION),
            )
            act = RectificationAct.STRUCK if course.struck else RectificationAct.ACCEPTED
            made = [(proposals.matter(one, release.wave_id, areas[one.area]), charge)]
            [row] = rows.take_in(session, ground.survey_id, made, by(3, office=True), act=act, note=course.struck)
            for step in course.steps:
                rows.move(session, row, step.act, by(step.after, office=ACTS[step.act].office), note=step.note)


def go_on(services: Services, ground: Ground, *, at: datetime) -> None:
    """What is done on the list today, after the next wave was signed."""
    today = at.astimezone(services.settings.zone).date()
    with services.database.writing.begin() as session:
        of_survey = select(Rectification).where(Rectification.survey_id == ground.survey_id)
        for place, row in enumerate(session.scalars(of_survey.order_by(Rectification.number)).all()):
            step = COURSES[place % len(COURSES)].today
            if step is not None:
                office = ACTS[step.act].office
                actor = ground.staff[Role.MANAGER if office else Role.LEADER]
                by = By(actor=actor, at=at, today=today, office=office)
                rows.move(session, row, step.act, by, note=step.note)


def _chosen(session: Session, ground: Ground, release: Release) -> Iterator[proposals.Proposal]:
    """The first that are proposed of each street and community; the matters of the city are theirs."""
    survey = session.get_one(Survey, ground.survey_id)
    wave = session.get_one(Wave, (ground.survey_id, release.wave_id))
    manager = ground.staff[Role.MANAGER]
    assert manager.account_id is not None
    person = Person(
        account_id=manager.account_id,
        name=manager.name,
        user=Role.MANAGER.value,
        roles=frozenset({(Role.MANAGER, survey.city_id)}),
        csrf_token="",
    )
    taken: Counter[str] = Counter()
    for one in proposals.proposed(proposals.released(session, person, release, survey, wave)):
        taken[one.area] += 1
        if one.area != CITY_CODE and taken[one.area] <= OF_AN_AREA:
            yield one


def _body(code: str) -> str:
    """Who answers for an area: the office of a street, the government of a town, the committee of a community."""
    for street in STREETS:
        if code == street_code(street):
            return street.name_zh + ("人民政府" if street.kind == "town" else "办事处")
        for position, plan in enumerate(street.communities, start=1):
            if code == community_code(street, position):
                return f"{plan.name_zh}居民委员会"
    raise ValueError(f"{code} is no area of the city")
