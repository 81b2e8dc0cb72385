"""The PDFs of a large city: ``python -m tests.bench.reports [--streets N]``, JSON lines.

A city of invented figures is laid in a database as a signed release; its jobs are then done by two worker processes, as
the service does them. Beside it, in a process of its own: milliseconds of the processor for one sheet of a community, a
street and the city, once the process has its type, and the floor, an empty page of reportlab's for each page of the
same sheets. Processor seconds stand beside those of the wall: others may work on this machine.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from reports.content import AreaSummary, CommunitySummary, Place, Verification
from reports.fonts import TypeSettings
from survey_service.analyses.summaries import Summaries
from survey_service.database import Database, open_database
from survey_service.settings import Settings
from tests.bench.exports import peak
from tests.spec.reports import summaries as given

STREETS, INSIDE = 20, 30  # streets, and communities in each
WORKERS = 2
AT_MOST_MS = 200.0  # of the processor for one community: 3,000 sheets in five minutes on two processors
ONE_SHEET_MS = 500.0  # what a person waits for
BY = Verification(
    code="7GX-2KM-PQR-4",
    address="https://survey.example.gov.cn/verify/7GX2KMPQR4",
    door="survey.example.gov.cn/verify",
)


def city_of(streets: int) -> Summaries:
    """Sheets of ``streets`` × ``INSIDE`` communities that share one table, each with sixteen figures."""
    rows, sizes, samples, groups = {}, {}, {given.CITY.code: given.SAMPLE}, []
    whole = given.community().table
    shown, items = whole.row(given.COMMUNITY.domain).cells, whole.row(given.STREET.domain).cells
    for s in range(streets):
        street = given.place(f"3399{s:02d}", f"{s + 1}号街道", f"Street {s + 1}")
        inside = []
        for c in range(INSIDE):
            here = given.place(f"{street.code}{c:03d}", f"{s + 1}街{c + 1}社区", f"Community {s + 1}-{c + 1}")
            moved = ((s * 7 + c * 3) % 11 - 5) / 200
            rows[here] = tuple(
                replace(
                    given.share(
                        cell.variable,
                        (cell.value or 0) * (1 - abs(moved)) - 0.01,
                        (cell.low or 0) * (1 - abs(moved)) - 0.01,
                        (cell.high or 0) * (1 - abs(moved)) - 0.005,
                        200 + (s * 13 + c * 7) % 60,
                        target=cell.goal.value if cell.goal else None,
                        settling_sample_size=300 + c,
                    ),
                    digits=1,
                )
                for cell in shown
            )
            sizes[here], samples[here.code] = 212, given.SAMPLE
            inside.append(here)
        rows[street], sizes[street], samples[street.code] = items, 570, given.SAMPLE
        groups.append((street, tuple(inside)))
    rows[given.CITY], sizes[given.CITY] = whole.row(given.CITY.domain).cells, 1248
    return _summaries(given.table(rows, sizes), tuple(groups), samples)


def _summaries(table: object, groups: tuple[tuple[Place, tuple[Place, ...]], ...], samples: object) -> Summaries:
    one, area = replace(given.community(), table=table), given.city()
    area = replace(area, table=table, streets=groups, indicators=one.indicators, samples=samples)
    return Summaries(
        communities={
            here.code: replace(one, place=here, street=street) for street, inside in groups for here in inside
        },
        streets={street.code: replace(area, place=street, streets=((street, inside),)) for street, inside in groups},
        city=area,
    )


def lay(database: Database, made: Summaries) -> None:
    """Areas, and a release whose jobs wait."""
    from sqlalchemy import insert

    from survey_service.audit.chain import SERVICE
    from survey_service.ids import new_id
    from survey_service.migrations import migrate
    from survey_service.models import Area, Release
    from survey_service.releases import document_jobs
    from survey_service.releases.signed_summaries import packed
    from survey_service.secrets import KeyRing
    from tests.service.world import NOW, build

    migrate(database)
    world = build(database, KeyRing("a key for the bench only, long enough to be taken"))
    every = [made.city, *made.streets.values(), *made.communities.values()]
    with database.writing.begin() as session:
        kinds = {id(made.city): "city"} | {id(one): "street" for one in made.streets.values()}
        areas = [
            {
                "id": new_id(),
                "code": one.place.code,
                "name_zh": one.place.name.zh,
                "name_en": one.place.name.en,
                "kind": kinds.get(id(one), "community"),
                "parent_id": None,
            }
            for one in every
        ]
        session.execute(insert(Area), areas)
        text = {"snapshot_sha256": "0" * 64, "questionnaire_sha256": "0" * 64, "estimates_sha256": "0" * 64}
        names = {"prepared_by": "何建国", "reviewed_by": "林一舟", "signed_by": "周定之"}
        release = Release(
            survey_id=world.survey_id,
            wave_id=world.wave_id,
            edition=1,
            number=given.IMPRINT.release_number,
            specification={},
            estimates="{}",
            software_version="0",
            released_at=NOW,
            printed=packed(made),
            **text,
            **names,
        )
        session.add(release)
        session.flush()
        document_jobs.enqueue(session, release, "zh", areas=len(every), workers=WORKERS, at=NOW, by=SERVICE)


def work(folder: str) -> tuple[float, float, float, float]:
    """In a worker's process: processor seconds, those before its first PDF, and MB at its first and at its last."""
    from survey_service.clock import system_clock
    from survey_service.releases import documents
    from survey_service.secrets import KeyRing
    from survey_service.services import Services
    from survey_service.writer import GroupWriter

    settings = _settings(Path(folder))
    database = open_database(settings.resolved_database_url)
    writer = GroupWriter(database.writing, queue_size=1, group_size=1)
    running = Services(settings=settings, database=database, writer=writer, keys=KeyRing("0" * 40), clock=system_clock)
    from survey_service import jobs

    first: list[tuple[float, float]] = []
    draw = documents.pdf

    def drawn(one: documents.Wanted, settings: Settings) -> bytes:
        content = draw(one, settings)
        if len(first) < 20:  # the type and what all sheets say are in memory from then on
            first.append((time.process_time(), peak()))
        return content

    documents.pdf = drawn
    for survey_id, job_id in _waiting(database):
        jobs.work(running, survey_id, job_id, worker=str(os.getpid()))
    writer.close()
    database.dispose()
    return time.process_time(), first[0][0] if first else 0.0, first[-1][1] if first else 0.0, peak()


