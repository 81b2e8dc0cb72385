"""What is wrong with a definition, in the reader's language. The problems themselves are told in English.

One row a sentence: its English shape, and its Chinese. A test walks every sentence that this package can say and fails
by name where one has no row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.condition_words import CONDITIONS, QUOTED
from questionnaires.indicator_words import INDICATORS
from questionnaires.problems import Problem

TITLES: Mapping[str, str] = {
    "Q001": "文件读不出来", "Q002": "不是 YAML", "Q003": "没有这种题型", "Q004": "没有这个字段", "Q005": "缺字段",
    "Q006": "值的种类不对", "Q007": "代码没有加引号", "Q008": "字段写了两次", "Q009": "这里不收的 YAML 写法",
    "Q010": "编号或代码不能用", "Q011": "编号重复", "Q012": "代码重复", "Q013": "缺译文", "Q014": "没有这个量表",
    "Q015": "不认识的词", "Q016": "太多或太少", "Q017": "范围不可能", "Q018": "这种题型没有的字段",
    "Q019": "排他选项只能在多选里", "Q020": "两个选项表示同一种缺失", "Q021": "没有东西去填的占位符",
    "Q022": "年龄或性别读不出来",
    "Q023": "分值不是一排数", "Q024": "名单用不了", "Q025": "永远不会列出的选项",
    "Q028": "语言不全", "Q029": "文字像是别的语言",
    "Q030": "条件看不懂", "Q031": "条件里没有这道题", "Q032": "条件用了后面的题", "Q033": "条件里没有这个代码",
    "Q034": "条件的种类不对", "Q035": "走不到的题", "Q036": "这里不知道哪天作答",
    "Q040": "指标里没有这道题", "Q041": "指标里没有这个代码",
    "Q042": "指数里没有这个指标", "Q043": "指数包含自己", "Q044": "分值对不上", "Q045": "权重对不上",
    "Q046": "目标超出范围", "Q047": "这种指标没有的字段", "Q048": "代码数了两次", "Q049": "永远数不到的代码",
    "Q050": "抽不了的部分", "Q051": "要同时答的部分不会同时问",
}  # fmt: skip
"""Name of each kind of problem; the English ones are ``problems.Code``."""

# Whose: `an option of question "q2"`. Longer shapes first; a blank parts a Latin name from the words after it.
_OWNERS = (
    (r"an option of (.+)", "{0}的一个选项"),
    (r"an entry of (.+)", "{0}的一项"),
    (r"an item of (.+)", "{0}的一行"),
    (r"a part of (.+)", "{0}的一个组成部分"),
    (r"the target of (.+)", "{0}的目标"),
    (r"the second base of (.+)", "{0}的另一个分母"),
    (r"the rounds of (.+)", "{0}的逐轮设置"),
    (r"\"(\w+)\" of (.+)", "{1}的 {0} "),
    (r"question \"(.*)\": item", "题目 {0} 的行"),
    (r"question \"(.*)\": option \"(.*)\"", "题目 {0} 的选项 {1} "),
    (r"question \"(.*)\"", "题目 {0} "),
    (r"section \"(.*)\"", "部分 {0} "),
    (r"indicator \"(.*)\"", "指标 {0} "),
    (r"contradiction \"(.*)\"", "矛盾检查 {0} "),
    (r"rule \"(.*)\"", "检查规则 {0} "),
    (r"calculated value \"(.*)\"", "计算值 {0} "),
    (r"block \"(.*)\" of draw \"(.*)\"", "抽签 {1} 的 {0} 部分"),
    (r"a block of draw \"(.*)\"", "抽签 {0} 的一个部分"),
    (r"draw \"(.*)\"", "抽签 {0} "),
    (r"scale \"(.*)\"", "量表 {0} "),
    (r"list \"(.*)\"", "名单 {0} "),
)
_WORDS = {
    "a question": "一道题", "a section": "一个部分", "an indicator": "一个指标", "a contradiction": "一条矛盾检查",
    "a calculated value": "一个计算值", "a draw": "一项抽签", "a block": "一个部分", "an expression": "一个算式",
    "a rule": "一条检查规则", "rule": "检查规则",
    "the questionnaire": "问卷", "the header": "表头", "the notice": "说明", "scales.yaml": "scales.yaml",
    "question": "题目", "section": "部分", "indicator": "指标", "contradiction": "矛盾检查",
    "Chinese": "中文", "English": "英文", "age": "年龄", "sex": "性别",
    "a text": "一段文字", "a name": "一个名称", "true or false": "true 或 false", "a number": "一个数",
    "a date": "一个日期", "a word": "一个词", "a condition": "一个条件", "a list": "一个列表",
    "a list of names": "一列名称", "a question type": "一种题型", "the name of a scale": "一个量表的名称",
    "a code in quotes": "加引号的代码", "fields with names": "带名称的字段", "fields": "一组字段",
    "a time": "一个时刻", 'a time in quotes such as "08:30"': '加引号的时刻，例如 "08:30"',
    "a date such as 2027-06-30": "一个日期，例如 2027-06-30", "nothing": "什么也没有", "a text only": "只有文字",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """One problem in the reader's language."""

    title: str
    message: str  # what was seen
    hint: str  # the way out; empty where there is none


