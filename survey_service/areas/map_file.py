"""A map of a city, judged against its communities: which property tells them, who is matched, who is missing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from reports.content import Ring
from survey_service.areas.map_words import InMap
from survey_service.outside import maps as outside
from survey_service.outside.maps import OutlinedFeature, OutlinedMap
from survey_service.tabular.problems import TableError, TableProblem, problem
from survey_service.uploads.looked import Looked, Picture, Select

REVIEW_NUMBER: Final = re.compile(r"[A-Z\u4e00-\u9fff]{1,4}S?[（(]20[0-9]{2}[)）][0-9]{1,6}号")
PROPERTY: Final = Text("写代码或名称的属性", "Property with the code or name")
_SHOWN: Final = 200  # rows of a picture
_KINDS: Final = {kind.code: kind for kind in InMap}


@dataclass(frozen=True, slots=True)
class Community:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMap:
    """What a file would store."""

    width: int
    height: int
    outlines: Mapping[str, tuple[Ring, ...]]
    review_number: str
    sha256: str


def read(data: bytes) -> OutlinedMap:
    """Raises TableError with everything that is wrong with the file by itself."""
    found = outside.read(data)
    problems: list[TableProblem] = []
    if found.stopped:
        problems = [problem(InMap.STOPPED)]
    elif found.problems:
        problems = [problem(_KINDS[code], **values) for code, values in found.problems]
    if problems:
        raise TableError("map", problems)
    return found


def judge(
    found: OutlinedMap, communities: Sequence[Community], chosen: str, review_number: str, sha256: str
) -> Looked[NewMap]:
    """``chosen``: the property that tells the communities; "" for the one that tells most of them."""
    names = sorted({name for one in found.features for name in one.properties})
    by_name = {name: _matched(found.features, name, communities) for name in names}
    best = max(names, key=lambda name: (len(set(by_name[name].values())), name == chosen), default="")
    taken = chosen if chosen in by_name else best
    matched = by_name.get(taken, {})
    number = _plain(review_number)
    problems = []
    if number and not REVIEW_NUMBER.fullmatch(number):
        problems.append(problem(InMap.BAD_NUMBER, seen=number[:40]))
    if not matched:
        problems.append(problem(InMap.NONE_MATCHED, names=tuple(names[:12]) or "—"))
    if problems:
        return Looked(problems=problems)
    outlines: dict[str, tuple[Ring, ...]] = {}
    for place, code in matched.items():
        outlines[code] = (*outlines.get(code, ()), *found.features[place].rings)
    stored = NewMap(
        width=found.width,
        height=found.height,
        outlines=dict(sorted(outlines.items())),
        review_number=number.replace("(", "（").replace(")", "）"),
        sha256=sha256,
    )
    return Looked(
        stored=stored,
        summary=_summary(len(communities), len(outlines)),
        remarks=_remarks(stored, len(communities), len(found.features) - len(matched)),
        pictures=_pictures(found.features, matched, communities, taken),
        choices=[
            Select(name="property", label=PROPERTY, chosen=taken, options=[(name, Text(name, name)) for name in names])
        ],
    )


def _plain(text: str) -> str:
    """Without spaces, of full and half width alike."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _matched(features: Sequence[OutlinedFeature], name: str, communities: Sequence[Community]) -> dict[int, str]:
    """Place of a feature -> code of the community that this property of it names, by code, else by a name that one
    community alone has."""
    counts = Counter(_plain(text) for one in communities for text in {one.name, one.name_en} if text)
    known = {
        _plain(text): one.code for one in communities for text in (one.name, one.name_en) if counts[_plain(text)] == 1
    }
    known |= {one.code: one.code for one in communities}
    told = {place: _plain(one.properties.get(name, "")) for place, one in enumerate(features)}
    return {place: known[text] for place, text in told.items() if text in known}


def _summary(count: int, covered: int) -> Text:
    return Text(
        f"{count} 个社区里有 {covered} 个在地图上。",
        f"{covered} of {count} communities {'is' if covered == 1 else 'are'} on the map.",
    )


def _remarks(stored: NewMap, count: int, unknown: int) -> list[Text]:
    said = []
    if len(stored.outlines) < count:
        said.append(
            Text(
                "少了社区，报告里不用地图，仍然一个社区一格。补齐以后再传一次。",
                "With communities missing, reports keep a tile for each. Complete the file and bring it again.",
            )
        )
    if unknown:
        said.append(
            Text(
                f"有 {unknown} 个面对不上社区，不会保存。",
                f"Matching no community, and not kept: {unknown} of the features.",
            )
        )
    if not stored.review_number:
        said.append(
            Text(
                "没有写审图号：地图下面会印“仅供内部使用，不得公开”。",
                "No review number: below the map stands “for internal use only, not to be made public”.",
            )
        )
    return said


def _pictures(
    features: Sequence[OutlinedFeature], matched: Mapping[int, str], communities: Sequence[Community], taken: str
) -> list[Picture]:
    names = {one.code: Text(one.name, one.name_en) for one in communities}
    there = set(matched.values())
    kept = [(code, names[code], features[place].properties[taken]) for place, code in sorted(matched.items())]
    missing = [(one.code, names[one.code]) for one in communities if one.code not in there]
    unknown = [
        (place + 1, one.properties.get(taken, ""), "、".join(one.properties.values())[:80])
        for place, one in enumerate(features)
        if place not in matched
    ]
    code, name = Text("代码", "Code"), Text("社区", "Community")
    made = [
        Picture(
            caption=Text("地图上没有的社区", "Communities that the map does not have"),
            heads=(code, name),
            rows=missing[:_SHOWN],
            of=len(missing),
        ),
        Picture(
            caption=Text("对不上社区的面", "Features that match no community"),
            heads=(Text("第几个", "Number"), Text(taken, taken), Text("全部属性", "All properties")),
            rows=unknown[:_SHOWN],
            of=len(unknown),
        ),
        Picture(
            caption=Text("对上的", "Matched"),
            heads=(code, name, Text("文件里", "In the file")),
            rows=kept[:_SHOWN],
            of=len(kept),
        ),
    ]
    return [picture for picture in made if picture.rows]