def _waiting(database: Database) -> Iterator[tuple[UUID, UUID]]:
    """The jobs one after another, each process beginning at another."""
    from sqlalchemy import select

    from survey_service.models import Job

    with database.reading.begin() as session:
        found = [(job.survey_id, job.id) for job in session.scalars(select(Job).order_by(Job.id))]
    shift = os.getpid() % len(found)
    yield from found[shift:] + found[:shift]


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, public_url="https://survey.example.gov.cn")


def asked_for(made: Summaries) -> list[tuple[str, str]]:
    """Sheets by what they are of and their codes: of each kind one, and the city's again."""
    first, *_, last = made.communities
    street, city = next(iter(made.streets)), made.city.place.code
    return [
        ("a community", last),
        ("a community", first),
        ("a street", street),
        ("the city", city),
        ("the city", city),
        ("the city", city),
    ]


FRESH = (0, 4)  # of those that are asked for: the first of their release


def opened(folder: str, asked: list[tuple[str, str]]) -> list[dict[str, object]]:
    """What a page asks for of one sheet; in a process of its own, like the one beside the server."""
    from survey_service.processes.manners import nothing_is_garbage

    with nothing_is_garbage():
        from sqlalchemy import select

        from survey_service.clock import system_clock
        from survey_service.models import Release
        from survey_service.releases import sheet_page
        from survey_service.releases.signed_summaries import unpacked
        from survey_service.secrets import KeyRing
        from survey_service.services import Services
        from survey_service.writer import GroupWriter

    settings, lines = _settings(Path(folder)), list[dict[str, object]]()
    database = open_database(settings.resolved_database_url)
    writer = GroupWriter(database.writing, queue_size=1, group_size=1)
    running = Services(settings=settings, database=database, writer=writer, keys=KeyRing("0" * 40), clock=system_clock)
    with database.reading.begin() as session:
        of = session.execute(select(Release.survey_id, Release.id)).one()
    sheet_page.sheet(running, *of, asked[-1][1], "zh")  # the modules
    for number, (name, code) in enumerate(asked):
        if number in FRESH:
            unpacked.cache_clear()
        start = time.process_time()
        sheet_page.sheet(running, *of, code, "zh")
        used = (time.process_time() - start) * 1000
        which = f"{name}, the first of its release" if number in FRESH else name
        lines.append({"work": f"the page of {which}", "processor_ms": round(used, 1), "at_most_ms": ONE_SHEET_MS})
    writer.close()
    database.dispose()
    return lines


