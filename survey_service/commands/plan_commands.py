"""The commands that compute from tables and write their call as a plan."""

from __future__ import annotations

from survey_service.commands.blend import blend
from survey_service.commands.change import change
from survey_service.commands.drivers import drivers
from survey_service.commands.estimate import estimate
from survey_service.commands.index import index
from survey_service.commands.plan_writing import Command
from survey_service.commands.rank import rank
from survey_service.commands.small_areas import small_areas
from survey_service.commands.weight import weight

PLAN_COMMANDS: dict[str, Command] = {
    "estimate": estimate,
    "weight": weight,
    "rank": rank,
    "small-areas": small_areas,
    "change": change,
    "index": index,
    "drivers": drivers,
    "blend": blend,
}
