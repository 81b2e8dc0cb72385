"""Words for what became of the cases, and for who asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

OUTCOME_PHRASES: Final[Mapping[str, Text]] = {
    "outcomes_title": Text("抽中样本的结果（AAPOR 结果码）", "What became of every case (codes of AAPOR)"),
    "outcome": Text("结果", "Outcome"),
    "outcome_code": Text("结果码", "Code"),
    "cases": Text("个数", "Cases"),
    "rates_title": Text("由此算出的比率", "Rates from these outcomes"),
    "e": Text("不明的样本里按合格算的比重 e", "e, of those of unknown eligibility"),
    "cooperation": Text("合作率（AAPOR COOP1）", "Cooperation (AAPOR COOP1)"),
    "refusal": Text("拒访率（AAPOR REF2）", "Refusal (AAPOR REF2)"),
    "contact": Text("接触率（AAPOR CON2）", "Contact (AAPOR CON2)"),
    "outcomes_in_a_line": Text(
        "抽中样本的结果（AAPOR 结果码）：{outcomes}。", "Outcomes of the cases (AAPOR): {outcomes}."
    ),
    "outcome_told": Text("{code} {name} {cases}", "{code} {name} {cases}"),
    "outcomes_of_mode": Text("{mode}：{outcomes}", "{mode}: {outcomes}"),
    "asked_by_own": Text(
        "上门访问 {known} 份，其中 {own} 份（{rate}）由当地社区、街道自己的人去问，也就是由被测评的一方去问。",
        "Of {known} {known:interview|interviews} at the door, {own} ({rate}) {own:was|were} made by people of the "
        "community or street itself, the side that is judged.",
    ),
    "asked_by_own_partly": Text(
        "上门访问中知道调查员是哪一方的有 {known} 份，其中 {own} 份（{rate}）由当地社区、街道自己的人去问，"
        "也就是由被测评的一方去问；另有 {unknown} 份不知道是哪一方的人问的。",
        "Of {known} {known:interview|interviews} at the door whose interviewer's employer is known, {own} ({rate}) "
        "{own:was|were} made by people of the community or street itself, the side that is judged; of {unknown} it is "
        "not known.",
    ),
}