def whole(folder: Path, made: Summaries) -> dict[str, object]:
    settings = _settings(folder)
    database = open_database(settings.resolved_database_url)
    lay(database, made)
    began = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(pool.map(work, [str(folder)] * WORKERS))
    seconds = time.perf_counter() - began
    from sqlalchemy import func, select

    from survey_service.models import ReleaseDocument

    with database.reading.begin() as session:
        pdfs = session.scalar(select(func.count()).select_from(ReleaseDocument)) or 0
    database.dispose()
    spent = sum(one[0] for one in done)
    drawing = spent - sum(one[1] for one in done)
    return {
        "work": f"{pdfs} PDFs by {WORKERS} workers",
        "seconds": round(seconds, 1),
        "processor_seconds": round(spent, 1),
        "until_the_first_pdf": round(max(one[1] for one in done), 1),
        "pdfs_per_processor_second": round(pdfs / drawing, 1),
        "three_thousand_on_two_processors_s": round(3000 * drawing / pdfs / 2 + max(one[1] for one in done)),
        "at_most_s": 300,
        "peak_mb_after_twenty": max(one[2] for one in done),
        "peak_mb": max(one[3] for one in done),
        "load": round(os.getloadavg()[0], 1),
    }


def sheets(made: Summaries, settings: TypeSettings) -> Iterator[dict[str, object]]:
    """Each of another place: what one sheet says alone is set anew."""
    from reports.pdf import area_pdf, community_pdf

    communities, streets = list(made.communities.values()), list(made.streets.values())
    for language in ("zh", "en"):
        community_pdf(communities[0], language, settings, BY)
        drawn: dict[str, tuple[list[CommunitySummary | AreaSummary], Callable[..., bytes]]] = {
            "community": ([*communities[1:41]], community_pdf),
            "street": ([*streets[:10]], area_pdf),
            "city": ([made.city], area_pdf),
        }
        for kind, (places, draw) in drawn.items():
            start, pages = time.process_time(), 0
            for one in places:
                pages += draw(one, language, settings, BY).count(b"/Type /Page\n")
            used = (time.process_time() - start) / len(places) * 1000
            yield {
                "work": f"one sheet of a {kind}, {language}",
                "processor_ms": round(used, 1),
                "at_most_ms": AT_MOST_MS if kind == "community" else ONE_SHEET_MS,
                "pages": round(pages / len(places), 1),
                "floor_ms": round(empty(round(pages / len(places))), 2),
                "peak_mb": peak(),
            }


def empty(pages: int) -> float:
    """Milliseconds of the processor for a file of so many empty pages."""
    from reportlab.pdfgen.canvas import Canvas

    start = time.process_time()
    for _ in range(20):
        canvas = Canvas(io.BytesIO(), invariant=1)
        for _ in range(pages):
            canvas.showPage()
        canvas.save()
    return (time.process_time() - start) / 20 * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streets", type=int, default=STREETS, help=f"of {INSIDE} communities each")
    made = city_of(parser.parse_args().streets)
    with tempfile.TemporaryDirectory() as folder:
        for line in sheets(made, TypeSettings(cache=Path(folder) / "cache" / "type")):
            print(json.dumps({"bench": "reports", **line}), flush=True)
        print(json.dumps({"bench": "reports", **whole(Path(folder), made)}), flush=True)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            lines = pool.submit(opened, folder, asked_for(made)).result()
        for line in lines:
            print(json.dumps({"bench": "reports", **line}), flush=True)


if __name__ == "__main__":
    main()
