"""What a finding says to the person who can mend it: what is expected, in plain words, never what they did wrong."""

from __future__ import annotations

from questionnaires.answer_forms import FindingCode
from questionnaires.answers import Finding
from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire


def describe(finding: Finding, questionnaire: Questionnaire, language: str = "zh") -> str:
    """One or two sentences in Chinese ("zh") or English ("en")."""
    zh = language != "en"
    if finding.code is FindingCode.CONTRADICTION:
        for contradiction in questionnaire.contradictions:
            if contradiction.id == finding.parameters.get("id"):
                return contradiction.message.in_language(language)
    question = next((one for one in questionnaire.questions() if one.id == finding.question), None)
    if question is None:
        return _about_the_form(finding, zh)
    return _about_a_question(finding, question, language)


def _about_the_form(finding: Finding, zh: bool) -> str:
    if finding.code is FindingCode.UNKNOWN_VARIABLE:
        seen = finding.parameters.get("seen", finding.variable)
        return f"这份问卷里没有“{seen}”这一题。" if zh else f"This questionnaire has no question “{seen}”."
    return "这份答卷太大，收不下。请重新打开页面再答。" if zh else "These answers are too large. Open the page again."


def _about_a_question(finding: Finding, question: Question, language: str) -> str:
    zh = language != "en"
    given = finding.parameters
    kind = kind_of(question)
    if finding.code in kind.faults:
        return kind.fault(finding.code, given, question, language)
    match finding.code:
        case FindingCode.TOO_LONG:
            limit, length = given.get("limit"), given.get("length")
            if zh:
                return f"最多写 {limit} 个字，现在是 {length} 个字，请删去一些。"
            return f"At most {limit} characters; there are {length} now. Please shorten it."
        case FindingCode.NOT_A_TEXT:
            return "请用文字写。" if zh else "Please answer in words."
        case FindingCode.UNKNOWN_MISSING:
            return "没有答的，请留空。" if zh else "Leave it blank if there is no answer."
        case FindingCode.REQUIRED:
            return kind.expected(question, language)
        case FindingCode.OFF_PATH:
            if zh:
                return "照前面的答案，这道题不用答，这里却有答案。请再看一眼前面的题和这道题。"
            return "By the earlier answers this question is not asked, yet it is answered. Please look at both again."
        case _:
            return (
                "这几道题的答案对不上，请再看一眼。" if zh else "These answers hardly go together. Please look again."
            )
