"""A block of a report, by its recipe; and who names the step that was left out."""

from __future__ import annotations

from pathlib import Path

from tests.recipes.scratch import copied

BLOCK = '''

@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of one person, set apart."""

    words: str


'''
LAYOUT = '''"""Words of one person, on a line of their own."""

from __future__ import annotations

from reports import style
from reports.blocks import Quotation
from reports.layout.setting import Setter
from reports.marks import Frame


def quotation(setter: Setter, block: Quotation, width: float) -> Frame:
    words, lines = setter.paragraph(style.NOTE, block.words, width)
    return Frame(lines * style.NOTE.leading, words)
'''
CASE = """        case Quotation():
            return [Stack((quotation(setter, block, width),))]
"""
USED = """
import sys
from pathlib import Path

from reports.blocks import Quotation, Story
from reports.fonts import TypeSettings, typeface
from reports.layout.pages import lay_out
from reports.layout.setting import Setter
from reports.typesetting.composer import Composer, Line, Span

story = Story(
    language="zh", title="", subject="", author="", blocks=(Quotation("路灯修好了。"),), running_head="",
    running_title="", foot_left="", foot_middle="", page_of="{page}/{pages}", page_note="", year_month_day=None,
)
[page] = lay_out(story, Setter(Composer(typeface("zh", TypeSettings(cache=Path(sys.argv[1])))), "zh"))
print("".join(mark.line.text for mark in page.marks if hasattr(mark, "line")))
"""


def test_a_block_by_the_recipe(tmp_path: Path) -> None:
    scratch = copied(tmp_path)
    scratch.add("reports/blocks.py", "    entries: tuple[tuple[str, str], ...]\n", BLOCK.rstrip() + "\n")
    scratch.change("reports/blocks.py", "    | Glossary\n", "    | Glossary\n    | Quotation\n")
    scratch.write("reports/layout/quotation.py", LAYOUT)
    scratch.write("used.py", USED)
    without = scratch.python("used.py", str(tmp_path / "type"))
    assert without.returncode == 1
    assert "unreachable, but got: Quotation(words='路灯修好了。')" in without.stderr
    scratch.add("reports/layout/pages.py", "            return [glossary(setter, block, width)]\n", CASE)
    scratch.change("reports/layout/pages.py", "    Prose,\n", "    Prose,\n    Quotation,\n")
    scratch.add(
        "reports/layout/pages.py",
        "from reports.layout.prose import glossary, prose, small_print\n",
        "from reports.layout.quotation import quotation\n",
    )
    whole = scratch.python("used.py", str(tmp_path / "type"))
    assert whole.returncode == 0, whole.stderr
    assert "路灯修好了。" in whole.stdout
    assert scratch.touched == {"reports/blocks.py", "reports/layout/quotation.py", "reports/layout/pages.py", "used.py"}