def explain(problem: Problem, language: str) -> Explained:
    """The problem explained in Chinese ("zh") or English ("en")."""
    if language == "en":
        return Explained(problem.code.title, problem.message, problem.hint)
    title = TITLES.get(problem.code.number, problem.code.title)
    message = in_chinese(problem.message)
    if message is None:  # the YAML reader's own words
        message = f"YAML 读到这里读不下去了（{problem.message}）"
    return Explained(title, message, (in_chinese(problem.hint) or problem.hint) if problem.hint else "")


def in_chinese(sentence: str) -> str | None:
    """A message or a hint; None where it is none of this package's, or longer than any of them."""
    if len(sentence) > LONGEST:
        return None
    for pattern, zh in _SENTENCES:
        match = re.fullmatch(pattern, sentence, re.DOTALL)
        if match:
            told = zh.format(*(_part(group or "") for group in match.groups()))
            return re.sub(r" +(?=[，：；。”]|$)", "", told).replace("  ", " ")
    return None


def _part(words: str) -> str:
    """A part of a sentence: an owner, a kind of value, or what was typed, which stays as it is."""
    if words in _WORDS:
        return _WORDS[words]
    for pattern, zh in _OWNERS:
        match = re.fullmatch(pattern, words, re.DOTALL)
        if match:
            return zh.format(*map(_part, match.groups()))
    return in_chinese(words) or words


