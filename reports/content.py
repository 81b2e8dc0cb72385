"""What one PDF needs, computed and protected already. No figure here is formatted and none is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analysis.city_results import CityResults
from analysis.comparisons import Comparisons
from analysis.results import (
    DesignSummary,
    Domain,
    PublishableTable,
    PublishedChange,
    PublishedGroups,
    PublishedTrend,
    ResponseRates,
    Statistic,
)
from questionnaires.indicators import Indicator
from questionnaires.model import Header
from questionnaires.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area as a report names it. ``domain`` is its key in every table of the report."""

    code: str
    name: Text
    domain: Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an edition corrects: the edition before it with the table that it published, and why."""

    edition: int
    of_number: str
    of_date: date
    reason: str  # as the manager wrote it, in one language
    earlier: PublishableTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What every page carries: whose survey, which wave, under which number, on which data."""

    survey: Text  # 示范市公众满意度测评
    questionnaire: Text  # title of the questionnaire
    questionnaire_version: str
    wave: Text  # 2026年第三季度
    header: Header
    contact: Text  # whom to ask
    field_start: date
    field_end: date
    release_number: str  # SF-2026Q3-01
    released_on: date
    prepared_by: str  # 统计
    reviewed_by: str  # 复核
    signed_by: str  # 审签
    data_sha256: str
    software_version: str
    correction: Correction | None = None  # None: a first edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Where a sheet can be asked after: whether it is of the edition in force."""

    code: str  # 7K3-9QF-2TM-4
    address: str  # of its page, to be scanned; "" where it is not drawn, or others cannot open it
    door: str  # where the code is typed instead: survey.example.gov.cn/verify; "" where others cannot open it


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How it was asked, of whom, and what the interval counts."""

    population: Text  # 常住 18 岁及以上，含流动人口
    frame: Text  # where the sample was drawn from
    frame_coverage: float | None  # share of the population in the frame
    selection: Text  # how households and adults were chosen
    weighting: Text  # what the weights do
    variance: Text  # what the interval counts: strata, clusters, fpc; what it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Shares of response, in 0..1, below which the headline says more of the response and less of the figures."""

    caution_below: float = 0.60  # the headline carries the response rate
    no_headline_below: float = 0.30  # no verdict stands in it


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """How many cases ended with one outcome: a code of AAPOR in the mode in which the outcome became final."""

    mode: str
    mode_name: Text
    code: str
    name: Text
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBy:
    """Interviews by whose the interviewers were. ``known``: of those it is known; ``own``: they work for the community
    or the street that is judged by the answers."""

    interviews: int
    known: int
    own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The fieldwork of one area and what the weights did to it.

    ``outcomes_recorded`` is False where of nobody who did not answer it was ever noted why: then no response rate can
    be computed, and the share that completed is printed in its place.
    """

    rates: ResponseRates
    kish_design_effect: float | None
    kish_effective_sample_size: float | None
    open_responses: int  # non-probability answers, counted beside and never in
    outcomes_recorded: bool = True
    open_in_bursts: int = 0  # of these, those that came in a heap within one minute
    outcomes: tuple[
        OutcomeLine, ...
    ] = ()  # in the order of AAPOR's tables; none in releases from before they were kept
    asked_by: AskedBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What may be published of the change since an earlier wave."""

    since: Text  # 2026年第三季度
    told: tuple[PublishedChange, ...]

    def of(self, domain: Domain, variable: str) -> PublishedChange | None:
        """None where either wave does not show the figure."""
        return next((one for one in self.told if (one.domain, one.variable) == (domain, variable)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The released waves of the survey, the oldest first and this one last, with the figures of one area in each."""

    waves: tuple[Text, ...]
    told: tuple[PublishedTrend, ...]

    def of(self, domain: Domain, variable: str) -> PublishedTrend | None:
        """None where no wave before asked for it."""
        return next((one for one in self.told if (one.domain, one.variable) == (domain, variable)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOfCity:
    """A group that has figures of its own."""

    kind: Text  # 年龄
    name: Text  # 18-29
    domain: Domain  # its key in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of the city, and what may be published of how each stands to everybody else."""

    groups: tuple[GroupOfCity, ...]
    told: PublishedGroups


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRightItem:
    """One matter of the rectification list. ``indicator``: "" where it rests on no figure; ``state``: as stored."""

    area: Text
    item: Text
    indicator: str
    state: str
    change: PublishedChange | None  # None where this wave tells none


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRight:
    """What the list of the wave before held in an area, as it stood on the day of the release."""

    wave: Text
    items: tuple[PutRightItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody wrote, as it is printed: what might say who they are is struck already."""

    text: str
    theme: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkTheme:
    theme: Text
    count: int  # of answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """Residents' words to one question. ``answers``: of how many themes were counted, 0 where they are not;
    ``rest``: those of themes that are not told, or of none."""

    question: Text
    answers: int = 0
    themes: tuple[RemarkTheme, ...] = ()
    rest: int = 0
    quotes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPartOfArea:
    wave: Text
    indicator: Text
    weight: float  # of 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOfArea:
    """An index of the survey in one area, of 100 points, made of printed figures of several waves."""

    name: Text
    value: str  # as printed: no finer than the coarsest of its parts
    interval: str
    widest: bool  # waves share units of their samples, so that errors were added
    parts: tuple[IndexPartOfArea, ...]


Ring = tuple[tuple[int, int], ...]
"""Corners in the units of a map, from its left and its top; the last is joined to the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityMap:
    """Outlines of areas that the city gave, as coarse as they are printed. A ring inside another is a hole."""

    width: int
    height: int
    outlines: Mapping[str, tuple[Ring, ...]]  # area code -> rings
    review_number: str  # 审图号; "" where none was given
    sha256: str  # of the file that they came from


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySummary:
    """One community against its street and the city."""

    imprint: Imprint
    method: Method
    place: Place
    street: Place
    city: Place
    table: PublishableTable  # rows: community, street, city; also age groups where given
    indicators: tuple[Indicator, ...]  # headline first, in questionnaire order; groups after
    names: Mapping[str, Text]  # variable -> short name, for items
    sample: Sample
    age_groups: tuple[Place, ...] = ()
    caution: Caution = Caution()
    changes: Changes | None = None
    trend: Trend | None = None
    put_right: PutRight | None = None
    remarks: tuple[Remarks, ...] = ()  # none in releases from before they were read
    beside: CityResults | None = None  # of the city, beside its figures; None: nothing, or from before it was kept
    comparisons: Comparisons | None = None  # of this community; None in releases from before there were any


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSummary:
    """A street or the city: a table of its communities with intervals, never a bare ranking."""

    imprint: Imprint
    method: Method
    place: Place
    streets: tuple[tuple[Place, tuple[Place, ...]], ...]  # each street with its communities, in code order
    city: Place
    table: PublishableTable
    indicators: tuple[Indicator, ...]
    names: Mapping[str, Text]
    samples: Mapping[str, Sample]  # area code -> sample; holds the area itself
    caution: Caution = Caution()
    changes: Changes | None = None
    trend: Trend | None = None
    put_right: PutRight | None = None
    remarks: tuple[Remarks, ...] = ()  # none in releases from before they were read
    groups: Groups | None = None  # of the city, or of the street
    indices: tuple[IndexOfArea, ...] = ()  # of the survey over its waves; none in releases from before they were kept
    beside: CityResults | None = None  # of the city, beside its figures; None: nothing, or from before it was kept
    comparisons: Comparisons | None = None  # of the area and the areas in it
    city_map: CityMap | None = None  # of the city alone


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorSummary(AreaSummary):
    """A sector in the whole city: ``place`` has its name and the city's figures, ``indicators`` are its own.

    Made of the city's summary by ``reports.sectors``, so that it holds no cell that the city's sheet could not.
    """

    among: tuple[Indicator, ...]  # of all sectors of its kind the one by which they are held against each other


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticTable:
    """All estimates of one statistic. A variable's mean and its total have the same name, hence a table each."""

    statistic: Statistic
    table: PublishableTable


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimatesSummary:
    """Estimates of any data file: no targets, no wave, names as the file has them."""

    title: str  # "" for none
    tables: tuple[StatisticTable, ...]
    domains: tuple[Domain, ...]  # in the order of the estimates; the empty domain is the whole sample
    design: DesignSummary
    notes: tuple[str, ...]
    made_on: date | None
    data_sha256: str  # of the estimates
    software_version: str
