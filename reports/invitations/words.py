"""Every fixed sentence of posters and letters, Chinese first. Placeholders are the same in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

WORDS: Final[Mapping[str, Text]] = {
    # poster
    "headline": Text("扫一扫，说说您的看法", "Scan, and say what you think"),
    "residents_of": Text("致{community}的居民朋友", "To everyone who lives in {community}"),
    "scan": Text("用微信扫一扫，或用手机相机对准二维码", "Scan with WeChat or with the camera of your phone"),
    "or_type": Text("不能扫码的，在浏览器里输入", "No scanner? Type this into a browser"),
    "minutes": Text("大约 {minutes} 分钟", "About {minutes} minutes"),
    "minutes_more": Text("随时可以停，不想答的题可以跳过", "Stop when you like; skip what you do not wish to answer"),
    "anonymous": Text("不问姓名电话", "No name, no number"),
    "anonymous_more": Text("结果只按社区汇总，看不出是谁", "Results are sums by community; nobody is seen in them"),
    "receipt": Text("交了还能改", "Yours to change"),
    "receipt_more": Text("凭回执码可查看、更正或删除", "With your receipt code see, correct or delete your answers"),
    "letter_first": Text(
        "家里收到过调查信的，请扫信上的二维码，不必再扫这里。",
        "If your household received a letter, please use the code in the letter instead of this one.",
    ),
    # letter
    "letter_title": Text("请您家说一说", "Your household was chosen"),
    "dear": Text("尊敬的住户：", "Dear household,"),
    "why": Text(
        "为了解居民的真实看法，我们从{community}的全部住户中随机抽取了一部分，您家是其中一户。被抽中的住户代表着"
        "许多没有被抽中的邻居，别的住户无法代替，所以您家的回答格外重要。",
        "To learn what residents really think, a part of all households of {community} was drawn at random, and yours "
        "is one of them. Each stands for many neighbours who were not drawn; no other household can take its place.",
    ),
    "whom": Text("请哪一位回答：", "Who should answer: "),
    "how": Text("怎样回答：", "How to answer: "),
    "how_more": Text(
        "用微信扫右边的二维码，大约 {minutes} 分钟；这个二维码只供您家使用一次，请不要转发。不方便上网的，"
        "调查员会上门，也可以打下面的电话。",
        "scan the code at the right with your phone; it takes about {minutes} minutes. The code is for your household "
        "and works once; please do not pass it on. If you would rather not use a phone, an interviewer will call, or "
        "ring the number below.",
    ),
    "how_more_untimed": Text(
        "用微信扫右边的二维码；这个二维码只供您家使用一次，请不要转发。不方便上网的，调查员会上门，也可以打下面的电话。",
        "scan the code at the right with your phone. The code is for your household and works once; please do not pass "
        "it on. If you would rather not use a phone, an interviewer will call, or ring the number below.",
    ),
    "when": Text("什么时候：", "When: "),
    "when_more": Text("{period}。", "{period}."),
    "secret": Text("保密：", "Confidential: "),
    "secret_more": Text(
        "答案只用于汇总，看不出是谁。{retention}是否回答，由您决定。",
        "answers are only used in sums, in which nobody is seen. {retention} Whether you answer is up to you.",
    ),
    "secret_more_quoted": Text(
        "答案只用于汇总，看不出是谁；您自己写的话引用时不留名。{retention}是否回答，由您决定。",
        "answers are only used in sums, in which nobody is seen; what you write may be quoted without a name. "
        "{retention} Whether you answer is up to you.",
    ),
    "type_code": Text("扫不了码的，在浏览器里打开", "No scanner? Open in a browser"),
    "then_code": Text("再输入", "and type"),
    "case": Text("住户编号 {number}", "Household {number}"),
    "to_the_household": Text("住户 收", "To the household"),
    # letter to what is no household: a shop, an organisation, somebody of a list
    "letter_title.listed": Text("请您说一说", "You were chosen"),
    "dear.listed": Text("您好：", "Good day,"),
    "why.listed": Text(
        "为了解大家的真实看法，我们从{community}的{unit}名单里随机抽取了一部分，您是其中之一。抽中的代表着许多没有"
        "抽中的，别人无法代替，所以您的回答格外重要。",
        "To learn what people really think, a part of all {unit} of {community} was drawn at random, and you are one "
        "of them. Each stands for many who were not drawn; nobody else can take their place.",
    ),
    "how_more.listed": Text(
        "用微信扫右边的二维码，大约 {minutes} 分钟；这个二维码只供您使用一次，请不要转发。不方便上网的，"
        "可以打下面的电话。",
        "scan the code at the right with your phone; it takes about {minutes} minutes. The code is yours and works "
        "once; please do not pass it on. If you would rather not use a phone, ring the number below.",
    ),
    "how_more_untimed.listed": Text(
        "用微信扫右边的二维码；这个二维码只供您使用一次，请不要转发。不方便上网的，可以打下面的电话。",
        "scan the code at the right with your phone. The code is yours and works once; please do not pass it on. If "
        "you would rather not use a phone, ring the number below.",
    ),
    "case.listed": Text("编号 {number}", "Number {number}"),
    "to_the_household.listed": Text("{unit} 收", "To one of the {unit}"),
    # both
    "contact": Text("咨询", "Questions"),
    "form_number": Text("表号 {value}", "Form {value}"),
    "issuing_body": Text("制定机关 {value}", "Issued by {value}"),
    "approval_number": Text("批准文号 {value}", "Approval {value}"),
    "valid_until": Text("有效期至 {value}", "Valid until {value}"),
}


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key].in_language(language).format(**values)
