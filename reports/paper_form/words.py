"""Every fixed sentence on the form, Chinese first. Placeholders are the same in both languages; a test holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

WORDS: Final[Mapping[str, Text]] = {
    "page": Text("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "serial": Text("问卷编号", "Serial"),
    "form_number": Text("表　　号", "Form no."),
    "issuing_body": Text("制定机关", "Issued by"),
    "approval_number": Text("批准文号", "Approval no."),
    "valid_until": Text("有效期至", "Valid until"),
    "legal_kind": Text("调查性质", "Kind"),
    "poll": Text("民意调查，自愿填写", "Opinion poll, voluntary"),
    "need_not": Text("可以不填，也可以跳过不想答的题。", "You may leave it, or skip what you do not wish to answer."),
    "colon": Text("：", ": "),
    "return_both": Text("请在{day}以前交回{body}。", "Please return this form to {body} by {day}."),
    "return_day": Text("请在{day}以前交回。", "Please return this form by {day}."),
    "return_body": Text("请交回{body}。", "Please return this form to {body}."),
    "case": Text("样本编号 {number}", "Case {number}"),
    "open": Text("自愿填写，不属于抽样样本", "Filled in by whoever wishes; not part of the sample"),
    "minutes": Text("大约需要 {minutes} 分钟。", "It takes about {minutes} minutes."),
    "body": Text("调查由{body}组织。", "Asked by: {body}."),
    "how_to_tick": Text("用黑色或蓝色的笔，在选中的方框里打勾：", "With a black or blue pen, tick the box you choose:"),
    "how_to_correct": Text(
        "选错了，把那个方框涂满，再勾对的：", "Chose wrongly? Fill that box and tick the right one:"
    ),
    "how_to_skip": Text(
        "请不要折叠，不要涂画四角的黑方块和二维码。",
        "Please do not fold, and leave the corner marks and the code clean.",
    ),
    "other_number": Text("项数不符的，本题不计。", "Any other number is not counted."),
    "by_name": Text("请写名称。", "Please write the name."),
    "write_code": Text("{label}的写 {code}。", "For “{label}” write {code}."),
    "by_code": Text("在格子里写选项的代码。", "Write the codes of the options into the boxes."),
    "by_rank": Text(
        "有重复的、有空着的，本题不计。", "With a code twice or a box left empty the question is not counted."
    ),
    "rank": Text("第 {rank} 位", "Rank {rank}"),
    "other": Text("{label}，请写明", "{label}, please specify"),
    "drawn_own": Text(
        "下面有几部分由抽签定。请照这里列的先后，只答其中该您答的头 {take} 个，别的不用答：",
        "The parts below are chosen by lot. In the order listed here, answer only the first {take} that apply to you:",
    ),
    "drawn_fixed": Text(
        "下面有几部分由抽签定。这一份只请答这里列的 {take} 个，别的不用答：",
        "The parts below are chosen by lot. On this form answer only the {take} listed here:",
    ),
    "drawn_number": Text("（第 {first} 题）", " (question {first})"),
    "drawn_numbers": Text("（第 {first} 至 {last} 题）", " (questions {first} to {last})"),
    "skip": Text("选{options}者跳至第 {number} 题", "If {options}, go to question {number}"),
    "skip_end": Text("选{options}者到此结束，谢谢您", "If {options}, this is the end; thank you"),
    "quoted": Text("“{label}”", "“{label}”"),
    "or": Text("或", " or "),
    "only_if": Text("（限{who}回答）", "(Only for those for whom: {who})"),
    "chose": Text("第 {number} 题选{options}者", "question {number} is {options}"),
    "not_chose": Text("第 {number} 题没有选{options}者", "question {number} is not {options}"),
    "chose_else": Text("第 {number} 题选{options}以外的答案者", "question {number} is answered, but not {options}"),
    "chose_or_blank": Text("第 {number} 题选{options}或者没有作答者", "question {number} is {options} or not answered"),
    "answered": Text("第 {number} 题已作答者", "question {number} is answered"),
    "not_answered": Text("第 {number} 题未作答者", "question {number} is not answered"),
    "compare": Text("第 {number} 题{sign} {value} 者", "question {number} is {sign} {value}"),
    "compare_or_blank": Text(
        "第 {number} 题{sign} {value} 或者没有作答者", "question {number} is {sign} {value} or not answered"
    ),
    "bracketed": Text("（{who}）", "({who})"),
    "relation": Text("{left}{sign}{right}者", "{left} is {sign} {right}"),
    "value": Text("第 {number} 题", "question {number}"),
    "count": Text("第 {number} 题选的项数", "the number of choices in question {number}"),
    "sum": Text("{parts}之和", "the sum of {parts}"),
    "years_between": Text("{first}到{last}的周年数", "the full years from {first} to {last}"),
    "if": Text("{who}计{then}，其余计{otherwise}", "{then} if {who}, else {otherwise}"),
    "floor": Text("{first}去掉小数", "{first} without its decimals"),
    "mod": Text("{first}除以{last}的余数", "what is left of {first} by {last}"),
    "min": Text("{parts}中最小的", "the least of {parts}"),
    "max": Text("{parts}中最大的", "the greatest of {parts}"),
    "days_between": Text("{first}到{last}的天数", "the days from {first} to {last}"),
    "length": Text("{first}的字数", "the number of characters of {first}"),
    "number": Text("{first}", "{first}"),
    "join": Text("{parts}连在一起", "{parts} one behind the other"),
    "fits": Text("{left}的写法是 {form} 者", "{left} has the form {form}"),
    "listed": Text("、", ", "),
    "form_of_text": Text("第 {number} 题写的是{form}者", "question {number} is {form}"),
    "form_telephone": Text("电话号码", "a telephone number"),
    "form_mobile": Text("手机号码", "a mobile number"),
    "form_landline": Text("固定电话号码", "a landline number"),
    "form_postal_code": Text("邮政编码", "a postal code"),
    "form_code": Text("字母和数字组成的代码", "a code of letters and digits"),
    "and_who": Text("、并且", " and "),
    "or_who": Text("，或者", ", or "),
    "not_who": Text("不属于“{who}”者", "not ({who})"),
    # the cover sheet of a batch
    "cover": Text("问卷封面（第 {number} 批）", "Cover sheet, batch {number}"),
    "cover_wave": Text("调查期", "Wave"),
    "cover_community": Text("社区", "Community"),
    "cover_count": Text("份数", "Forms"),
    "cover_serials": Text("编号范围", "Serials"),
    "cover_mode": Text("性质", "Kind"),
    "cover_sampled": Text("抽样样本，一户一份，按样本编号发", "Sampled cases: one form each, by case number"),
    "cover_language": Text("语言", "Languages"),
    "cover_large": Text("大字版", "large print"),
    "cover_paper": Text("纸张", "Paper"),
    "cover_printed": Text("每份 {pages} 页，双面印 {sheets} 张", "{pages} pages each; {sheets} sheets, both sides"),
    "cover_step": Text("环节", "Step"),
    "cover_forms": Text("份数", "Forms"),
    "cover_exceptions": Text("编号（有例外的写明）", "Serials (write the exceptions)"),
    "cover_name": Text("签名", "Signature"),
    "cover_date": Text("日期", "Date"),
    "cover_handed_out": Text("发出", "Handed out"),
    "cover_returned": Text("收回", "Returned"),
    "cover_spoiled": Text("作废", "Spoiled"),
    "cover_missing": Text("缺失", "Missing"),
    "cover_hint": Text(
        "发出的份数＝收回＋作废＋缺失。作废、缺失的逐份写明编号，连同本页一起交回。",
        "Handed out = returned + spoiled + missing. Write down each spoiled or missing serial; return this page too.",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key].in_language(language).format(**values)