LONGEST = 500  # characters; what was typed into a file is shortened before it is told
_SENTENCES = (
    # ---------------------------------------------------------------- the file
    (r"the file is larger than ([\d,]+) bytes", "文件大于 {0} 字节"),
    (r"a definition is text; pictures do not belong in it", "定义文件只有文字，图片不放在里面"),
    (r"byte (\d+) is not UTF-8", "第 {0} 个字节不是 UTF-8"),
    (r"save the file as UTF-8 \(it may be GB18030 or GBK\)", "把文件另存为 UTF-8（现在可能是 GB18030 或 GBK）"),
    (r"a control character \(code (\d+)\) cannot stand in a text", "文字里不能有控制字符（代码 {0}）"),
    (r"delete it", "删掉它"),
    (r"the file is empty", "文件是空的"),
    (r"see docs/questionnaires.md for an example", "例子见 docs/questionnaires.md"),
    (r"name an existing file", "写一个存在的文件"),
    (r"several documents in one file", "一个文件里有几份文档"),
    (r"one file holds one questionnaire; delete the ---", "一个文件只放一份问卷，把 --- 删掉"),
    (r"nested more than (\d+) levels deep", "嵌套超过 {0} 层"),
    (r"more than ([\d,]+) values in one file", "一个文件里的值超过 {0} 个"),
    (r"the alias \*(.*)", "用了别名 *{0}"),
    (r"repeat the text, or share options as a scale", "把文字再写一遍；选项可以放进量表共用"),
    (r"the tag (.*)", "用了标签 {0}"),
    (r"delete it; the field decides what a value is", "删掉它；值是什么种类，由字段决定"),
    (r"a list or mapping as the name of a field", "字段的名称写成了列表或一组字段"),
    (r"quote the value behind the colon", "给冒号后面的值加上引号"),
    (rf"{QUOTED} was given on line (\d+) already", "“{0}”在第 {1} 行已经写过"),
    (r"delete one of the two", "两处删掉一处"),
    (r"check the indentation, the colons and the quotes around here", "请核对这附近的缩进、冒号和引号"),
    (r"indent with spaces, not with tabs", "缩进用空格，不用制表符"),
    (
        r"a value that begins with a quote must be quoted as a whole: (.*)",
        "以引号开头的值要整个加引号，例如 {0}",
    ),
    # ---------------------------------------------------------------- fields and values
    (rf"(.+) has a field {QUOTED}", "{0}里有字段“{1}”"),
    (r"(.+) wants (.+), not (a list|fields|\".*\")", "{0}要的是{1}，这里是{2}"),
    (rf"{QUOTED} of (.+) has no letter of the script of {QUOTED}", "{1}的“{0}”里没有一个 {2} 的字母"),
    (rf"{QUOTED} of (.+) has no {QUOTED}", "{1}的“{0}”缺 {2}"),
    (r"the language is offered to nobody until every text is there", "每一段文字都有了，才会给居民这种语言"),
    (r"look whether it is in the right language", "请看一下是不是这种语言"),
    (rf"(.+) has no {QUOTED}", "{0}缺“{1}”"),
    (rf"(.+) has the (id|key) {QUOTED}", "{0}的 {1} 写成了“{2}”"),
    (
        r"an id has small letters, digits and _, begins with a letter and is no word of conditions",
        "编号用小写字母、数字和下划线，以字母开头，不能是条件里的词",
    ),
    (r"(.+) has a language \"(.*)\"", "{0}写了语言“{1}”"),
    (r"(.+) has no (Chinese|English)", "{0}缺{1}"),
    (r"Chinese comes first", "先写中文"),
    (r"declare it: languages: (.+)", "在开头声明：languages: {0}"),
    (
        r"write (.+): \{zh: …, en: …\}, or declare languages: \[zh\]",
        "写成 {0}: {{zh: …, en: …}}，或者声明 languages: [zh]",
    ),
    (r"(.+) has ([\d,]+) characters in (Chinese|English)", "{0}的{2}有 {1} 个字"),
    (r"at most ([\d,]+)", "最多 {0}"),
    (r"at least one", "至少一个"),
    (r"say what must not be", "写明什么样的答案不该有"),
    (
        r"nothing is filled in here: people would read the braces; write the words themselves",
        "这里不会填进任何东西，人们看到的就是括号；请直接写出要说的话",
    ),
    (rf"the code (.*) in {QUOTED} of (.+) is not quoted", "{2}的“{1}”里，代码 {0} 没有加引号"),
    (
        r"write \"(.*)\"; unquoted, 1 is a number, no is false and 1:30 is 90",
        "写成 \"{0}\"；不加引号，1 是数，no 成了 false，1:30 成了 90",
    ),
    (rf"{QUOTED} of (.+) is empty", "{1}的“{0}”是空的"),
    (r"\"(ask_if|offer_if|condition|base|numerator_if|expression)\" of (.+): (.+)", "{1}的“{0}”：{2}"),
    (rf"{QUOTED} of (.+) is {QUOTED}", "{1}的“{0}”写成了“{2}”"),
    (rf"{QUOTED} of (.+) is (.+)", "{1}的“{0}”是 {2}"),
    (r"a whole number from (.+) to (.+)", "{0} 到 {1} 之间的整数"),
    (r"did you mean \"(.*)\"\?", "是不是“{0}”？"),
    (r"known here: (.*)", "这里认得：{0}"),
    # ---------------------------------------------------------------- options, scales, types
    (
        r"a code has one to eight letters or digits; one digit is keyed fastest",
        "代码是一到八个字母或数字；一位数字录得最快",
    ),
    (rf"(.+) has the code {QUOTED} twice", "{0}里代码“{1}”用了两次"),
    (rf"(.+) has the code {QUOTED}", "{0}的代码写成了“{1}”"),
    (r"every option needs a code of its own", "每个选项要有自己的代码"),
    (rf"(.+) means {QUOTED}", "{0}表示“{1}”"),
    (r"an option can mean dont_know or refused", "选项只能表示 dont_know（说不清）或 refused（拒答）"),
    (r"(.+) has (\d+) options", "{0}有 {1} 个选项"),
    (r"from (.+) to (.+); 90 % is written 0\.90", "{0} 到 {1} 之间；90% 写成 0.90"),
    (r"from (.+) to (.+)", "{0} 到 {1} 之间"),
    (rf"(.+) has two options that mean {QUOTED}", "{0}有两个选项都表示“{1}”"),
    (r"keep one of them", "留一个"),
    (rf"(.+) has type {QUOTED}", "{0}的题型写成了“{1}”"),
    (r"(.+) has options and a scale", "{0}既有选项又有量表"),
    (rf"(.+) uses the scale {QUOTED}", "{0}用了量表“{1}”"),
    (r"give options, or name a scale", "写出选项，或者写一个量表的名称"),
    (r"(.+) is exclusive", "{0}设成了排他"),
    (r"only one option can be chosen anyway; delete it", "本来就只能选一项，删掉它"),
    (r"(.+) asks for words", "{0}要人写字"),
    (r"ask for them in a question of their own", "另设一道题来问"),
    (r"(.+) has the minimum (.+) (?:above|after) the maximum (.+)", "{0}的下限 {1} 大于上限 {2}"),
    (r"exchange them", "把两个对调"),
    (r"a (\w+) question has: (.*)", "{0} 题有：{1}"),
    (
        r"an exact place tells a household: say why it is needed, or keep 100m",
        "准确的位置能认出是哪一户：写明为什么需要（because），或者改用 100m",
    ),
    (r"(.+) has \"because\" and no exact place", "{0}写了“because”，位置却不存准确的"),
    # ---------------------------------------------------------------- what a question stands for
    (r"(.+) tells the (\w+), as (.+) does", "{0}和{2}都说的是{1}"),
    (r"one question tells it; delete the other mark", "只由一道题来说，去掉另一处标记"),
    (r"(.+) asks for a sex as a number", "{0}用数字问性别"),
    (r"ask with two options", "用两个选项来问"),
    (rf"(.+) stands for {QUOTED}, the question for nothing", "{0}表示“{1}”，这道题却没有标记"),
    (r"write stands_for: age or stands_for: sex at the question", "在题目上写 stands_for: age 或 stands_for: sex"),
    (rf"(.+): no option stands for {QUOTED}", "{0}没有选项表示“{1}”"),
    (rf"(.+): two options stand for {QUOTED}", "{0}有两个选项都表示“{1}”"),
    (rf"(.+) stands for {QUOTED}", "{0}表示“{1}”"),
    (r"an option of a sex stands for male or female", "性别的选项表示 male（男）或 female（女）"),
    (
        r"an option of an age stands for a range, as \"18-29\" or \"75\+\"",
        "年龄的选项表示一段年龄，例如 \"18-29\" 或 \"75+\"",
    ),
    (rf"(.+): {QUOTED} does not follow on {QUOTED}", "{0}的“{1}”没有接着“{2}”"),
    (rf"(.+): option {QUOTED} cannot be ranked", "{0}的选项“{1}”排不了先后"),
    (r"who cannot say leaves a ranking blank; delete it", "说不上来的留空就行，去掉它"),
    (rf"(.+) judges {QUOTED}, which is a ranking", "{0}要判“{1}”的对错，那道题是排序"),
    (r"count it with proportion and within", "用 proportion 和 within 来数"),
    (rf"(.+) has within, and {QUOTED} is no ranking", "{0}写了 within，“{1}”却不是排序题"),
    (r"count ranks of a ranking only", "within 只用来数排序题的名次"),
    (r"(.+) has options that are no points", "{0}的选项排不成一排分值"),
    (
        r"(\d+) to (\d+) whole numbers in a row, each one more than the last; beside them only what means missing",
        "{0} 到 {1} 个连续的整数，一个比一个大 1；旁边只能有表示缺失的选项",
    ),
    (r"(.+) has points in a shuffled order", "{0}的分值要打乱次序"),
    (r"ranges of ages begin where the one before ends", "每段年龄从前一段的后一岁开始"),
    # ---------------------------------------------------------------- lists, and options offered to some
    (r"a code of a list has one to twenty letters or digits", "名单的代码是一到二十个字母或数字"),
    (r"the label of \"(.*)\" in (.+) is too long", "{1}里“{0}”的名称太长"),
    (r"name the kind of area, such as street or community", "写明哪一级地区，例如 street（街道）"),
    (r"only a list from: areas has one", "只有 from: areas 的名单才有"),
    (r"(.+) has a list and a scale", "{0}既有名单又有量表"),
    (r"(.+) has items and rows", "{0}既有 items 又有 rows"),
    (rf"(.+) has the list {QUOTED} as rows", "{0}的各行用了名单“{1}”"),
    (r"(.+) is an index", "{0}是指数"),
    (r"name its parts: it is made once", "写它的组成部分：它只做一个"),
    (r"(.+) lacks \"each\"", "{0}缺 each"),
    (r"name the question for each of whose entries", "写明照哪道题的名单，一项做一个"),
    (rf"(.+) is made for each of {QUOTED}, which does not exist", "{0}照“{1}”的名单一项做一个，没有这道题"),
    (rf"(.+) is made for each of {QUOTED}, which has no list", "{0}照“{1}”的名单一项做一个，那道题没有名单"),
    (r"give the question \"list\" or \"rows\", or write each indicator", "给那道题写 list 或 rows，或者一个个写指标"),
    (rf"(.+) makes indicators called {QUOTED}, and there is another of that name", "{0}做出的指标叫“{1}”，已有同名的"),
    (r"(.+) has \"each\"", "{0}写了 each"),
    (r"what is made for each entry stands under \"repeated\"", "一项做一个的，写在 repeated 里"),
    (rf"(.+) offers the list {QUOTED}, which has no parent", "{0}用的名单“{1}”没有上一级"),
    (rf"(.+) offers the list {QUOTED}", "{0}用了名单“{1}”"),
    (rf"it is one of the list {QUOTED}; give the option another code", "名单“{0}”里已经有了，给选项另写一个代码"),
    (r"name the list above: \"parent\" of the list itself", "在名单上写 parent，写明上一级是哪个名单"),
    (rf"(.+): {QUOTED} has a parent, the list has none", "{0}：“{1}”写了上级，名单没有写"),
    (rf"(.+) lies below the list {QUOTED}", "{0}的上一级写成了“{1}”"),
    (r"(.+) lies below itself", "{0}绕一圈成了自己的上级"),
    (r"take one parent out", "去掉一处上级"),
    (rf"(.+) and the list {QUOTED} have entries from two sources", "{0}和名单“{1}”的来源不同"),
    (r"entries and their parents come from one source", "一级和它的上一级要来自同一处"),
    (rf"(.+): the parent {QUOTED} of {QUOTED} is not in the list {QUOTED}", "{0}：“{2}”的上级“{1}”不在名单“{3}”里"),
    (r"an entry names a code of the list above", "写上一级名单里的代码"),
    (r"(.+) has options with a parent", "{0}的选项写了上级"),
    (r"name the question that they hang on: within", "用 within 写明跟着哪道题"),
    (rf"(.+) narrows by {QUOTED}, which is a ranking", "{0}跟着“{1}”，那道题是排序"),
    (r"name a choice", "写一道选择题"),
    (r"name the list above it", "写明它的上一级名单"),
    (rf"(.+) is within {QUOTED}, which does not offer the list {QUOTED}", "{0}跟着“{1}”，那道题用的不是名单“{2}”"),
    (r"name the question that offers the list above", "写用上一级名单的那道题"),
    (r"(.+) has no option with a parent", "{0}没有一个选项写了上级"),
    (r"give options a parent, or a list that has one", "给选项写 parent，或者用有上一级的名单"),
    (rf"(.+): option {QUOTED} has the parent {QUOTED}", "{0}：选项“{1}”的上级写成了“{2}”"),
    (rf"(.+) and {QUOTED} offer two lists", "{0}和“{1}”用的不是同一个名单"),
    (r"let both offer the same list", "让两道题用同一个名单"),
    (rf"(.+) has no code in common with {QUOTED}", "{0}和“{1}”没有相同的代码"),
    (r"give both the same options or list", "两道题用同样的选项或名单"),
    (rf"(.+): no answers lead to option {QUOTED}", "{0}：怎么答也不会列出选项“{1}”"),
    (r"delete it, or change what it hangs on", "删掉它，或者改它跟着的条件"),
    (rf"(.+) hangs on {QUOTED}, which does not exist", "{0}跟着“{1}”，没有这道题"),
    (rf"(.+) hangs on {QUOTED}, where nothing is chosen", "{0}跟着“{1}”，那道题不是选择题"),
    (rf"(.+) hangs on {QUOTED}, which is asked later", "{0}跟着“{1}”，那道题在后面才问"),
    # ---------------------------------------------------------------- the whole questionnaire
    (r"a tag of BCP 47 is wanted: (.+)", "写 BCP 47 的语言代码：{0}"),
    (
        r"no such script or region; a language alone is enough in most cases",
        "没有这种文字或地区；多数情况只写语言就够了",
    ),
    (
        r"it is written from top to bottom, which no page or form can be set in here yet",
        "这种文字从上往下写，这里的页面和表格还排不出来",
    ),
    (r"\"languages\" names \"(.*)\"", "“languages”里写了“{0}”"),
    (r"\"languages\" lacks \"zh\"", "“languages”里缺 zh"),
    (
        r"say why, who asks, how long answers are kept and whom to ask",
        "写明为什么问、谁在问、答案留多久、有疑问找谁",
    ),
    (rf"(.+) {QUOTED} exists already on line (\d+)", "{0}“{1}”在第 {2} 行已经有了"),
    (r"every id is used once", "每个编号只用一次"),
    (rf"no answers lead to question {QUOTED}", "怎么答也走不到题目“{0}”"),
    (r"two parts of its conditions exclude each other", "它的条件里有两处互相排斥"),
    *CONDITIONS,
    *INDICATORS,
    # ---------------------------------------------------------------- sections that repeat
    (r"say how many rounds there are at most, up to (\d+)", "写明最多几轮，不超过 {0}"),
    (
        r"nobody is asked for more where \"count\" says how many; delete one of the two",
        "写了 count 就不再问还有没有，两样留一样",
    ),
    (rf"the id {QUOTED} has (\d+) characters, and rounds", "逐轮问的，编号“{0}”有 {1} 个字"),
    (r"at most (\d+): the number of the round stands behind it", "最多 {0} 个字，后面还要加上轮次"),
    (rf"with all rounds of section {QUOTED} there are ([\d,]+) questions", "部分“{0}”各轮都算上，一共 {1} 道题"),
    (r"at most ([\d,]+); take fewer rounds", "最多 {0} 道，少问几轮"),
    (rf"(.+) counts the rounds of {QUOTED}, which does not repeat", "{0}要数“{1}”问了几轮，那一部分不是逐轮问的"),
    (r"(.+): each\(…\) stands for nothing here", "{0}：each(…) 在这里用不上"),
    (
        r"name questions of one section that repeats, in sum, min, max or join: sum\(each\(age\)\)",
        "each 里写同一个逐轮部分的题，外面套 sum、min、max 或 join：sum(each(age))",
    ),
    (rf"(.+) is made for each round of {QUOTED}", "{0}要按“{1}”每轮算一个，没有这样逐轮问的部分"),
    (r"name a section that repeats", "写一个逐轮问的部分"),
    (rf"question {QUOTED} exists already, as a round of another", "题目“{0}”的编号，是另一题某一轮的编号"),
    (
        r"it is asked in rounds; name one, (\w+), or all of them: (.+)",
        "这道题逐轮问：写某一轮的 {0}，或者各轮一起算 {1}",
    ),
    (r"it is the number of a round, known in a section that repeats", "这是轮次，只在逐轮问的部分里有"),
    # ---------------------------------------------------------------- draws
    (r"say how many blocks each person is asked", "写明每个人答几个部分"),
    (rf"draw {QUOTED} has an id that is taken", "抽签“{0}”的编号已经有了"),
    (rf"draw {QUOTED} has the block {QUOTED} twice", "抽签“{0}”里“{1}”写了两次"),
    (rf"draw {QUOTED} takes (\d+) of (\d+) blocks", "抽签“{0}”从 {2} 个部分里抽 {1} 个"),
    (r"take fewer than there are", "抽的要比有的少"),
    (r"(.+) has no parts, or two kinds", "{0}没有写内容，或者写了两种"),
    (r"name sections or questions", "写 sections 或 questions，只写一种"),
    (rf"(.+) names {QUOTED}, which does not exist", "{0}写了“{1}”，没有这一项"),
    (rf"(.+) has the question {QUOTED}, which is in (.+)", "{0}的题目“{1}”已经在{2}里"),
    (r"a question is in one block", "一道题只放在一个部分里"),
    (r"(.+) belongs to a person by an answer that is itself asked by draw", "{0}归不归一个人，看的题本身就是抽着问的"),
    (r"ask it of everybody, before the blocks", "放在前面，人人都问"),
    (
        rf"indicator {QUOTED} needs (\d+) blocks of draw {QUOTED} together \((.+)\), and each person is asked (\d+)",
        "指标“{0}”要同一个人答抽签“{2}”的 {1} 个部分（{3}），可每人只答 {4} 个",
    ),
    (r"make a figure of each block, or draw more", "每个部分各算一个指标，或者多抽几个"),
    # ---------------------------------------------------------------- last: shapes that many sentences have
    (rf"(.+) has {QUOTED}", "{0}有“{1}”"),
    (r"write (.*)", "写成 {0}"),
)  # fmt: skip
