"""What keeps a draft wave from opening, and what its manager should know before: each with its way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from questionnaires.formalities import Circulation, LegalKind
from questionnaires.indicators import SHARES, Indicator, Sense
from questionnaires.lists import EntryFault, to_fill
from questionnaires.model import Header, ListSource, Questionnaire
from questionnaires.named_codes import without_entry
from questionnaires.readiness import Blank, Reason, effective_header, ready_to_open
from questionnaires.text import Text
from survey_service.models import Mode, Survey, Wave
from survey_service.surveys import definitions, filling, queries
from survey_service.surveys.hotline_gaps import gaps
from survey_service.surveys.wave_lists import Entries
from survey_service.surveys.wave_targets import by_indicator
from survey_service.web.pages import format_date

CASE_MODES = frozenset({Mode.WEB_INVITED.value, Mode.PAPER.value, Mode.FACE_TO_FACE.value, Mode.TELEPHONE.value})
"""Modes by which sampled households answer: a wave that names one needs cases."""
MOST_CODES: Final = 5  # in one sentence
FROM_ABROAD: Final = "from_abroad"
"""In the header of a wave, yes or no: whether somebody abroad commissions it, pays for it or receives its results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One thing to do before a wave may open: what, why, and the page where it is done."""

    title: Text
    why: Text
    label: Text  # of the button
    address: str  # below the wave's own address; or from the survey's where it begins with ../

    def describe(self, language: str) -> str:
        return self.title.in_language(language)


def header_of(wave: Wave) -> Header:
    """The statutory fields that the wave supplies where its questionnaire leaves them blank."""
    given = wave.header
    valid_until = given.get("valid_until")
    return Header(
        form_number=str(given.get("form_number") or ""),
        issuing_body=str(given.get("issuing_body") or ""),
        approval_number=str(given.get("approval_number") or ""),
        valid_until=date.fromisoformat(valid_until) if valid_until else None,
        legal_kind=LegalKind(given.get("legal_kind") or LegalKind.UNSTATED),
        circulation=Circulation(given.get("circulation") or Circulation.UNSTATED),
    )


_ABROAD: Final = Blocker(
    title=Text(
        "这一期有境外的人委托、出钱或者拿结果。",
        "Somebody abroad commissions this wave, pays for it or receives its results.",
    ),
    why=Text(
        "这是涉外调查：要由有涉外调查许可证的机构报批以后做，不能当作本地的调查开始。",
        "It is a foreign-related survey, for a licensed body with its own approval, and does not open here.",
    ),
    label=Text("改这一条", "Change this"),
    address=f"/edit#{FROM_ABROAD}",
)


def blockers(session: Session, survey: Survey, wave: Wave, *, on: date) -> tuple[Blocker, ...]:
    """What keeps a draft from opening on that day; empty when nothing does."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    lists = filling.of_the_wave(session, survey, wave, questionnaire)
    questionnaire, faults = filling.as_far_as_it_fits(questionnaire, lists)
    blanks = ready_to_open(questionnaire, header_of(wave), on)
    found = [_blank(blank) for blank in blanks if blank.reason is not Reason.NO_ENTRIES]
    found += _of_lists(questionnaire, lists, faults)
    found += _of_codes(questionnaire)
    if wave.closes_on < on:
        found.append(
            Blocker(
                title=Text("最后一天已经过了。", "The last day has passed."),
                why=Text(
                    "开始了也收不到答卷：过了这一天 24:00，手机上就不再收。", "No answer could be taken any more."
                ),
                label=Text("改日期", "Change the dates"),
                address="/edit#closes_on",
            )
        )
    if wave.header.get(FROM_ABROAD) == "yes":
        found.append(_ABROAD)
    if not queries.has_communities(session, survey, wave):
        found.append(
            Blocker(
                title=Text("这一期的地区里没有社区。", "There is no community in the areas of this wave."),
                why=Text(
                    "没有社区，就没有样本，也没有二维码。", "Without a community there is neither sample nor code."
                ),
                label=Text("看看地区", "Look at the areas"),
                address="/edit#areas",
            )
        )
    if CASE_MODES & set(wave.modes) and not queries.has_cases(session, wave):
        found.append(
            Blocker(
                title=Text("还没有样本。", "There is no sample yet."),
                why=Text(
                    "这一期要入户、寄信或发纸质问卷，先要抽出样本，每一个都记着抽中的概率。",
                    "Visits, letters and paper forms need sampled households, each with its probability.",
                ),
                label=Text("放进样本", "Add the sample"),
                address="/cases",
            )
        )
    return tuple(found)


