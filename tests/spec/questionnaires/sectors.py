"""The full form of services with what it could not ask before: of the sectors that somebody used, three are asked about
in four rows each. Medical care stays with everybody."""

from __future__ import annotations

from functools import cache

from questionnaires.loader import available, check_bytes
from questionnaires.model import Question, Questionnaire
from tests.programmes import programme

ASPECTS = (
    ("manner", "态度", "How people are treated"),
    ("speed", "效率", "Speed"),
    ("fees", "收费透明", "Clear charges"),
    ("place", "环境与便民设施", "Premises and conveniences"),
)
MATRICES = ("q2", "q3", "q4", "q6", "q8")
TAKE = 3


def sectors() -> list[tuple[str, str, str, str]]:
    """Variable in the first part, id, and the names of each of the twenty-two."""
    full = programme("window_services_full")
    asked: list[Question] = [full.question(name) for name in MATRICES]
    return [(f"{one.id}.{item.id}", item.id, item.short.zh, item.short.en) for one in asked for item in one.items]


def text() -> str:
    """The definition file."""
    whole = available()["window_services_full"].read_text(encoding="utf-8")
    whole = whole.replace('version: "3.0"', 'version: "4.0"').replace('form_number: ""', 'form_number: "文明 20 表"')
    for name, value in (("issuing_body", "示范市文明办"), ("approval_number", "文明〔2026〕20 号")):
        whole = whole.replace(f'{name}: ""', f'{name}: "{value}"')
    whole = whole.replace("  valid_until:\n", "  valid_until: 2027-12-31\n").replace("minutes: 7", "minutes: 8")
    before, complaints, after = whole.partition("  - id: complaints\n")
    parts = "".join(_section(name, zh, en) for _, name, zh, en in sectors())
    rest, indicators, figures = after.partition("\nindicators:\n")
    return before + parts + complaints + rest + _draws() + indicators + figures.rstrip() + "\n" + _indicators()


def _section(name: str, zh: str, en: str) -> str:
    rows = "".join(f'          - {{id: {aspect}, text: {{zh: "{a}", en: "{b}"}}}}\n' for aspect, a, b in ASPECTS)
    return (
        f'  - id: more_{name}\n    title: {{zh: "{zh}", en: "{en}"}}\n    questions:\n'
        f"      - id: d_{name}\n        type: scale\n"
        f'        text: {{zh: "说到“{zh}”，您对下面各项满意不满意？", '
        f'en: "As to {en}, how satisfied or dissatisfied are you with each of these?"}}\n'
        f'        short: {{zh: "{zh}", en: "{en}"}}\n        scale: satisfaction\n        items:\n{rows}\n'
    )


def _draws() -> str:
    blocks = "".join(
        f'      - {{id: {name}, label: {{zh: "{zh}", en: "{en}"}}, sections: [more_{name}], '
        f"belongs_if: '{variable} != \"8\"'}}\n"
        for variable, name, zh, en in sectors()
    )
    return (
        "\ndraws:\n  - id: sectors\n    label: {zh: 请您细评的行业, en: Sectors rated in detail}\n"
        f"    take: {TAKE}\n    blocks:\n{blocks}"
    )


def _indicators() -> str:
    found = ""
    for aspect, zh, en in ASPECTS:
        rows = ", ".join(f"d_{name}.{aspect}" for _, name, *_ in sectors())
        found += _figure(f"all_{aspect}", f"{zh}满意率", en, rows)
    for _, name, zh, en in sectors():
        found += _figure(f"{name}_manner", f"{zh}：态度", f"{en}: how people are treated", f"d_{name}.manner")
    return found


def _figure(name: str, zh: str, en: str, variables: str) -> str:
    return (
        f'  - id: {name}\n    name: {{zh: "{zh}", en: "{en}"}}\n'
        '    definition: {zh: "用过的人里“满意”“基本满意”所占比重。", '
        'en: "Share satisfied or fairly satisfied of users."}\n'
        f'    kind: proportion\n    variables: [{variables}]\n    numerator: ["1", "2"]\n    dont_know: excluded\n'
    )


@cache
def questionnaire() -> Questionnaire:
    found, problems = check_bytes(text().encode(), "sectors.yaml")
    assert found is not None, "\n".join(map(str, problems))
    return found
