"""What stands around the figures: dates, fieldwork, the method, the release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from analysis.results import IntervalMethod
from questionnaires.formalities import CIRCULATIONS, LEGAL_KINDS, Circulation, LegalKind
from reports.content import Imprint, Method, Sample
from reports.wording.figures import count, written
from reports.wording.phrases import METHODS, MODES, say

PRODUCER: Final = "survey-service"
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ALIKE_LEAST: Final = 3  # so many definitions of one pattern are told together
QUOTED: Final = re.compile(r"“[^“”]*”")
LANGUAGE_TAGS: Final = {"zh": "zh-CN", "en": "en"}


def day(on: date, language: str) -> str:
    """2026年9月1日; 1 September 2026. The composer sets the gaps around figures."""
    return f"{on.year}年{on.month}月{on.day}日" if language == "zh" else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def period(start: date, end: date, language: str) -> str:
    """2026年9月1日至20日; what both days share is said once."""
    if start == end:
        return day(start, language)
    same_month = (start.year, start.month) == (end.year, end.month)
    if language == "zh":
        if same_month:
            return f"{day(start, language)}至{end.day}日"
        return (
            f"{day(start, language)}至{end.month}月{end.day}日"
            if start.year == end.year
            else (f"{day(start, language)}至{day(end, language)}")
        )
    if same_month:
        return f"{start.day}–{day(end, language)}"
    if start.year == end.year:
        return f"{start.day} {MONTHS[start.month - 1]} – {day(end, language)}"
    return f"{day(start, language)} – {day(end, language)}"


def rate(value: float | None, language: str) -> str:
    """63.5%, rounded as on the pages of the service, so that both say one number."""
    return say(language, "unknown") if value is None else f"{written(value * 100, 1)}%"


def meta(sample: Sample | None, language: str) -> str:
    """The facts below the title, e.g. 有效问卷 212 份，应答率 63.5%."""
    if sample is None:
        return ""
    valid, share = count(sample.rates.valid), response(sample)
    if share is None:
        return say(language, "valid_only", valid=valid)
    phrase = "valid_and_rate" if sample.outcomes_recorded else "valid_and_share"
    return say(language, phrase, valid=valid, rate=rate(share, language))


def of_whom(method: Method, language: str) -> tuple[str, ...]:
    """调查对象：常住 18 岁及以上，含流动人口. Nothing where it was not written down."""
    text = method.population.in_language(language).strip().rstrip("。.")
    return (say(language, "of_whom", text=text),) if text else ()


def response(sample: Sample) -> float | None:
    """AAPOR RR3 in 0..1, or the share that completed where no outcomes were recorded; None where nothing is known."""
    if sample.outcomes_recorded:
        return sample.rates.rr3
    return sample.rates.completed / sample.rates.sampled if sample.rates.sampled else None


def statutory(imprint: Imprint, language: str) -> tuple[tuple[str, str], ...]:
    """The lines of the statutory header that are filled in."""
    header = imprint.header
    valid_until = day(header.valid_until, language) if header.valid_until else ""
    kind = LEGAL_KINDS[header.legal_kind].in_language(language)
    circulation = CIRCULATIONS[header.circulation].in_language(language)
    lines = (
        ("form_number", header.form_number),
        ("issuing_body", header.issuing_body),
        ("approval_number", header.approval_number),
        ("valid_until", valid_until),
        ("legal_kind", kind if header.legal_kind is not LegalKind.UNSTATED else ""),
        (
            "circulation",
            circulation if header.circulation is not Circulation.UNSTATED else "",
        ),
    )
    return tuple((say(language, key), text) for key, text in lines if text)


def mode_name(mode: str, language: str) -> str:
    """A collection mode in words; an unknown one as it is written."""
    return MODES[mode].in_language(language) if mode in MODES else mode


def short_check(digest: str) -> str:
    """The first twelve digits of a SHA-256 in fours: what fits a foot line."""
    head = digest[:12].upper()
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))


def full_check(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def interval_method(method: IntervalMethod, language: str) -> str:
    return METHODS[method].in_language(language)


def sentence(text: str, language: str) -> str:
    """The text with one full stop at its end."""
    stop = say(language, "stop")
    return text if not text or text.endswith(("。", ".", "！", "？")) else text + stop


def how_made(method: Method, interval: IntervalMethod, language: str) -> tuple[str, ...]:
    """Of whom, how chosen, how weighted, what the interval counts: one paragraph each."""
    space = "" if language == "zh" else " "
    about = (("made_population", method.population), ("made_frame", method.frame))
    written = [(what, text.in_language(language).rstrip("。.")) for what, text in about]
    whom = space.join(say(language, what, text=text) for what, text in written if text)  # a blank is no sentence
    interval_name = say(language, "made_interval", method=interval_method(interval, language))
    variance = sentence(method.variance.in_language(language), language)
    paragraphs = (
        whom,
        sentence(method.selection.in_language(language), language),
        sentence(method.weighting.in_language(language), language),
        f"{interval_name}{space}{variance}",
    )
    return tuple(text for text in paragraphs if text)


def alike_together(entries: Sequence[tuple[str, str]], language: str) -> tuple[tuple[str, str], ...]:
    """Definitions that differ only in what they are about, said once; the others as they are.

    The entry of such a family has no term: 以下各项：对“…”作出评价者中，……。“…”处：背街小巷保洁（背街小巷的保洁）、……
    """
    families: dict[str, list[tuple[str, str, str]]] = {}
    for term, text in entries:
        found = QUOTED.search(text)
        part = found.group()[1:-1] if found else ""
        frame = QUOTED.sub("“…”", text, count=1) if found else text
        families.setdefault(frame, []).append((term, text, part))
    result: list[tuple[str, str]] = []
    for frame, members in families.items():
        if len(members) < ALIKE_LEAST or "“…”" not in frame:
            result += [(term, text) for term, text, _ in members]
            continue
        parts = [
            term if same_words(part, term) else say(language, "item_is", name=term, part=part)
            for term, _, part in members
        ]
        listed = say(language, "enumeration").join(parts) + say(language, "stop")
        result.append(("", say(language, "items_alike", definition=frame, parts=listed)))
    return tuple(result)


def meaning_of_all(definitions: Sequence[str], language: str) -> str:
    """What each of several figures is, where their definitions differ in nothing but what they are about, else "":
    对该项作出评价者中，“满意”或“基本满意”者所占比重. Whose answers are left out stands in the definitions."""
    frames = {QUOTED.sub("“…”", text, count=1) for text in definitions}
    if len(definitions) < 2 or len(frames) != 1 or "“…”" not in (frame := frames.pop()):
        return ""
    said = frame.replace("“…”", say(language, "that_item"))
    return re.split("[；;]", said)[0].rstrip("。. ")


def same_words(one: str, other: str) -> bool:
    """背街小巷的保洁 and 背街小巷保洁: particles make no difference, nor what stands before or after."""
    first, second = (re.sub("[的与和、]", "", text) for text in (one, other))
    return first in second or second in first


def sample_notes(sample: Sample, language: str, *, with_e: bool = True) -> tuple[str, ...]:
    """How the response rate was computed, and what is left out of the estimates. ``with_e``: with the share that is
    taken as eligible."""
    notes = []
    if not sample.outcomes_recorded:
        notes.append(say(language, "outcomes_unrecorded"))
    elif with_e:
        notes += e_note(sample, language)
    notes += asked_by(sample, language)
    if sample.open_responses:
        notes.append(say(language, "open_note", count=count(sample.open_responses)) + bursts(sample, language))
    return tuple(notes)


def e_note(sample: Sample, language: str) -> tuple[str, ...]:
    """With which share of cases of unknown eligibility the response rate was made."""
    if not sample.outcomes_recorded or sample.rates.e is None or sample.rates.rr3 is None:
        return ()
    return (say(language, "e_note", e=written(sample.rates.e, 3)),)


def asked_by(sample: Sample, language: str) -> tuple[str, ...]:
    """Which share of the interviews was made by those who are judged; nothing where it is not known of anybody."""
    if sample.asked_by is None:
        return ()
    asked = sample.asked_by
    counts = {"known": count(asked.known), "own": count(asked.own), "rate": rate(asked.own / asked.known, language)}
    if asked.known == asked.interviews:
        return (say(language, "asked_by_own", **counts),)
    return (say(language, "asked_by_own_partly", unknown=count(asked.interviews - asked.known), **counts),)


def bursts(sample: Sample, language: str) -> str:
    """How many of the open answers came in heaps, which one hand may have sent; nothing where none did."""
    if not sample.open_in_bursts:
        return ""
    gap = "" if language == "zh" else " "
    return gap + say(language, "open_burst_note", count=count(sample.open_in_bursts))