def _of_lists(
    questionnaire: Questionnaire, lists: Mapping[str, Entries], faults: Sequence[EntryFault]
) -> Iterator[Blocker]:
    """A line for each list that is empty, or has entries that cannot be asked as they are."""
    for one in to_fill(questionnaire):
        wrong = [fault for fault in faults if fault.list_id == one.id]
        zh, en = one.title.zh, one.title.in_language("en")
        if not wrong:
            continue
        if lists[one.id]:
            title = Text(f"名单“{zh}”里有 {len(wrong)} 处要改。", f"The list “{en}” has {len(wrong)} faults.")
            yield Blocker(
                title=title,
                why=wrong[0].message,
                label=Text("看名单", "Look at the list"),
                address=f"/lists/{one.id}",
            )
        elif one.source is ListSource.AREAS:
            yield Blocker(
                title=Text(f"名单“{zh}”是空的。", f"The list “{en}” is empty."),
                why=Text(
                    "它照地区表列，而这个调查的地区里没有这一级。请系统管理员导入地区。",
                    "It is made of the areas; this survey has none of that kind. The administrator imports them.",
                ),
                label=Text("看名单", "Look at the list"),
                address=f"/lists/{one.id}",
            )
        else:
            yield Blocker(
                title=Text(f"名单“{zh}”还没有内容。", f"The list “{en}” has no entries yet."),
                why=Text(
                    "居民要从这张名单里选。下载模板，填好传上来，或者一项一项地加。",
                    "People choose from this list. Fill in the template and bring it in, or add one entry at a time.",
                ),
                label=Text("填名单", "Fill in the list"),
                address=f"/lists/{one.id}",
            )


def _of_codes(questionnaire: Questionnaire) -> Iterator[Blocker]:
    """A line for each list that lacks codes which the questionnaire names."""
    lists = {one.id: one for one in questionnaire.lists}
    for list_id, codes in without_entry(questionnaire).items():
        zh, en = lists[list_id].title.zh, lists[list_id].title.in_language("en")
        yield Blocker(
            title=Text(
                f"名单“{zh}”里没有代码{'、'.join(f'“{code}”' for code in codes[:MOST_CODES])}。",
                f"The list “{en}” has no code {', '.join(codes[:MOST_CODES])}.",
            ),
            why=Text(
                "问卷的条件或指标用到它：没有这一项，就永远数不到。给那一项写上这个代码，或者换一版问卷。",
                "Conditions or figures name it and would never count anybody. Give that entry this code, or change the "
                "questionnaire.",
            ),
            label=Text("看名单", "Look at the list"),
            address=f"/lists/{list_id}",
        )


def _blank(blank: Blank) -> Blocker:
    title = Text(blank.describe("zh"), blank.describe("en"))
    kind, _, name = blank.field.partition(".")
    if kind == "notice":
        return Blocker(
            title=title,
            why=Text(
                "居民作答前必须看到这一条。它写在问卷文件的 notice 里：传一版新的，再在这一期里换上。",
                "Residents must be told before they answer. It stands under notice in the questionnaire file: store "
                "a new version, then choose it here.",
            ),
            label=Text("传一版新问卷", "Store a new version"),
            address="../questionnaires/new",
        )
    if blank.reason is Reason.UNFILLED:
        return Blocker(
            title=title,
            why=Text(
                "这一处要由本市写：单位名称、本市的规定、对的答案。把问卷文件取下来，填好，传一版新的，再在这一期里换上。",
                "Only the city can write this: names of units, its rules, right answers. Take the file, fill it in, "
                "store it as a new version, then choose it here.",
            ),
            label=Text("传一版新问卷", "Store a new version"),
            address="../questionnaires/new",
        )
    if blank.reason is Reason.EXPIRED:
        why = Text("问卷上印的批准或备案必须在有效期内。", "The approval printed on the form must be in force.")
        label = Text("填新的有效期", "Enter a new date")
    else:
        why = Text("依法要印在问卷上，不能空。", "By law it is printed on the form.")
        label = Text(f"填{blank.label.zh}", f"Enter: {blank.label.en.lower()}")
    return Blocker(title=title, why=why, label=label, address=f"/edit#{name}")


