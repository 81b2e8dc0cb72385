"""What the statistician's page shows of the whole city beside the figures, as values without the statistics."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityLine:
    """The headlines of the city by one way of computing them: as printed, with the difference to the plan's."""

    name: Text
    left_out: int
    cells: tuple[tuple[str, str], ...]  # figure, difference with its sign; both empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivitiesShown:
    heads: tuple[Text, ...]  # headlines
    by_plan: tuple[str, ...]
    lines: tuple[SensitivityLine, ...]
    largest: Text  # in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverLine:
    """One item; ``number`` is its mark in the drawing."""

    number: int
    name: Text
    share: str
    error: str
    interval: str
    performance: str
    priority: Text | None
    x: str  # of the mark
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriversShown:
    outcome: Text
    explained: str
    interval: str
    respondents: int
    judged: int
    lines: tuple[DriverLine, ...]
    left_out: tuple[Text, ...]
    spoken_of: bool  # whether the items explain enough to be put in an order
    middle: tuple[str, str]  # x and y of the means
    ends: tuple[str, str, str, str]  # least and largest share, lowest and highest performance, as printed


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    name: Text
    answers: int
    share: str
    of_sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """A community whose own figure is not published, or only coarsely. Per cents as printed."""

    name: Text
    sample_size: int
    direct: str
    value: str
    error: str  # root of the mean squared error
    interval: str
    own: str  # weight of its own answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShown:
    """What a model says of communities with few respondents; or in a sentence why there is none."""

    indicator: Text
    lines: tuple[ModelLine, ...] = ()
    why_none: Text | None = None
    design_effect: str = ""
    explains_all: bool = False  # nothing is left between communities: all take the model's value


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLine:
    """One area over several waves. As printed; "–" where a wave has no answer. ``answers``: of every wave."""

    name: Text
    level: str
    own: str  # of this wave alone, with its interval
    answers: tuple[int, ...]
    together: int
    distinct: int | None  # fewer than answers, where some were asked again
    value: str
    error: str
    interval: str
    degrees_of_freedom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledShown:
    """Several waves put together; or in a sentence why there is nothing to put together."""

    indicator: Text
    unit: Text | None = None  # None where there is no figure
    waves: tuple[Text, ...] = ()  # the earliest first
    shares: tuple[str, ...] = ()  # what each weighs in the figure of the city, per cent; none of an index
    lines: tuple[PooledLine, ...] = ()
    left_out: Text | None = None  # which wave is not taken, and why
    why_none: Text | None = None
    communities: int = 0  # that are not in the table: their own figure is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideShown:
    """None and empty where there is nothing to show."""

    by_lot: bool  # whether first modes were dealt by lot
    sensitivities: SensitivitiesShown | None
    drivers: DriversShown | None
    open_answers: int
    open_lines: tuple[OpenLine, ...]
    model: ModelShown | None  # None where every community has a figure of its own
    pooled: PooledShown | None  # None where the plan wants none
