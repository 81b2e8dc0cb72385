"""A place on the earth, as latitude and longitude in degrees (WGS 84), kept no finer than the definition says.

What is finer is rounded away here, before anything is stored: an exact place tells a household.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar, Final

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank
from questionnaires.model import Precision, Question, QuestionType
from questionnaires.text import Text

LATITUDE, LONGITUDE, ACCURACY = "latitude", "longitude", "accuracy"
PARTS: Final[Mapping[str, Text]] = {
    LATITUDE: Text("纬度", "latitude"),
    LONGITUDE: Text("经度", "longitude"),
    ACCURACY: Text("误差（米）", "accuracy in metres"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grain:
    """What is kept at one precision."""

    decimals: int
    least: int  # decimals that at least one of the two numbers has to be given with
    step: int  # metres: the accuracy is kept in steps of this, upwards
    words: Text
    example: str


# place-forms.js has the same of decimals, least and step: change neither without the other.
GRAINS: Final[Mapping[Precision, Grain]] = {
    Precision.KILOMETRE: Grain(
        decimals=2,
        least=2,
        step=100,
        words=Text("只存到约 1 公里", "kept to about 1 km only"),
        example="30.66 104.07",
    ),
    Precision.HUNDRED_METRES: Grain(
        decimals=3,
        least=3,
        step=10,
        words=Text("只存到约 100 米", "kept to about 100 m only"),
        example="30.657 104.066",
    ),
    Precision.EXACT: Grain(
        decimals=6,
        least=4,
        step=1,
        words=Text("会准确存下", "kept exactly"),
        example="30.657421 104.065735",
    ),
}
_FURTHEST: Final = 100_000  # metres: an accuracy beyond this says nothing

# place-forms.js has the same: change neither without the other.
_DEGREES = r"([+-]?[0-9]{1,3}(?:\.[0-9]{0,12})?)"
_BETWEEN = r"(?: *[,;、] *| +)"
_PAIR = re.compile(rf"{_DEGREES}°?{_BETWEEN}{_DEGREES}°?")
_WITH_ACCURACY = re.compile(rf"{_DEGREES}{_BETWEEN}{_DEGREES}{_BETWEEN}([0-9]{{1,7}}(?:\.[0-9]{{0,12}})?)")
# As devices of ODK write it: latitude longitude altitude accuracy.
_OF_DEVICES = re.compile(
    rf"{_DEGREES} {_DEGREES} -?[0-9]{{1,5}}(?:\.[0-9]{{0,12}})? ([0-9]{{1,7}}(?:\.[0-9]{{0,12}})?)"
)
_NAMED = re.compile(rf"(北纬|南纬|纬度|东经|西经|经度|[NSEW])? *:? *{_DEGREES} *(?:°|度)? *([NSEW])?", re.IGNORECASE)
_ALONG: Final = {"北纬": 1, "南纬": -1, "纬度": 1, "N": 1, "S": -1}
_ACROSS: Final = {"东经": 1, "西经": -1, "经度": 1, "E": 1, "W": -1}


class Place(Kind):
    type: ClassVar = QuestionType.PLACE
    fields: ClassVar = ("precision", "because")
    variable: ClassVar = VariableType.PLACE
    faults: ClassVar = frozenset(
        {FindingCode.NOT_A_PLACE, FindingCode.PLACE_OUT_OF_RANGE, FindingCode.PLACE_TOO_COARSE}
    )
    fills: ClassVar = False  # said to the person again it would be figures
    seconds: ClassVar = 8.0

    @property
    def parts(self) -> Mapping[str, Text]:
        return PARTS

    def parse(self, given: Given) -> Own:
        precision, because = given.precision()
        return {"precision": precision, "because": because}

    def reader(self, question: Question) -> Reader:
        grain = GRAINS[question.precision]

        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if single and (value is None or value == ""):
                return NOTHING
            found = _found(" ".join(str(value).split())) if single and isinstance(value, str) else None
            if found is None:
                return None, Fault(FindingCode.NOT_A_PLACE, {"seen": glimpse(raw)})
            latitude, longitude, accuracy = found
            if abs(latitude) > 90 or abs(longitude) > 180:
                return None, Fault(FindingCode.PLACE_OUT_OF_RANGE, {"seen": glimpse(raw)})
            if max(map(_decimals, (latitude, longitude))) < grain.least:
                return None, Fault(FindingCode.PLACE_TOO_COARSE, {"seen": glimpse(raw), "decimals": grain.least})
            return _kept(latitude, longitude, accuracy, grain), None

        return read

    def expected(self, question: Question, language: str) -> str:
        grain = GRAINS[question.precision]
        if language != "en":
            return f"写纬度和经度，先纬度，例如 {grain.example}。" + leave_blank(question, language)
        return f"Write latitude and longitude, latitude first, for example {grain.example}." + leave_blank(
            question, language
        )

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        grain, english = GRAINS[question.precision], language == "en"
        said = self.expected(question, language)
        if code is FindingCode.PLACE_TOO_COARSE:
            return (
                f"Write at least {grain.least} digits after the point. {said}"
                if english
                else f"小数点后至少写 {grain.least} 位。{said}"
            )
        if code is FindingCode.PLACE_OUT_OF_RANGE:
            return (
                f"Latitudes end at 90 degrees, longitudes at 180. {said}"
                if english
                else f"纬度不超过 90 度，经度不超过 180 度。{said}"
            )
        return said

    def rule(self, question: Question) -> Text | None:
        """What page, paper and codebook say: how exactly it is kept, and why where that is exact."""
        grain, because = GRAINS[question.precision], question.because
        zh, en = f"位置{grain.words.zh}", f"The place is {grain.words.en}"
        if because is None:
            return Text(f"{zh}。", f"{en}.")
        others = tuple((tag, f"{zh}：{_sentence(words, '.')}") for tag, words in because.others)
        said = f"{en}: {_sentence(because.en, '.')}" if because.en else ""
        return Text(f"{zh}：{_sentence(because.zh, '。')}", said, others)

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        if not isinstance(answer, str):
            return ""
        parts = parts_of(answer)
        latitude, longitude = parts[LATITUDE], parts[LONGITUDE]
        north, east = not latitude.startswith("-"), not longitude.startswith("-")
        along, across = latitude.lstrip("-"), longitude.lstrip("-")
        if language == "en":
            said = f"{along}° {'N' if north else 'S'}, {across}° {'E' if east else 'W'}"
            return said + (f" (within {parts[ACCURACY]} m)" if ACCURACY in parts else "")
        said = f"{'北纬' if north else '南纬'} {along}°，{'东经' if east else '西经'} {across}°"
        return said + (f"（误差约 {parts[ACCURACY]} 米）" if ACCURACY in parts else "")

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f"a place can only be tested for being there: answered({name})"

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return [GRAINS[question.precision].example]


def parts_of(canonical: str) -> Mapping[str, str]:
    """Latitude, longitude and, where it was told, accuracy of a kept answer."""
    return dict(zip(PARTS, canonical.split(","), strict=False))


def joined(parts: Mapping[str, str]) -> str:
    """An answer of parts that stood in columns of their own; a missing one leaves a text that is no place."""
    told = [parts.get(LATITUDE, ""), parts.get(LONGITUDE, ""), parts.get(ACCURACY, "")]
    return ",".join(told if told[2] else told[:2])


def _found(text: str) -> tuple[Decimal, Decimal, Decimal | None] | None:
    """Latitude, longitude and accuracy of what is written; None where it is no place."""
    if match := _PAIR.fullmatch(text):
        return *_in_order(Decimal(match[1]), Decimal(match[2])), None
    if match := _WITH_ACCURACY.fullmatch(text) or _OF_DEVICES.fullmatch(text):
        return *_in_order(Decimal(match[1]), Decimal(match[2])), Decimal(match[3])
    first, second = _NAMED.match(text), None
    if first is not None:
        second = _NAMED.fullmatch(re.sub(r"^[ ,;、]+", "", text[first.end() :]))
    if first is None or second is None:
        return None
    along, across = _signed(first, _ALONG), _signed(second, _ACROSS)
    if along is None or across is None:
        along, across = _signed(second, _ALONG), _signed(first, _ACROSS)
    return (along, across, None) if along is not None and across is not None else None


def _in_order(first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """Maps in China write the longitude first: a number above 90 in front is one."""
    return (second, first) if abs(first) > 90 and abs(second) <= 90 else (first, second)


def _signed(match: re.Match[str], names: Mapping[str, int]) -> Decimal | None:
    """The number with the sign of the name before or behind it; None where it is named otherwise, twice, or not."""
    told = [name.upper() for name in (match[1], match[3]) if name]
    if len(told) != 1 or told[0] not in names or match[2][0] in "+-":
        return None
    return names[told[0]] * Decimal(match[2])


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # it was read from digits
    return -exponent


def _kept(latitude: Decimal, longitude: Decimal, accuracy: Decimal | None, grain: Grain) -> str:
    unit = Decimal(1).scaleb(-grain.decimals)
    told = [f"{_plain(one.quantize(unit))}" for one in (latitude, longitude)]
    if accuracy is not None and 0 < accuracy <= _FURTHEST:
        told.append(str(int((accuracy / grain.step).to_integral_value(ROUND_CEILING)) * grain.step))
    return ",".join(told)


def _plain(number: Decimal) -> Decimal:
    return abs(number) if number == 0 else number


def _sentence(words: str, stop: str) -> str:
    return words if words.rstrip().endswith(("。", ".", "！", "？")) else f"{words}{stop}"


KIND = Place()
