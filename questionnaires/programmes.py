"""The programmes that come with the service, as people call them and in the order in which they are offered.

The title of a questionnaire is for whoever answers and gives nothing away; a manager looks for 群众安全感.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from questionnaires.text import Text


class Audience(StrEnum):
    """Who answers."""

    RESIDENTS = "residents"
    SCHOOLS = "schools"
    REVIEWS = "reviews"
    ORGANISATIONS = "organisations"


AUDIENCES: Final = {
    Audience.RESIDENTS: Text("居民", "Residents"),
    Audience.SCHOOLS: Text("学校", "Schools"),
    Audience.REVIEWS: Text("评议", "Reviews"),
    Audience.ORGANISATIONS: Text("单位", "Organisations"),
}


@dataclass(frozen=True, slots=True)
class Programme:
    """One folder of ``definitions``."""

    key: str
    audience: Audience
    name: Text


PROGRAMMES: Final = (
    Programme("civilized_city", Audience.RESIDENTS, Text("创建文明城市，短表", "Civilised city, short form")),
    Programme("civilized_city_full", Audience.RESIDENTS, Text("创建文明城市，全表", "Civilised city, full form")),
    Programme("civilized_city_knowledge", Audience.RESIDENTS, Text("创城知识", "Knowledge of the campaign")),
    Programme("civility_index", Audience.RESIDENTS, Text("城区文明指数，居民这一份", "Index of civility, residents")),
    Programme("window_services", Audience.RESIDENTS, Text("窗口行业，短表", "Services, short form")),
    Programme("window_services_full", Audience.RESIDENTS, Text("窗口行业，全表", "Services, full form")),
    Programme("window_services_exit", Audience.RESIDENTS, Text("窗口行业，在门口问", "Services, at the door")),
    Programme("government_conduct", Audience.RESIDENTS, Text("行政效能与反腐倡廉", "Government and integrity")),
    Programme("environment", Audience.RESIDENTS, Text("环境卫生与环保", "Cleanliness and environment")),
    Programme("health_knowledge", Audience.RESIDENTS, Text("卫生、艾滋病、慢性病、医保", "Health and insurance")),
    Programme("public_safety", Audience.RESIDENTS, Text("群众安全感", "Sense of safety")),
    Programme("uncivil_behaviour", Audience.RESIDENTS, Text("十大不文明行为", "Uncivil behaviour")),
    Programme("volunteering", Audience.RESIDENTS, Text("志愿服务与道德讲堂", "Volunteering and lectures")),
    Programme("community_services", Audience.RESIDENTS, Text("社区工作与物业", "Community and property management")),
    Programme("disabled_residents", Audience.RESIDENTS, Text("残疾人服务", "Disabled residents")),
    Programme("issue_follow_up", Audience.RESIDENTS, Text("意见办理回访", "Call-back on a problem")),
    Programme("minors_parent", Audience.SCHOOLS, Text("未成年人，家长", "Minors, parents")),
    Programme("minors_pupil", Audience.SCHOOLS, Text("未成年人，学生", "Minors, pupils")),
    Programme("minors_teacher", Audience.SCHOOLS, Text("未成年人，教师", "Minors, teachers")),
    Programme("citizen_review", Audience.REVIEWS, Text("民评官、行风评议", "Citizens' review")),
    Programme("peer_review", Audience.REVIEWS, Text("申报单位互评", "Mutual review")),
    Programme("staff", Audience.ORGANISATIONS, Text("干部职工", "Staff")),
    Programme("merchants", Audience.ORGANISATIONS, Text("沿街商户", "Shops")),
    Programme("resident_units", Audience.ORGANISATIONS, Text("驻区单位", "Local organisations")),
)
