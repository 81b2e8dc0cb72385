"""What the API says and takes: exact shapes. Codes are those of docs; shares and rates stand in 0..1; times are UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema

from analysis.outcome_codes import OutcomeMode
from questionnaires.answer_forms import FindingCode
from questionnaires.answers import Severity
from questionnaires.model import QuestionType
from survey_service.api.beside_schemas import BesideOut
from survey_service.api.change_schemas import ChangeOut, TrendOut
from survey_service.api.comparison_schemas import ComparisonsOut
from survey_service.api.group_schemas import GroupsOut
from survey_service.api.index_schemas import IndexOut
from survey_service.api.shapes import Shape
from survey_service.models import Disposition, Mode, RegisterKind, Role, WaveState

T = TypeVar("T")
Share = Annotated[float, Field(ge=0, le=1)]
AreaCode = Annotated[str, Field(examples=["110101000001"], description="Statistical code of the area 区划代码.")]
# PostgreSQL holds every character but NUL, and a record needs none that cannot be printed.
PRINTED = r"^[^\x00-\x1f\x7f]*$"
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Words(Shape):
    """In both languages; ``en`` is empty where only Chinese was given."""

    zh: str
    en: str


class ErrorDetail(Shape):
    code: Annotated[str, Field(description="Stable; see docs/errors.md.", examples=["E001"])]
    message: str
    message_zh: str


class RefusalDetail(ErrorDetail):
    places: Annotated[
        list[str] | None,
        Field(description="What of the request cannot be taken, and by which rule: `body.limit: int_parsing`."),
    ] = None


class Refusal(Shape):
    """How every error is told."""

    error: RefusalDetail


class Page(Shape, Generic[T]):
    """A part of a list, in the order of a key."""

    items: list[T]
    next: Annotated[
        str | None, Field(description="Give it as `after` to get the page behind this one; null on the last page.")
    ]


# ------------------------------------------------------------------ who asks, and where


class GrantOut(Shape):
    role: Role
    area: AreaCode
    area_name: Words


class TokenOut(Shape):
    name: str
    read_only: bool
    expires_at: datetime


class MeOut(Shape):
    user: str
    name: str
    grants: list[GrantOut]
    token: Annotated[TokenOut | None, Field(description="Null where a browser's session asks.")]


class AreaOut(Shape):
    code: AreaCode
    name: Words
    kind: Annotated[str, Field(examples=["community"])]
    parent: Annotated[AreaCode | None, Field(description="The area above, where there is one.")]
    households: int | None
    adults: Annotated[int | None, Field(description="At the newest count.")]


class CountOut(Shape):
    as_of: date
    register_kind: Annotated[
        RegisterKind, Field(description="Whom the counts are of, as the importer declared it: 常住, 实有 or 户籍人口.")
    ]
    sex: str
    age_group: Annotated[str, Field(examples=["18-29"])]
    persons: int
    source: str


class AreaWithCounts(AreaOut):
    counts: Annotated[list[CountOut], Field(description="Newest day first: control totals for calibration.")]


# ------------------------------------------------------------------ surveys, questionnaires, waves


class WaveBrief(Shape):
    key: Annotated[str, Field(examples=["2026Q3"])]
    name: Words
    state: WaveState
    opens_on: date
    closes_on: Annotated[date, Field(description="Until 24:00 of this day in the zone of the city.")]


class SurveyOut(Shape):
    key: Annotated[str, Field(examples=["satisfaction"])]
    title: Words
    city: AreaCode
    method: Annotated[dict[str, Any], Field(description="Population, frame and coverage, in words and shares.")]
    waves: list[WaveBrief]


class LanguageOut(Shape):
    """A language of a questionnaire. Its texts are in the definition, under its tag."""

    tag: Annotated[str, Field(description="BCP 47.", examples=["zh", "ug"])]
    name: Annotated[str, Field(description="As its readers call it.")]
    dir: Annotated[Literal["ltr", "rtl"], Field(description="Which way its lines run.")]
    whole: Annotated[bool, Field(description="Every text that people meet is there; offer no other to anybody.")]


class VersionOut(Shape):
    id: UUID
    key: str
    version: str
    format: Annotated[int, Field(description="Of the canonical JSON.")]
    sha256: Sha256
    created_at: datetime
    languages: Annotated[list[LanguageOut], Field(description="Chinese first.")]


class VersionWithWaves(VersionOut):
    waves: Annotated[list[str], Field(description="Keys of the waves that ask it.")]


class WaveOut(WaveBrief):
    survey: str
    modes: Annotated[list[str], Field(description="How people are asked; empty: not said.")]
    areas: Annotated[list[AreaCode], Field(description="Areas that are asked; empty: all of the survey.")]
    questionnaire: VersionOut
    header: Annotated[dict[str, Any], Field(description="Statutory fields that the file left blank.")]
    targets: Annotated[
        dict[str, Any], Field(description="By indicator, or by the template of several: value and sense.")
    ]
    method: dict[str, Any]
    opened_at: datetime | None
    closed_at: datetime | None
    figures_opened_at: Annotated[
        datetime | None, Field(description="When a statistician first saw the figures; the field never reopens then.")
    ]
    released_at: datetime | None
    releases: Annotated[list[str], Field(description="Numbers of the releases that you may read, newest first.")]


class _Open(BaseModel):
    """Named here is what every definition has; docs/questionnaires.md has the rest. A default is left out."""

    model_config = ConfigDict(extra="allow")


class WordsOfDefinition(_Open):
    zh: str


class QuestionOfDefinition(_Open):
    id: str
    type: Annotated[
        QuestionType, WithJsonSchema({"enum": [one.value for one in QuestionType], "title": "Type", "type": "string"})
    ]
    text: WordsOfDefinition


class SectionOfDefinition(_Open):
    id: str
    title: WordsOfDefinition
    questions: list[QuestionOfDefinition]


class QuestionnaireOfDefinition(_Open):
    key: str
    version: str
    title: WordsOfDefinition
    sections: list[SectionOfDefinition]


class Definition(Shape):
    """The frozen questionnaire, byte for byte as it was hashed."""

    format: int
    questionnaire: QuestionnaireOfDefinition


# ------------------------------------------------------------------ the field


class StageOut(Shape):
    unit: str
    population: Annotated[float | None, Field(description="Null where units had unequal chances (PPS).")]
    sampled: float
    probability: Share
    variance: Annotated[bool, Field(description="Whether the variance counts this stage; the weight always does.")]


class DrawOut(Shape):
    stratum: str
    psu: str
    inclusion_probability: Annotated[Share, Field(description="Over all stages; the design weight is its inverse.")]
    stages: list[StageOut]


class CaseOut(Shape):
    number: Annotated[str, Field(examples=["0001-003"])]
    area: AreaCode
    first_mode: Mode
    reserve_replicate: Annotated[int, Field(description="0: main sample.")]
    disposition: Disposition
    draw: Annotated[DrawOut | None, Field(description="For managers and statisticians; null for interviewers.")]
    ticket: Annotated[
        int | None,
        Field(description="By it a device draws the blocks that are asked (docs/api.md); null where none are drawn."),
    ]


class RatesOut(Shape):
    """AAPOR, Standard Definitions. Null where nothing is known yet."""

    e: Share | None
    rr1: Share | None
    rr2: Share | None
    rr3: Share | None
    rr4: Share | None
    rr5: Share | None
    rr6: Share | None
    coop1: Share | None
    coop2: Share | None
    coop3: Share | None
    coop4: Share | None
    ref1: Share | None
    ref2: Share | None
    ref3: Share | None
    con1: Share | None
    con2: Share | None
    con3: Share | None


class DispositionsOfArea(Shape):
    area: AreaCode
    name: Words
    cases: int
    counts: Annotated[dict[Disposition, int], Field(description="Cases by outcome; those without one are left out.")]
    rates: RatesOut


class DispositionsOfGroup(Shape):
    """Of the cases that have one thing in common."""

    cases: int
    counts: Annotated[dict[Disposition, int], Field(description="Cases by outcome; those without one are left out.")]
    rates: RatesOut


class DispositionsOfMode(DispositionsOfGroup):
    first_mode: Mode


class DispositionsOfGrid(DispositionsOfGroup):
    area: AreaCode
    grid: Annotated[str, Field(description="Code of the grid; the stratum where households were not drawn by grid.")]


class DispositionsOfInterviewer(DispositionsOfGroup):
    interviewer: Annotated[str, Field(description="Name of whom the cases were given to.")]


class OutcomeOut(Shape):
    """Cases that ended with one code, in the mode in which their outcome became final."""

    mode: OutcomeMode
    code: Annotated[str, Field(description="AAPOR, Standard Definitions.", examples=["2.111"])]
    name: Words
    cases: int


class DispositionsOut(Shape):
    whole: Annotated[RatesOut, Field(description="Of all cases of the communities below together.")]
    cases: int
    communities: list[DispositionsOfArea]
    first_modes: list[DispositionsOfMode]
    grids: list[DispositionsOfGrid]
    interviewers: Annotated[
        list[DispositionsOfInterviewer], Field(description="Of the cases that were given to somebody.")
    ]
    outcomes: Annotated[
        list[OutcomeOut], Field(description="Of all cases. One that nobody has tried stands under 3.11 or 3.19.")
    ]


class CaptureIn(Shape):
    """One interview, as a device brings it."""

    client_id: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="Made by the device once for each interview: a UUID."),
    ]
    case: Annotated[str, Field(min_length=1, max_length=30, pattern=PRINTED, description="Number of the case.")]
    answers: Annotated[dict[str, JsonValue], Field(description="By variable, as docs/questionnaires.md says.")]
    started_at: AwareDatetime
    finished_at: AwareDatetime
    complete: Annotated[bool, Field(description="False where the interview broke off and may go on.")] = True
    language: Literal["zh", "en"] = "zh"
    app: Annotated[
        str, Field(max_length=60, pattern=PRINTED, description="Name and version of the program, for the record.")
    ] = ""


class CapturesIn(Shape):
    questionnaire_sha256: Annotated[Sha256, Field(description="Of the version that was asked.")]
    captures: Annotated[list[CaptureIn], Field(min_length=1, max_length=100)]


class FindingOut(Shape):
    variable: str
    question: str
    code: FindingCode
    severity: Annotated[Severity, Field(description="hard: not stored; soft: look again, it may be right.")]
    message: str
    message_zh: str


class SentFile(Shape):
    reference: Annotated[str, Field(description="The answer to the question, or a part of it.")]
    type: str
    bytes: int
    sha256: str


class CaptureResult(Shape):
    client_id: str
    outcome: Annotated[
        Literal["stored", "already", "conflict", "refused", "later"],
        Field(
            description="stored: counted, now. already: the same was stored before. conflict: this id came with other "
            "answers before, which count; these are kept beside them. refused: not stored, see error and findings. "
            "later: not stored, send the same again."
        ),
    ]
    receipt: Annotated[str | None, Field(description="For the resident: opens the answers at /receipt.")]
    error: ErrorDetail | None
    findings: list[FindingOut]


class CapturesOut(Shape):
    results: Annotated[list[CaptureResult], Field(description="In the order in which they were sent.")]


# ------------------------------------------------------------------ releases


class Asked(Shape):
    question: str
    type: str
    text: Words
    options: Annotated[dict[str, Words], Field(description="Label by code.")]
    rule: Annotated[
        Words | None, Field(description="How many were to be chosen or put in order; limits of a time.")
    ] = None


class IndicatorOut(Shape):
    id: str
    kind: str
    name: Words
    definition: Words
    variables: list[str]
    numerator: Annotated[list[str], Field(description="Codes that count.")]
    numerator_if: Annotated[str | None, Field(description="The condition that counts, in place of codes.")] = None
    pass_at: Annotated[int | None, Field(description="So many right answers pass.")] = None
    within: Annotated[int | None, Field(description="Of a ranking: only the first so many ranks count.")] = None
    numerator_total: Annotated[str | None, Field(description="Of a ratio: the variable whose total is divided.")] = None
    denominator_total: Annotated[str | None, Field(description="The variable by whose total it is divided.")] = None
    per: Annotated[int | None, Field(description="Of a ratio: so many of the denominator.")] = None
    option: Annotated[str | None, Field(description="Of a mean rank: the option whose rank is averaged.")] = None
    base: Annotated[
        Words | None, Field(description="What the base is called, where the figure is given over two bases.")
    ] = None
    second: Annotated[
        str | None, Field(description="Id of the figure with the same numerator over a narrower base.")
    ] = None
    beside: Annotated[
        str | None, Field(description="Id of the figure that this one stands beside; targets are held against that.")
    ] = None
    asked: Annotated[list[Asked], Field(description="The questions it stands on, in the words that were asked.")]


class CellOut(Shape):
    """One figure that may be shown, or the mark that it may not. Fields are left out where the release has none.

    The numbers are those that are printed, and no finer ones exist: ``digits`` says how many decimals of the per cent
    or the point. Releases made before there were tiers have full precision and no ``digits``.
    """

    variable: str
    category: str | None = None
    value: Annotated[float | None, Field(description="Where coded, the end to which the figure is told.")] = None
    low: Annotated[float | None, Field(description="Lower end of the interval.")] = None
    high: float | None = None
    standard_error: float | None = None
    sample_size: int | None = None
    degrees_of_freedom: int | None = None
    design_effect: float | None = None
    effective_sample_size: float | None = None
    all_alike: bool = False
    scale: list[float] | None = None
    unreliable: bool = False
    complement_unreliable: bool = False
    review: bool = False
    suppression: Annotated[
        str | None,
        Field(
            description="not_published: there is no figure and no reason is told; the area above stands for it. Older "
            "releases have reasons."
        ),
    ] = None
    tier: Annotated[
        str | None, Field(description="shown, or coarse: for orientation only, never ranked, never lowest or highest.")
    ] = None
    coded: Annotated[
        str | None, Field(description="at_least or at_most: the figure is told only to this end of a band.")
    ] = None
    digits: Annotated[int | None, Field(description="Decimals of the per cent, or of the point.")] = None
    verdict: Annotated[
        str | None, Field(description="reached, not_reached, cannot_tell, cannot_reach or not_published.")
    ] = None
    needed_sample_size: Annotated[
        int | None, Field(description="Of cannot_reach: respondents from which a result could reach the target.")
    ] = None
    goal: dict[str, Any] | None = None
    settling_sample_size: int | None = None
    tipping_point: float | None = None


class RowOut(Shape):
    area: AreaCode
    level: Literal["community", "street", "city"]
    group: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description='Where the row is of a part of the area: {"age": "18-39"}; else left out.',
        ),
    ]
    sample_size: int | None
    cells: list[CellOut]


class DocumentOut(Shape):
    area: AreaCode
    sector: Annotated[str, Field(description="The indicator of the sector in that area; empty for the area itself.")]
    language: str
    pages: int
    sha256: Sha256
    address: Annotated[str, Field(description="Of the PDF, for a browser that is signed in.")]


class ReleaseOut(Shape):
    """Published figures as they were signed and frozen, of your areas and those above them."""

    number: Annotated[str, Field(examples=["SATISFACTION-2026Q3-01"])]
    edition: int
    survey: str
    wave: str
    title: Words
    wave_name: Words
    field_start: date
    field_end: date
    released_at: datetime
    prepared_by: str
    reviewed_by: str
    signed_by: str
    correction_reason: str | None
    questionnaire: VersionOut
    snapshot_sha256: Annotated[Sha256, Field(description="Of the rows that the figures came from.")]
    estimates_sha256: Annotated[Sha256, Field(description="Of the whole record that was signed.")]
    software_version: str
    specification: Annotated[dict[str, Any], Field(description="Weighting, variance, interval, publication rule.")]
    interval: Annotated[str | None, Field(description="Method of the intervals.")]
    level: Annotated[float | None, Field(description="Of the intervals: 0.95.")]
    notes: list[str]
    indicators: list[IndicatorOut]
    rows: list[RowOut]
    response_rates: Annotated[dict[str, dict[str, Any]], Field(description="By area code, as signed; AAPOR.")]
    changes: Annotated[
        list[ChangeOut], Field(description="Since the wave before, and since the first that is comparable.")
    ]
    trend: Annotated[TrendOut | None, Field(description="None where no wave was released before.")] = None
    documents: list[DocumentOut]
    beside: Annotated[
        BesideOut | None, Field(description="Of the whole city beside its figures; left out where a release has none.")
    ] = None
    groups: Annotated[
        GroupsOut | None,
        Field(description="Groups of the city against everybody else; left out where the plan asked for none."),
    ] = None
    street_groups: Annotated[
        dict[str, GroupsOut] | None,
        Field(description="By code of a street, groups against everybody else there; left out where there are none."),
    ] = None
    comparisons: Annotated[
        ComparisonsOut | None, Field(description="Figures held against each other; left out where a release has none.")
    ] = None
    indices: Annotated[
        list[IndexOut] | None,
        Field(description="Of the survey, that name the wave, as they were signed; left out where there are none."),
    ] = None
