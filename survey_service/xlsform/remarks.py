"""What a workbook says that a definition cannot say, or says otherwise: where it stands, and why. Both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


class Weight(StrEnum):
    """How much is gone."""

    LOST = "lost"  # asked, offered, tested or calculated there, and not here
    CHANGED = "changed"  # here too, in another way
    ASIDE = "aside"  # nothing that is asked depends on it


_WEIGHT_WORDS = {
    Weight.LOST: ("没有带过来", "not carried over"),
    Weight.CHANGED: ("写法变了", "written otherwise"),
    Weight.ASIDE: ("略去", "left aside"),
}


class Why(Enum):
    """The kinds of remark: weight, Chinese, English; ``{seen}`` is what stood there, ``{now}`` what stands here."""

    NO_SURVEY = (Weight.LOST, "工作簿里没有 survey 工作表", "the workbook has no sheet named survey")
    NO_QUESTIONS = (Weight.LOST, "没有一道能带过来的题", "no question is left that could be carried")
    TYPE = (Weight.LOST, "题型“{seen}”这里没有", "there is no question type {seen} here")
    REPEAT = (
        Weight.CHANGED,
        "重复组成为逐个问的一节，最多 {seen} 轮",
        "the repeated group has become a section that repeats, {seen} rounds at most",
    )
    CEILING = (
        Weight.CHANGED,
        "那边可以一直问下去，这里最多问 {seen} 轮：再多的没有地方记。要更多，改问卷文件里的 most",
        "there it goes on as often as somebody likes, here {seen} rounds at most: there is no place for more of them; "
        "raise most in the definition",
    )
    WRITTEN_OUT = (
        Weight.CHANGED,
        "重复组里的重复组：逐次写出来，最多 {seen} 次",
        "a repeated group inside of another is written out, {seen} times at most",
    )
    FIRST_ROUND = (
        Weight.CHANGED,
        "“{seen}”在重复组里，这一行在组外：取第一轮的回答",
        "{seen} stands in a repeated group and this row does not: the answer of its first round is taken",
    )
    NO_LIST = (Weight.LOST, "choices 工作表里没有选项列表“{seen}”", "the sheet choices has no list {seen}")
    OUTSIDE_LIST = (
        Weight.LOST,
        "选项来自别的文件或别的题，这里的选项写在问卷里",
        "the options come from another file or from answers; here they stand in the questionnaire",
    )
    LIST_TO_GIVE = (
        Weight.CHANGED,
        "选项在另一个文件里（{seen}）：成为名单 {now}，由每一期交上，没交上就不能开始",
        "the options stand in another file ({seen}): they have become the list {now}, which each wave gives before it "
        "opens",
    )
    NO_TEXT = (Weight.LOST, "这一行没有文字可读", "the row has no words to read")
    NO_NAME = (Weight.LOST, "这一行没有 name", "the row has no name")
    CHOICE_FILTER = (
        Weight.LOST,
        "“{seen}”这样筛选选项写不成：{now}，所有选项都会列出来",
        "options cannot be filtered by {seen}: {now}; all of them are offered",
    )
    WITHIN = (
        Weight.CHANGED,
        "按“{now}”的回答列出选项；那道题没有答，这里就全部列出",
        "offered are the options below the answer to {now}; where it has none, all of them are",
    )
    SAME_CODE = (
        Weight.CHANGED,
        "代码“{seen}”在这个列表里不止一行：这一行的代码改成 {now}",
        "the code {seen} stands in several rows of the list: that of this row has become {now}",
    )
    OPTIONS_BY_NAME = (
        Weight.CHANGED,
        "{seen} 个选项成为问卷文件里的一个名单：{now}",
        "its {seen} options have become a list of the file: {now}",
    )
    MEDIA = (Weight.LOST, "图片、声音和视频不能放进题目", "pictures, sound and video cannot stand in a question")
    EXPRESSION = (
        Weight.LOST,
        "“{seen}”不能写成这里的条件：{now}",
        "{seen} cannot be written as a condition here: {now}",
    )
    CALCULATION = (Weight.LOST, "“{seen}”不能写成这里的计算值：{now}", "{seen} cannot be calculated here: {now}")
    NEVER = (
        Weight.ASIDE,
        "条件永远不成立：那边也没有人会被问到，这里不写",
        "the condition never holds: nobody is asked there either, and it is left out here",
    )
    NO_OPTION = (
        Weight.ASIDE,
        "选项列表里没有代码“{seen}”：没有人选得到，那边也不会成立",
        "the list has no code {seen}: nobody can have chosen it, there or here",
    )
    CONSTANT = (
        Weight.CHANGED,
        "“{seen}”对谁都一样：用到它的地方直接写出来",
        "{seen} is the same for everybody: it is written wherever it is used",
    )
    LABEL_OF = (
        Weight.CHANGED,
        "选项的文字不另算：题目里写 {{{now}}} 就是它，导出里有选项的文字",
        "the words of an option are not calculated: {{{now}}} stands for them in texts, and exports have them",
    )
    ALWAYS_ANEW = (
        Weight.CHANGED,
        "不等点到哪道题：每次看答卷都重新算",
        "it waits for no question: it is calculated whenever answers are read",
    )
    EMPTIED = (
        Weight.CHANGED,
        "那道题一变就清空这个回答（trigger），这里不清",
        "the answer is emptied when that question changes (trigger); here it stays",
    )
    HINT_BEHIND = (
        Weight.CHANGED,
        "矩阵一行的提示写在这一行后面",
        "the hint of a row of a matrix stands behind its words",
    )
    NO_HINT = (Weight.ASIDE, "组和算式的提示没有人看得到", "nobody sees the hint of a group or of what is calculated")
    SHOWN = (
        Weight.CHANGED,
        "算出来给人看的：成为计算值 {now} 和一条带着它的说明",
        "calculated and shown: it has become the calculated value {now} and a note that tells it",
    )
    PROPOSED = (
        Weight.CHANGED,
        "算出来先填好、可以改的：照样问，算得的 {now} 写在题目下面",
        "calculated and filled in beforehand: it is asked, and {now} stands below the question",
    )
    DEFAULT = (
        Weight.CHANGED,
        "不预先填好“{seen}”：受访者要自己答",
        "{seen} is not filled in beforehand: people give their own answer",
    )
    REQUIRED_IF = (
        Weight.CHANGED,
        "按条件必答：成为一条检查规则",
        "required by a condition: it has become a rule",
    )
    REFUSED = (Weight.LOST, "{now}（{seen}）", "{now} ({seen})")
    CONSTRAINT_WORDS = (
        Weight.ASIDE,
        "范围不对时这里有统一的提示语",
        "the service has its own words where a limit is passed",
    )
    REQUIRED_WORDS = (
        Weight.ASIDE,
        "必答题没答时这里有统一的提示语",
        "the service has its own words where an answer is missing",
    )
    RENAMED = (Weight.CHANGED, "编号“{seen}”改成“{now}”", "the name {seen} has become {now}")
    RECODED = (Weight.CHANGED, "选项代码改成：{now}", "the codes of the options have become: {now}")
    RANGE_STEP = (
        Weight.CHANGED,
        "步长“{seen}”不检查，只检查上下限",
        "the step {seen} is not checked, only the ends are",
    )
    OTHER = (Weight.CHANGED, "“其他”带一行填空：选项 {now}", "other asks for words in one line: option {now}")
    MATRIX = (Weight.CHANGED, "同一量表的几行合成一道矩阵题", "rows on one list have become one matrix")
    ACKNOWLEDGE = (
        Weight.CHANGED,
        "点一下“知道了”的题成为一条说明",
        "a question that is only acknowledged has become a note",
    )
    WHOLE_DATE = (Weight.CHANGED, "只问年或月的日期，这里问到日", "a date asked by year or month is asked to the day")
    TITLE = (Weight.CHANGED, "这一组没有标题，用问卷的标题", "the group has no label; the form's title stands there")
    OPTIONS = (
        Weight.LOST,
        "有 {seen} 个选项：单选最多 5,000 个，多选和排序最多 300 个",
        "it has {seen} options: 5,000 at most, 300 where several are chosen",
    )
    FLAT = (
        Weight.CHANGED,
        "组里的组拆平了：标题成为一条说明",
        "a group in a group is made flat: its title has become a note",
    )
    MARKUP = (Weight.CHANGED, "去掉了文字里的排版标记", "marks of layout are taken out of the text")
    YEARS = (Weight.CHANGED, "按天数除以 365 算的年数改为周岁", "years reckoned as days by 365 have become full years")
    NO_CHINESE = (
        Weight.CHANGED,
        "{seen} 段文字没有中文，标成〔待填：…〕，译好之前调查期不能开始",
        "{seen} texts have no Chinese; they stand as 〔待填：…〕, and no wave opens before they are translated",
    )
    NO_ENGLISH = (
        Weight.CHANGED,
        "{seen} 段文字没有英文，先放中文",
        "{seen} texts have no English; the Chinese stands there",
    )
    LANGUAGE = (
        Weight.ASIDE,
        "语言“{seen}”没有带过来：认不出是哪种语言，请写代码，例如 Uyghur (ug)",
        "the language {seen} is not carried: nobody knows which it is; write its tag, such as Uyghur (ug)",
    )
    UNNAMED_LANGUAGE = (
        Weight.CHANGED,
        "没有写明语言的文字当作{seen}",
        "texts without a named language are taken for {now}",
    )
    META = (Weight.ASIDE, "“{seen}”由服务自己记录", "the service keeps {seen} itself")
    LOOKS = (Weight.ASIDE, "“{seen}”只管显示和操作", "{seen} is about how it looks or is handled")
    COLUMN = (Weight.ASIDE, "这一列这里不读", "this column is not read here")
    SHEET = (Weight.ASIDE, "这张工作表这里不读", "this sheet is not read here")
    KEY = (Weight.CHANGED, "form_id“{seen}”改成“{now}”", "the form_id {seen} has become {now}")
    EDITED = (
        Weight.CHANGED,
        "这一行在 Excel 里改过：以表格里写的为准，只有问卷文件才有的内容尽量保留",
        "the row was changed in the workbook: what stands there counts, what only the file had stays where it fits",
    )
    HIDDEN = (Weight.ASIDE, "没有人答、也没有算式", "nobody answers it and nothing calculates it")
    TWICE = (Weight.LOST, "两列是一个意思，读了前一列", "two columns mean one thing; the first is read")
    TWO_QUESTIONS = (
        Weight.CHANGED,
        "日期和几点分成两题：{now} 问几点",
        "day and time are two questions: {now} asks the time",
    )
    EMPTY_GROUP = (Weight.ASIDE, "组里没有一道题带过来", "no question of the group is carried")
    OURS = (
        Weight.LOST,
        "这一行是写出时加上的，问卷文件里没有它的位置：改动没有带过来",
        "the row was added when the form was written and has no place in the definition: the change is not carried",
    )
    PLACE = (
        Weight.CHANGED,
        "位置只存到约 1 公里；要更准，写 precision（exact 要说明为什么）",
        "the place is kept to about 1 km; write precision for more (exact wants a reason)",
    )
    ANY_FILE = (
        Weight.CHANGED,
        "只收照片、录音、录像和 PDF，别的文件不收",
        "pictures, sound, video and PDF are taken; no other file",
    )
    ROUNDED = (
        Weight.ASIDE,
        "“{seen}”在别的设备上会存准确位置：那里没有 precision",
        "other devices keep the exact place of {seen}: they know no precision",
    )
    LIST_CHANGED = (
        Weight.LOST,
        "这道题用的是名单“{now}”：在 Excel 里改的选项没有带过来",
        "its options are the list {now}: what was changed in the workbook is not carried",
    )
    NO_CEILING = (
        Weight.ASIDE,
        "“{seen}”在别的设备上没有上限：这里最多 {now} 轮",
        "{seen} goes on as often as somebody likes on other devices: here {now} rounds at most",
    )
    NO_ENTRIES = (
        Weight.ASIDE,
        "名单“{seen}”还没有内容：别的设备上这道题没有选项，定了名单再写出",
        "the list {seen} has no entries yet: other devices offer nothing there; write the form once it has",
    )
    NO_XLSFORM = (
        Weight.ASIDE,
        "“{seen}”在 XLSForm 里没有对应的写法，别的设备不会照办：{now}",
        "XLSForm has no word for {seen}; other devices do not act by it: {now}",
    )

    @property
    def weight(self) -> Weight:
        return self.value[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """``row`` as the spreadsheet counts; ``column`` is its head; both empty where the whole sheet or file is meant."""

    why: Why
    sheet: str
    row: int | None = None
    column: str = ""
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # by name, in Chinese and in English

    def message(self, language: str) -> str:
        words = self.why.value[2 if language == "en" else 1]
        return words.format_map({name: one[language == "en"] for name, one in self.values.items()})

    def to_json(self) -> dict[str, object]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "kind": self.why.name.lower(),
            "weight": self.why.weight.value,
            "zh": self.message("zh"),
            "en": self.message("en"),
        }


def line_of(told: Mapping[str, Any], language: str) -> str:
    """A remark as plain values (``Remark.to_json``) in one line: the place, how much is gone, why."""
    place = " ".join(str(part) for part in (told["sheet"], told["row"], told["column"]) if part)
    weight = _WEIGHT_WORDS[Weight(told["weight"])][language == "en"]
    parts = (": ", "; ") if language == "en" else ("：", "；")
    return f"{place}{parts[0]}{weight}{parts[1]}{told[language]}"


def same(words: object) -> tuple[str, str]:
    """A value that is the same in both languages, cut to what fits into a line."""
    text = " ".join(str(words).split())
    shown = text if len(text) <= 80 else f"{text[:80]}…"
    return (shown, shown)
