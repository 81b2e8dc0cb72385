"""Categories of a margin, and what was done by a plan, in words and figures as they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.arrays import FloatArray, IntArray
from analysis.engine.margins import Calibrated, MarginCell
from analysis.engine.run import Weighed
from analysis.plan import AnalysisPlan, MarginOf, PlannedMargin
from analysis.weighting import WeightDiagnostics
from questionnaires.text import Text
from survey_service.analyses.plan_fields import said_margin
from survey_service.analyses.plan_shown import Cell, MarginShown, Step

LISTED: Final = 10  # categories of a margin that has many more
MANY: Final = 30

SEX: Final[Mapping[str, Text]] = {"male": Text("男", "men"), "female": Text("女", "women")}
STEPS: Final[Mapping[str, Text]] = {
    "design": Text("抽中概率", "Selection"),
    "nonresponse": Text("无应答调整", "Nonresponse"),
    "calibration": Text("人口校准", "Calibration"),
    "trimming": Text("权数截断", "Trimming"),
}
_RANGE = re.compile(r"(\d+)-(\d+)")
_OPEN = re.compile(r"(\d+)\+")


# ------------------------------------------------------------------ margins


def margins_shown(
    plan: AnalysisPlan, found: Calibrated, areas: Mapping[str, Text], *, every: bool
) -> tuple[MarginShown, ...]:
    """Every margin of the plan; of one with many cells those that are furthest apart, unless ``every``."""
    names = list(dict.fromkeys(cell.margin for cell in found.cells))
    shown = []
    for number, (name, planned) in enumerate(zip(names, plan.calibration.margins, strict=True), start=1):
        cells = [cell for cell in found.cells if cell.margin == name]
        listed = cells
        if len(cells) > MANY and not every:
            listed = sorted(cells, key=lambda cell: -abs(cell.before - cell.population))[:LISTED]
        shown.append(
            MarginShown(
                key=f"margin-{number}",
                name=said_margin(planned),
                cells=tuple(_cell(cell, planned, areas) for cell in listed),
                left_out=len(cells) - len(listed),
            )
        )
    return tuple(shown)


def _cell(cell: MarginCell, planned: PlannedMargin, areas: Mapping[str, Text]) -> Cell:
    return Cell(
        name=cell_words(cell.cell, areas),
        respondents=cell.respondents,
        register=percent(cell.population, planned),
        unweighted=percent(cell.unweighted, planned),
        before=percent(cell.before, planned),
        after=percent(cell.after, planned),
        apart=f"{(cell.before - cell.population) * 100:+.{_digits(planned)}f}",
        together=" + " in cell.cell,
    )


def percent(share: float, planned: PlannedMargin) -> str:
    """Communities are a small share of the city each, and have a decimal more."""
    return f"{share * 100:.{_digits(planned)}f}"


def _digits(planned: PlannedMargin) -> int:
    return 2 if planned.of is MarginOf.COMMUNITY else 1


def cell_words(cell: str, areas: Mapping[str, Text]) -> Text:
    """A cell as messages call it (``sex=male, age=18-29 + sex=male, age=30-44``) in words: 男，18–29 岁、30–44 岁."""
    parts = [_labels(part) for part in cell.split(" + ")]
    shared = parts[0][:-1] if len(parts) > 1 and all(part[:-1] == parts[0][:-1] for part in parts) else []
    own = [part[len(shared) :] if len(parts) > 1 else part for part in parts]
    zh = "、".join("，".join(_word(label, areas).zh for label in part) for part in own)
    en = ", ".join(", ".join(_word(label, areas).en for label in part) for part in own)
    if shared:
        zh = "，".join([*(_word(label, areas).zh for label in shared), zh])
        en = f"{', '.join(_word(label, areas).en for label in shared)}: {en}"
    return Text(zh, en)


def _labels(part: str) -> list[str]:
    """``street and sex=110101 and male, age=18-29`` has three."""
    return [label for piece in part.split(", ") for label in piece.partition("=")[2].split(" and ")]


def _word(label: str, areas: Mapping[str, Text]) -> Text:
    if label in areas:
        return areas[label]
    if label in SEX:
        return SEX[label]
    if found := _RANGE.fullmatch(label):
        return Text(f"{found[1]}–{found[2]} 岁", f"{found[1]}–{found[2]}")
    if found := _OPEN.fullmatch(label):
        return Text(f"{found[1]} 岁及以上", f"{found[1]} and over")
    return Text(label, label)


# ------------------------------------------------------------------ steps


def steps_shown(weighed: Weighed, rows: IntArray) -> tuple[Step, ...]:
    """The weights after every step that was taken. ``rows`` (respondents,) of the cases."""
    before = weighed.field.nonresponse_weight[rows]
    return tuple(_step(name, found, _did(name, weighed, before)) for name, found in weighed.steps.items())


def _step(name: str, found: WeightDiagnostics, did: Text) -> Step:
    return Step(
        name=STEPS[name],
        did=did,
        kish=f"{found.kish_design_effect:.2f}",
        ratio=f"{found.maximum_over_median:.1f}",
        effective=f"{found.kish_effective_sample_size:,.0f}",
    )


def _did(name: str, weighed: Weighed, before: FloatArray) -> Text:
    match name:
        case "nonresponse":
            return _nonresponse(weighed)
        case "calibration":
            assert weighed.calibrated is not None
            return _calibration(weighed.calibrated, before)
        case "trimming":
            assert weighed.calibrated is not None
            return _trimming(weighed.calibrated)
        case _:
            return Text("1 除以抽中概率", "1 over the probability of selection")


def _nonresponse(weighed: Weighed) -> Text:
    classes = [each for record in weighed.field.records.values() for each in record.classes]
    joined = sum(len(record.collapsed) for record in weighed.field.records.values())
    largest = max(each.factor for each in classes)
    zh = f"{len(classes)} 个加权类，系数最大 {largest:.2f}"
    en = f"{len(classes)} {'class' if len(classes) == 1 else 'classes'}, largest factor {largest:.2f}"
    if joined:
        zh, en = f"{zh}，并类 {joined} 次", f"{en}, joined: {joined}"
    return Text(zh, en)


def _calibration(found: Calibrated, before: FloatArray) -> Text:
    """``before`` (respondents,); somebody who is not eligible has no weight, and no factor."""
    used = before > 0
    factors = found.before_trimming[used] / before[used]
    low, high = factors.min(), factors.max()
    return Text(f"系数 {low:.2f} 到 {high:.2f}", f"factors from {low:.2f} to {high:.2f}")


def _trimming(found: Calibrated) -> Text:
    done = found.trimming
    assert done is not None
    zh, en = f"截了 {done.trimmed} 个权数，{done.rounds} 轮", f"{done.trimmed} cut, rounds: {done.rounds}"
    if done.left:
        zh = f"{zh}；校准要求，仍有 {done.left} 个超过"
        en = f"{en}; {done.left} still above, which the margins need"
    return Text(zh, en)


def notes(found: Calibrated, areas: Mapping[str, Text]) -> tuple[Text, ...]:
    """Categories that were joined, and age or sex that was drawn."""
    said = [*_joined(found.cells, areas)]
    for name, words in (("age", Text("年龄", "age")), ("sex", Text("性别", "sex"))):
        if count := found.drawn.get(name):
            said.append(
                Text(
                    f"{count} 人没有填{words.zh}，按本社区其他受访人随机补上，只用于校准。",
                    f"{count} gave no {words.en}: it was drawn from others of the community, for the margins only.",
                )
            )
    return tuple(said)


def _joined(cells: Sequence[MarginCell], areas: Mapping[str, Text]) -> list[Text]:
    together = [cell_words(cell.cell, areas) for cell in cells if " + " in cell.cell]
    if not together:
        return []
    listed = together[:LISTED]
    zh = "；".join(one.zh for one in listed)
    en = "; ".join(one.en for one in listed)
    if len(together) > LISTED:
        zh, en = f"{zh}……共 {len(together)} 类", f"{en} … {len(together)} in all"
    return [Text(f"人数不够，合在一起的类：{zh}。", f"Categories that were joined, having too few answers: {en}.")]
