"""Indices of a survey over its waves and instruments: named, made of figures that were published, and signed.

An index is data of the survey: its name, where its weights come from, and its parts, each an indicator of a wave by
name. It is computed from the newest release of every wave as that was signed, in printed digits, so that nothing
follows from it that its parts do not tell (decision 0158). What is signed is a file, kept by its hash; the audit log
says who signed which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil, floor
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.composite import PublishedPart, check_weights, composed
from questionnaires.canonical_json import canonical_text
from questionnaires.figures import in_digits
from questionnaires.text import Text
from survey_service import audit
from survey_service.models import Account, AuditEntry, Case, Release, Survey, Wave
from survey_service.releases import queries
from survey_service.releases.signed_records import signed_record
from survey_service.surveys import definitions

IN_METHOD: Final = "indices"  # of ``Survey.method``
SIGNED: Final = "survey.index_signed"
KEPT: Final = "survey.index_kept"
MOST_PARTS: Final = 20
_NOISE: Final = 1e-9
Domain = tuple[tuple[str, str], ...]
CellsOfWave = Mapping[Domain, Mapping[str, Mapping[str, Any]]]
"""By area and indicator the cells as a release keeps them."""


@dataclass(frozen=True, slots=True)
class IndexPart:
    wave: str
    indicator: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyIndex:
    key: str
    name: Text
    source: str  # where the weights come from
    parts: tuple[IndexPart, ...]

    @property
    def plain(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": {"zh": self.name.zh, "en": self.name.en},
            "source": self.source,
            "parts": [{"wave": one.wave, "indicator": one.indicator, "weight": one.weight} for one in self.parts],
        }

    @property
    def lines(self) -> str:
        """The parts as they stand in the box of the form."""
        return "\n".join(f"{one.wave} {one.indicator} {in_digits(one.weight)}" for one in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """One part: what it is, from which release, or why there is none yet."""

    part: IndexPart
    wave: Text
    indicator: Text
    release: str  # number; empty where nothing was released
    trouble: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One area. Without a figure where a part of it is missing or hidden."""

    domain: Domain
    value: str
    interval: str
    parts: tuple[str, ...]  # as each was printed, on the scale 0 to 100; — where it was not


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexShown:
    index: SurveyIndex
    parts: tuple[PartShown, ...]
    lines: tuple[IndexLine, ...]
    shared: bool  # samples have units in common: the errors were added
    text: str  # canonical: what is signed

    @property
    def whole(self) -> bool:
        return all(one.trouble is None for one in self.parts)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Signature:
    sha256: str
    by: str
    at: datetime


def indices_of(survey: Survey) -> tuple[SurveyIndex, ...]:
    return tuple(
        SurveyIndex(
            key=one["key"],
            name=Text(one["name"]["zh"], one["name"]["en"]),
            source=one["source"],
            parts=tuple(IndexPart(part["wave"], part["indicator"], float(part["weight"])) for part in one["parts"]),
        )
        for one in survey.method.get(IN_METHOD, ())
    )


def keep(session: Session, survey: Survey, index: SurveyIndex, *, at: datetime, by: audit.Actor) -> None:
    """A new index, or the one of that key as it is now. Its signatures are of what they were of."""
    others = [one.plain for one in indices_of(survey) if one.key != index.key]
    survey.method = {**survey.method, IN_METHOD: sorted([*others, index.plain], key=lambda one: str(one["key"]))}
    audit.record(session, survey_id=survey.id, at=at, by=by, action=KEPT, record=_record(index.key))


def sign(session: Session, survey: Survey, shown: IndexShown, sha256: str, *, at: datetime, by: audit.Actor) -> None:
    """``sha256``: under which the file of the figures was stored."""
    numbers = [one.release for one in shown.parts]
    detail = {"sha256": sha256, "releases": numbers}
    audit.record(
        session, survey_id=survey.id, at=at, by=by, action=SIGNED, record=_record(shown.index.key), detail=detail
    )


def signatures(session: Session, survey: Survey) -> dict[str, Signature]:
    """The newest signature of every index, by its key."""
    rows = session.execute(
        select(AuditEntry, Account.name)
        .join(Account, Account.id == AuditEntry.by_account_id)
        .where(AuditEntry.chain == str(survey.id), AuditEntry.action == SIGNED)
        .order_by(AuditEntry.sequence)
    )
    return {
        entry.record.removeprefix(_record("")): Signature(entry.detail["sha256"], name, entry.at)
        for entry, name in rows
    }


def _record(key: str) -> str:
    return f"index {key}"


# ---------------------------------------------------------------- what is typed


