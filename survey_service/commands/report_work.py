"""The work of ``survey-service report``: read, protect, write. Problems are printed all at once; exit status 1."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer

from analysis.disclosure import protect
from analysis.estimates_document import NotEstimates, from_document
from analysis.results import Domain, Estimate, Estimates, PublicationRule, Reliability, Statistic
from reports.content import EstimatesSummary, StatisticTable
from reports.fonts import FontFault, TypeSettings
from survey_service.tabular.words import from_record

MAKE_IT_ANEW = "Make the file with: survey-service estimate DATA.csv … --format json --out ESTIMATES.json"
LONGEST_NAME = 60  # characters of a file name; Chinese ones are three bytes each and 255 bytes are the limit
SUMMARY = "summary"
WHOLE = "whole-sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportArguments:
    """What was asked for on the command line."""

    estimates: Path
    out: Path
    language: str
    title: str
    publication: str
    date: str
    regular: Path | None = None
    bold: Path | None = None
    font_cache: Path | None = None


class Refused(Exception):
    """What was asked cannot be carried out; the message names place, fault and remedy, one a line."""


def run(given: ReportArguments) -> int:
    """Write all PDFs; returns the exit status."""
    try:
        summary = read_summary(given)
        written = write_all(summary, given)
    except (Refused, FontFault) as refused:
        typer.echo(str(refused), err=True)
        return 1
    typer.echo(f"{len(written)} {'PDF' if len(written) == 1 else 'PDFs'} in {given.out}")
    return 0


def read_summary(given: ReportArguments) -> EstimatesSummary:
    """The estimates after the publication rule. Refused when file or date cannot be used."""
    data, content = read_json(given.estimates)
    made_on = read_date(given.date)
    estimates = read_estimates(given.estimates, content)
    rule = PublicationRule(reliability=Reliability(given.publication))
    domains = tuple(dict.fromkeys(estimate.domain for estimate in estimates.estimates))
    try:
        tables = tuple(
            StatisticTable(statistic=statistic, table=protect(part, rule=rule, hierarchy=hierarchy(domains)))
            for statistic, part in by_statistic(estimates).items()
        )
    except ValueError as fault:
        raise Refused(f"{given.estimates}: {fault}. {MAKE_IT_ANEW}") from fault
    return EstimatesSummary(
        title=given.title,
        tables=tables,
        domains=domains,
        design=estimates.design,
        notes=tuple(from_record(note).text.zh for note in estimates.notes)
        if given.language == "zh"
        else estimates.notes,
        made_on=made_on,
        data_sha256=hashlib.sha256(data).hexdigest(),
        software_version=version("survey-service"),
    )


def read_json(path: Path) -> tuple[bytes, Mapping[str, Any]]:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise Refused(f"{path}: cannot be read ({fault.strerror}). {MAKE_IT_ANEW}") from fault
    try:
        content = json.loads(data)
    except json.JSONDecodeError as fault:
        raise Refused(f"{path}:{fault.lineno}:{fault.colno}: not JSON ({fault.msg}). {MAKE_IT_ANEW}") from fault
    except UnicodeDecodeError as fault:
        raise Refused(f"{path}: byte {fault.start} is not UTF-8. {MAKE_IT_ANEW}") from fault
    if isinstance(content, dict) and content.get("estimates") == []:
        raise Refused(f"{path}: “estimates” is empty, there is nothing to report. {MAKE_IT_ANEW}")
    return data, content


def read_date(text: str) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as fault:
        raise Refused(f"--date {text}: not a date of the form 2026-11-21.") from fault


def read_estimates(path: Path, content: Mapping[str, Any]) -> Estimates:
    """Every estimate, or Refused with each faulty one by its place in the list."""
    try:
        return from_document(content)
    except NotEstimates as fault:
        raise Refused("\n".join([*(f"{path}: {one}." for one in fault.faults), MAKE_IT_ANEW])) from fault


def by_statistic(estimates: Estimates) -> dict[Statistic, Estimates]:
    """A variable's mean and total have the same name, so each statistic is a table of its own."""
    parts: dict[Statistic, list[Estimate]] = {}
    for estimate in estimates.estimates:
        parts.setdefault(estimate.statistic, []).append(estimate)
    return {statistic: Estimates(design=estimates.design, estimates=tuple(part)) for statistic, part in parts.items()}


def hierarchy(domains: tuple[Domain, ...]) -> dict[Domain, Domain]:
    """Each domain is part of the one that lacks its last column, where that is published too."""
    known = set(domains)
    return {domain: domain[:-1] for domain in domains if domain and domain[:-1] in known}


def write_all(summary: EstimatesSummary, given: ReportArguments) -> list[Path]:
    """One file per domain and the summary, each replaced whole; with a progress bar."""
    from reports.pdf import domain_pdf, estimates_pdf

    settings = TypeSettings(regular=given.regular, bold=given.bold, cache=given.font_cache)
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        names = file_names(summary.domains)
        written: list[Path] = []
        with typer.progressbar(summary.domains, label="PDF", length=len(summary.domains) + 1) as bar:
            path = given.out / f"{SUMMARY}.pdf"
            replace(path, estimates_pdf(summary, given.language, settings))
            written.append(path)
            bar.update(1)
            for domain in summary.domains:
                path = given.out / f"{names[domain]}.pdf"
                replace(path, domain_pdf(summary, domain, given.language, settings))
                written.append(path)
                bar.update(1)
    except OSError as fault:
        raise Refused(f"{given.out}: cannot be written ({fault.strerror}). Name another folder with --out.") from fault
    return written


def replace(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a reader never sees half a PDF."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=".pdf")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)  # mkstemp makes files that only the owner may read
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def file_names(domains: tuple[Domain, ...]) -> dict[Domain, str]:
    """A readable name per domain, without its suffix; equal ones, also on a disc that ignores case, are numbered."""
    taken = {SUMMARY}
    names: dict[Domain, str] = {}
    for domain in domains:
        base = "-".join(readable(value) for _, value in domain) if domain else WHOLE
        base = base[:LONGEST_NAME].strip("._-") or "domain"
        name, turn = base, 2
        while name.casefold() in taken:
            name, turn = f"{base}-{turn}", turn + 1
        taken.add(name.casefold())
        names[domain] = name
    return names


def readable(value: str) -> str:
    """Letters (Chinese too), figures, hyphen and dot stay; everything else becomes one underscore."""
    return re.sub(r"[^\w.\-]+", "_", unicodedata.normalize("NFC", value)).strip("._")