@dataclass(frozen=True, slots=True)
class Reminder:
    """Nothing that stops a wave, but what its manager should know before it opens."""

    text: Text
    address: str  # below the wave's own address


def reminders(session: Session, wave: Wave, *, on: date) -> tuple[Reminder, ...]:
    """Targets no sample can show, a day that is not yet, rates nobody has written down."""
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    found = []
    targets = by_indicator(questionnaire, wave.targets)
    impossible = [one.name for one in questionnaire.indicators if _never_shown(one, targets.get(one.id))]
    if impossible:
        zh, en = "、".join(name.zh for name in impossible), ", ".join(name.en for name in impossible)
        found.append(
            Reminder(
                Text(
                    f"{zh}的目标是 100%：抽样调查永远证明不了 100%，报告里只会是“未达标”或“尚不能判定”。",
                    f"{en}: the target is 100 %. No sample can show that: reports say “not reached” or “cannot tell”.",
                ),
                "/edit#targets",
            )
        )
    if not wave.header.get(FROM_ABROAD):
        found.append(
            Reminder(
                Text(
                    "没有写明有没有境外的人委托、出钱或者拿结果；有的话，是涉外调查，要另外报批。",
                    "Not stated whether somebody abroad commissions, pays for or receives this; if so it needs an "
                    "approval of its own.",
                ),
                f"/edit#{FROM_ABROAD}",
            )
        )
    if on < wave.opens_on:
        zh, en = format_date(wave.opens_on, "zh"), format_date(wave.opens_on, "en")
        found.append(
            Reminder(
                Text(
                    f"第一天是{zh}，还没有到；早开始，就早收答卷。",
                    f"The first day is {en}; opening takes answers at once.",
                ),
                "/edit#opens_on",
            )
        )
    lacking = gaps(effective_header(questionnaire, header_of(wave)), questionnaire.notice)
    if lacking:
        zh, en = "；".join(one.zh for one in lacking), "; ".join(one.en for one in lacking)
        found.append(
            Reminder(
                Text(
                    f"热线答问里还缺：{zh}。居民打电话来，接的人答不上。",
                    f"The answers for the hotline lack: {en}. Whoever takes the calls cannot tell.",
                ),
                "/invitations/hotline",
            )
        )
    if CASE_MODES & set(wave.modes) and not wave.plan.get("response_rate"):
        found.append(
            Reminder(
                Text(
                    "没有写预计应答率，算不出每个社区大约收多少份、够不够发布。",
                    "No response rate is expected, so nobody can say how many answers a community will give.",
                ),
                "/edit#response_rate",
            )
        )
    return tuple(found)


def _never_shown(indicator: Indicator, target: Mapping[str, Any] | None) -> bool:
    """Whether only a complete enumeration could show the target as reached: a share of all, or of none."""
    if indicator.kind not in SHARES:
        return False
    own = indicator.target
    value = target["value"] if target else own.value if own else None
    sense = target["sense"] if target else own.sense.value if own else ""
    return value is not None and ((sense == Sense.AT_LEAST and value >= 1) or (sense == Sense.AT_MOST and value <= 0))


def in_words(found: Sequence[Blocker]) -> tuple[str, str]:
    """One sentence in Chinese and one in English, for the error that refuses to open."""
    return (
        "这一期还不能开始：" + "".join(one.title.zh for one in found),
        "This wave cannot open yet: " + " ".join(one.title.en for one in found),
    )