def read_parts(text: str, waves: Mapping[str, Iterable[str]]) -> tuple[tuple[IndexPart, ...], Text | None]:
    """One part a line: wave, indicator, weight. ``waves``: the survey's, each with the ids of its indicators."""
    parts: list[IndexPart] = []
    for number, line in enumerate(filter(None, (one.strip() for one in text.split("\n"))), start=1):
        words = line.replace("，", " ").replace(",", " ").replace("\u3000", " ").split()
        if len(words) != 3:
            return (), _at(number, "要写三样：哪一期、哪个指标、权重", "write three things: wave, indicator, weight")
        wave, indicator, typed = words
        if wave not in waves:
            known = "、".join(waves)
            return (), _at(
                number, f"没有这一期：{wave}；这份调查有：{known}", f"there is no wave {wave}; there are: {known}"
            )
        if indicator not in waves[wave]:
            return (), _at(number, f"{wave} 没有这个指标：{indicator}", f"{wave} has no indicator {indicator}")
        try:
            weight = float(typed)
        except ValueError:
            weight = 0.0
        if not 0 < weight <= 1:
            return (), _at(
                number, f"权重是 0 到 1 之间的数，不是 {typed}", f"a weight lies between 0 and 1, not {typed}"
            )
        parts.append(IndexPart(wave, indicator, weight))
    if not 2 <= len(parts) <= MOST_PARTS:
        return (), Text(f"写 2 到 {MOST_PARTS} 个部分，一行一个。", f"Write 2 to {MOST_PARTS} parts, one a line.")
    if len({(one.wave, one.indicator) for one in parts}) < len(parts):
        return (), Text(
            "同一期的同一个指标写了两次，把权重加起来。", "One indicator of one wave stands twice; add its weights."
        )
    try:
        check_weights([one.weight for one in parts])
    except ValueError:
        total = in_digits(round(sum(one.weight for one in parts), 6))
        return (), Text(f"权重加起来是 {total}，要等于 1。", f"The weights add up to {total}; they have to make 1.")
    return tuple(parts), None


def _at(number: int, zh: str, en: str) -> Text:
    return Text(f"第 {number} 行：{zh}。", f"Line {number}: {en}.")


def indicators_of_waves(session: Session, survey: Survey) -> dict[str, list[str]]:
    """Wave -> ids of its indicators, those over a second base too."""
    waves = session.scalars(select(Wave).where(Wave.survey_id == survey.id).order_by(Wave.opens_on, Wave.key)).all()
    versions = {one.questionnaire_version_id for one in waves}
    ids = {one: [each.id for each in definitions.frozen(session, survey.id, one).estimated()] for one in versions}
    return {one.key: ids[one.questionnaire_version_id] for one in waves}


# ---------------------------------------------------------------- what it comes to


@dataclass(frozen=True, slots=True)
class _Found:
    """The released figures of one wave, by domain and indicator; and its sample."""

    wave: Wave
    release: Release | None
    cells: CellsOfWave
    now: bool = False  # about to be signed


def shown(
    session: Session,
    survey: Survey,
    index: SurveyIndex,
    now: Mapping[str, CellsOfWave] = MappingProxyType({}),
) -> IndexShown:
    """Of the newest releases as they were signed; DamagedRelease where a record is not the one that was. ``now``: by
    wave the figures that are about to be signed, in place of an earlier edition."""
    waves = {one.key: one for one in session.scalars(select(Wave).where(Wave.survey_id == survey.id))}
    found = {
        key: _Found(waves[key], None, now[key], now=True) if key in now else _released(session, waves[key])
        for key in dict.fromkeys(one.wave for one in index.parts)
    }
    parts = tuple(_part(session, survey, one, found[one.wave]) for one in index.parts)
    samples = _samples(session, [one.wave for one in found.values()])
    lines: tuple[IndexLine, ...] = ()
    if all(one.trouble is None for one in parts):
        domains = list(found[index.parts[0].wave].cells)
        lines = tuple(_line(domain, index.parts, found, samples) for domain in domains)
    shared = len(set(samples.values())) < len(index.parts)
    figures = [
        {"domain": [list(one) for one in line.domain], "value": line.value, "interval": line.interval} for line in lines
    ]
    made_of = {
        key: None if one.release is None else {"number": one.release.number, "sha256": one.release.estimates_sha256}
        for key, one in found.items()
    }
    document = {"format": 1, "index": index.plain, "releases": made_of, "errors_added": shared, "figures": figures}
    return IndexShown(index=index, parts=parts, lines=lines, shared=shared, text=canonical_text(document))


def _released(session: Session, wave: Wave) -> _Found:
    release = queries.newest(session, wave.survey_id, wave.id)
    if release is None:
        return _Found(wave, None, {})
    cells: dict[Domain, Mapping[str, Mapping[str, Any]]] = {}
    for row in signed_record(release)["published"]["rows"]:
        domain = tuple((str(column), str(value)) for column, value in row["domain"])
        if all(column in ("community", "street") for column, _ in domain):
            cells[domain] = {one["variable"]: one for one in row["cells"] if one.get("category") is None}
    return _Found(wave, release, cells)


