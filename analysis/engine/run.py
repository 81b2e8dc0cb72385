"""``run``: plan, columns and register in; weights, tables and records out. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.arrays import FloatArray
from analysis.case_columns import CaseColumns, PopulationRegister
from analysis.engine.areas import AreaTables, area_tables
from analysis.engine.drivers import Driven, DriverTable, driver_table
from analysis.engine.figures import Asked, area_hierarchy, tables
from analysis.engine.groups import GroupTable, group_tables
from analysis.engine.items import ItemTable, item_tables
from analysis.engine.margins import Calibrated, calibrated
from analysis.engine.modes import ModeTable, mode_table
from analysis.engine.prepared import AreaFigures
from analysis.engine.sensitivities import Sensitivities, sensitivities
from analysis.engine.street_groups import StreetGroups
from analysis.engine.streets_meanwhile import Grouped, streets_meanwhile
from analysis.engine.weights import FieldWeights, field_weights
from analysis.estimation.table import EstimateTable
from analysis.plan import AnalysisPlan
from analysis.problems import DataProblem, DesignError
from analysis.results import Domain
from analysis.weighting import WeightDiagnostics, diagnose


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weighed:
    """What can be looked at before anybody sees a figure: nothing here is computed from an indicator."""

    field: FieldWeights
    calibrated: Calibrated | None
    final: FloatArray  # (respondents,)
    diagnostics: WeightDiagnostics  # of the final weights
    steps: Mapping[str, WeightDiagnostics]  # design, nonresponse, calibration, trimming: those that were taken


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Analysis:
    """Everything computed. ``tables`` are for the statistician, before the publication rule."""

    plan: AnalysisPlan
    weighed: Weighed
    indicators: tuple[Asked, ...]
    tables: Mapping[str, EstimateTable]
    hierarchy: Mapping[Domain, Domain]  # domain of an area -> that of the area above
    sensitivities: Sensitivities  # of the city
    modes: ModeTable | None = None  # of the city, by the mode that was assigned first
    groups: Mapping[str, GroupTable] = field(default_factory=dict)  # of the city, each against the rest
    street_groups: Mapping[str, tuple[StreetGroups, ...]] = field(default_factory=dict)  # by street, the same within it
    items: tuple[ItemTable, ...] = ()  # of every group that the same people were asked
    areas: AreaTables | None = None  # against what they are part of, and against each other
    drivers: DriverTable | None = None  # of the city, where a rate has items that are asked in its words


def weigh(plan: AnalysisPlan, columns: CaseColumns, register: PopulationRegister | None) -> Weighed:
    """All steps of weighting. DesignError where nobody answered, or where the plan has margins and no register."""
    field = field_weights(columns, plan)
    rows = columns.respondents
    before = field.nonresponse_weight[rows]
    steps = {"design": diagnose(field.design_weight[rows]), "nonresponse": diagnose(before)}
    if not plan.calibration.margins:
        return Weighed(field=field, calibrated=None, final=before, diagnostics=steps["nonresponse"], steps=steps)
    if register is None:
        raise DesignError(
            [
                DataProblem(
                    column="register",
                    rows=(),
                    message="the plan has margins, and there is no register to take them from",
                    remedy="Give the register, or a plan without margins.",
                )
            ]
        )
    found = calibrated(columns, before, plan, register)
    steps["calibration"] = diagnose(found.before_trimming)
    if found.trimming is not None:
        steps["trimming"] = diagnose(found.weight)
    return Weighed(field=field, calibrated=found, final=found.weight, diagnostics=diagnose(found.weight), steps=steps)


def run(
    plan: AnalysisPlan,
    columns: CaseColumns,
    indicators: Sequence[Asked],
    register: PopulationRegister | None = None,
    driven: Driven | None = None,
) -> Analysis:
    """Weights, then every table that the plan names. DesignError or CalibrationError say what keeps it from being
    computed, with the place and the way out."""
    chosen = tuple(one for one in indicators if plan.names(one.id, one.beside))
    weighed = weigh(plan, columns, register)
    calibration = None if weighed.calibrated is None else weighed.calibrated.calibration
    given = Grouped(columns=columns, weight=weighed.final, calibration=calibration, indicators=chosen, plan=plan)
    with streets_meanwhile(given) as of_streets:
        respondents = given.respondents
        groups = group_tables(respondents)
        found, estimators = tables(respondents)
        areas = AreaFigures(estimators, {level: found[level.value] for level in estimators})
        hierarchy = area_hierarchy(columns)
        items = item_tables(areas, chosen)
        against = area_tables(areas, hierarchy, chosen)
        modes = mode_table(columns, respondents)
        street_groups = of_streets()
    return Analysis(
        plan=plan,
        weighed=weighed,
        indicators=chosen,
        hierarchy=hierarchy,
        tables=found,
        groups=groups,
        street_groups=street_groups,
        items=items,
        areas=against,
        sensitivities=sensitivities(plan, columns, chosen, (weighed.field, weighed.calibrated, weighed.final)),
        modes=modes,
        drivers=driver_table(columns, weighed.final, calibration, chosen, driven, plan),
    )
