"""Add to ``versions.jsonl.xz`` what the code of a tree says of its own definitions; what is there already stays.

Run in that tree, with it first on the path. It asks of the tree only what has had one name since the first day:

    cd <tree> && PYTHONPATH=. python <here>/tests/golden/questionnaires/record.py
"""

from __future__ import annotations

import json
import lzma
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, sha256
from questionnaires.evaluation import evaluator
from questionnaires.loader import load

FILE = Path(__file__).parent / "versions.jsonl.xz"
PEOPLE = 6


def invented(question: dict[str, Any], chance: random.Random) -> object:
    """An answer to one question, or to one row of it; None: left blank."""
    if question["type"] == "note" or chance.random() < 0.05:
        return None
    codes = [one["code"] for one in question.get("options", [])]
    if question["type"] in ("multiple_choice", "ranking"):
        alone = [one["code"] for one in question["options"] if one.get("exclusive") or one.get("missing")]
        if alone and chance.random() < 0.25:
            return [chance.choice(alone)]
        several = [code for code in codes if code not in alone]
        most = min(len(several), question.get("maximum_choices") or question.get("ranks") or 3)
        return chance.sample(several, most if question["type"] == "ranking" else chance.randint(1, most))
    if codes:
        return chance.choice(codes)
    if question["type"] == "number":
        low, high = (question.get(name) for name in ("minimum", "maximum"))
        return chance.randint(int(low or 0), int(100 if high is None else high))
    return {"date": "1980-02-29", "time": "08:30"}.get(question["type"], "路灯坏了")


def person(stored: dict[str, Any], chance: random.Random) -> dict[str, object]:
    given: dict[str, object] = {}
    for question in (one for section in stored["questionnaire"]["sections"] for one in section["questions"]):
        for name in [f"{question['id']}.{one['id']}" for one in question.get("items", [])] or [question["id"]]:
            answer = invented(question, chance)
            if answer is not None:
                given[name] = answer
        if any(one.get("other") for one in question.get("options", [])) and chance.random() < 0.5:
            given[f"{question['id']}.other"] = "别的"
    return given


def told(path: Path, commit: str, type_folder: Path) -> dict[str, object]:
    one = load(path)
    text = canonical_bytes(one).decode()
    stored, chance, pairs = json.loads(text), random.Random(text), evaluator(one)
    people = []
    for number in range(PEOPLE):
        given = person(stored, chance)
        if "live_city" in given and number:
            given["live_city"] = "1"  # the others are asked nothing further
        checked = check_answers(one, given, Policy.PAPER)
        people.append(
            {
                "given": given,
                "canonical": checked.canonical,
                "findings": sorted(f"{found.variable} {found.code.value}" for found in checked.findings),
                "figures": {name: list(pair) for name, pair in pairs(checked.values).items() if pair is not None},
            }
        )
    return {
        "commit": commit,
        "key": path.parent.name,
        "version": one.version,
        "sha256": sha256(one),
        "canonical": text,
        "people": people,
        "geometry": geometry(one, type_folder),
    }


def geometry(one: Any, type_folder: Path) -> object:
    """Where the boxes stand on its Chinese form, with the hash that stands on paper; None before there was paper, and
    while a wave has yet to give its lists."""
    try:
        from reports.fonts import TypeSettings
        from reports.paper_form.layout import lay_out_form
    except ImportError:
        return None
    if _is_open(one):
        return None
    settings = TypeSettings(cache=type_folder)
    form = lay_out_form(one, ("zh",), definition_sha256=sha256(one), settings=settings)
    return {"sha256": form.geometry.sha256, "stored": form.geometry.to_json()}


def _is_open(one: Any) -> bool:
    try:
        from questionnaires.lists import open_lists
    except ImportError:
        return False
    return bool(open_lists(one))


def main() -> None:
    known = lzma.decompress(FILE.read_bytes()).decode().splitlines() if FILE.exists() else []
    hashes = {json.loads(line)["sha256"] for line in known}
    asked = ["git", "rev-parse", "--short=7", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(Path("questionnaires/definitions").glob("*/questionnaire.yaml")):
            if sha256(load(path)) not in hashes:
                one = told(path, commit, Path(folder))
                known.append(json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
                print(commit, one["key"], one["version"])
    known.sort(key=lambda line: str(json.loads(line)["key"]))  # versions of one questionnaire: alike, small when packed
    FILE.write_bytes(lzma.compress("\n".join([*known, ""]).encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