def _part(session: Session, survey: Survey, part: IndexPart, found: _Found) -> PartShown:
    questionnaire = definitions.frozen(session, survey.id, found.wave.questionnaire_version_id)
    indicator = next((one for one in questionnaire.estimated() if one.id == part.indicator), None)
    trouble: Text | None = None
    if found.release is None and not found.now:
        trouble = Text("还没有发布", "not released yet")
    elif _on_scale(found.cells.get((), {}).get(part.indicator)) is None:
        trouble = Text(
            "全市的没有公布，或者不是百分比、也不在 0 到 100 分里",
            "not published for the city, or neither a share nor within 0 to 100 points",
        )
    return PartShown(
        part=part,
        wave=Text(found.wave.name_zh, found.wave.name_en),
        indicator=indicator.name if indicator is not None else Text(part.indicator),
        release=found.release.number if found.release is not None else "",
        trouble=trouble,
    )


def _on_scale(cell: Mapping[str, Any] | None) -> tuple[float, float, float] | None:
    """Value and limits on 0 to 100: a share in per cent, points as they are. None where the cell tells no point."""
    if not cell or cell.get("suppression") or cell.get("coded"):
        return None
    told = tuple(cell.get(name) for name in ("value", "low", "high"))
    scale = cell.get("scale")
    if scale is None or any(one is None for one in told):
        return None
    if list(scale) == [0.0, 1.0]:
        factor = 100.0
    elif 0 <= scale[0] < scale[1] <= 100:
        factor = 1.0
    else:
        return None
    value, low, high = (float(one) * factor for one in told if one is not None)
    return value, low, high


def _line(
    domain: Domain, parts: Sequence[IndexPart], found: Mapping[str, _Found], samples: Mapping[str, str]
) -> IndexLine:
    told = [_on_scale(_cell(found, one, domain)) for one in parts]
    words = tuple(_printed(_cell(found, part, domain), one) for part, one in zip(parts, told, strict=True))
    given = [
        PublishedPart(weight=part.weight, value=one[0], low=one[1], high=one[2], sample=samples[part.wave])
        for part, one in zip(parts, told, strict=True)
        if one is not None
    ]
    if len(given) < len(parts):
        return IndexLine(domain=domain, value="", interval="", parts=words)
    whole = composed(given)
    coarse = any(_cell(found, one, domain).get("digits") == 0 for one in parts)
    step = 1.0 if coarse else 10.0  # no finer than the coarsest of what it is made of; limits are rounded outwards
    low, high = floor(whole.low * step + _NOISE) / step, ceil(whole.high * step - _NOISE) / step
    digits = 0 if coarse else 1
    interval = f"{low:.{digits}f}–{high:.{digits}f}"
    return IndexLine(domain=domain, value=f"{whole.value:.{digits}f}", interval=interval, parts=words)


def _printed(cell: Mapping[str, Any], told: tuple[float, float, float] | None) -> str:
    """As the reports print it: by its limit where all were alike, with the decimals that it has."""
    if told is None:
        return "—"
    value, low, high = told
    if cell.get("all_alike") and low < high:
        return f"≥{floor(low + _NOISE)}" if value == high else f"≤{ceil(high - _NOISE)}"
    return f"{value:.{cell.get('digits', 1)}f}"


def _cell(found: Mapping[str, _Found], part: IndexPart, domain: Domain) -> Mapping[str, Any]:
    return found[part.wave].cells.get(domain, {}).get(part.indicator, {})


def _samples(session: Session, waves: Sequence[Wave]) -> dict[str, str]:
    """Wave -> the name of its sample: one name for waves that have a primary unit of a community in common."""
    first: dict[tuple[Any, str], str] = {}
    name = {one.key: one.key for one in waves}
    keys = {one.id: one.key for one in waves}
    rows = session.execute(
        select(Case.wave_id, Case.area_id, Case.psu)
        .where(Case.survey_id == waves[0].survey_id, Case.wave_id.in_(keys))
        .distinct()
        .order_by(Case.wave_id, Case.area_id, Case.psu)
    )
    for wave_id, area_id, psu in rows:
        here = name[keys[wave_id]]
        there = first.setdefault((area_id, psu), here)
        if there != here:
            name = {key: there if one == here else one for key, one in name.items()}
            first = {unit: there if one == here else one for unit, one in first.items()}
    return name


def with_lines(found: IndexShown, lines: Sequence[IndexLine]) -> IndexShown:
    """The same for whoever may see these areas."""
    return replace(found, lines=tuple(lines))
