"""The PDF itself, in every odd case and both languages: type embedded, text copyable, nothing overlaps."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from analysis.results import DesignSummary, PublishableRow, Statistic
from questionnaires.text import Text
from reports import style
from reports.blocks import Notes
from reports.content import AreaSummary, CommunitySummary, EstimatesSummary, StatisticTable
from reports.fonts import TypeSettings, Weight, typeface
from reports.layout.pages import Page, lay_out
from reports.layout.setting import Setter
from reports.marks import Words
from reports.pdf import area_pdf, community_pdf
from reports.story import area_story, community_story, domain_story, estimates_story, spares
from reports.story.places import is_city
from reports.typesetting.composer import Composer
from reports.wording import verdicts
from tests.spec.reports import cases as cases_of
from tests.spec.reports import summaries
from tests.spec.reports.cases import CASES

SIGNS = (*style.VERDICT_SIGN.values(), "—")
BOTH = ("zh", "en")
everything = pytest.mark.parametrize("language", BOTH)
cases = pytest.mark.parametrize("case", CASES)
Box = tuple[float, float, float, float, str]


@cache
def pdf_of(case: str, language: str, settings: TypeSettings) -> bytes:
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        return community_pdf(summary, language, settings)
    return area_pdf(summary, language, settings)


@cache
def read(case: str, language: str, settings: TypeSettings) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(case, language, settings)))


@cache
def pages_of(case: str, language: str, settings: TypeSettings) -> tuple[Page, ...]:
    summary = CASES[case]()
    setter = Setter(Composer(typeface(language, settings)), language)
    if isinstance(summary, CommunitySummary):
        return lay_out(community_story(summary, language), setter)
    return lay_out(area_story(summary, language), setter)


def assert_apart(page: Page, settings: TypeSettings, language: str) -> None:
    for one, other in combinations(list(ink_boxes(page, settings, language)), 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across <= 0.3 or down <= 0.3, f"{one[4]!r} and {other[4]!r}"


def assert_inside(page: Page, settings: TypeSettings, language: str) -> None:
    for left, top, right, bottom, text in ink_boxes(page, settings, language):
        assert left >= -0.5, text
        assert right <= style.TEXT_WIDTH + 0.5, text
        assert top >= -1.0, text
        assert bottom <= style.FOOT_TEXT + style.NOTE.leading + 3, text


def ink_boxes(page: Page, settings: TypeSettings, language: str) -> Iterator[Box]:
    """The box of the ink of every set piece: left, top, right, bottom in pt, y downwards."""
    face = typeface(language, settings)
    for mark in page.marks:
        if not isinstance(mark, Words):
            continue
        for piece in mark.line.pieces:
            size, x = piece.style.size, mark.x + piece.x
            boxes = []
            for character, kern in zip(piece.text, piece.kerns, strict=True):
                glyph = face.glyph(piece.style.weight, character)
                left, bottom, right, top = (edge * size / 1000 for edge in glyph.box)
                if glyph.outline:
                    boxes.append((x + left, mark.y - top, x + right, mark.y - bottom))
                x += glyph.advance * size / 1000 + kern * size
            if boxes:
                yield (
                    min(b[0] for b in boxes),
                    min(b[1] for b in boxes),
                    max(b[2] for b in boxes),
                    max(b[3] for b in boxes),
                    piece.text,
                )


@everything
@cases
def test_no_two_texts_overlap(case: str, language: str, type_settings: TypeSettings) -> None:
    for page in pages_of(case, language, type_settings):
        assert_apart(page, type_settings, language)


@everything
@cases
def test_nothing_leaves_the_margins_but_half_a_hanging_mark(
    case: str, language: str, type_settings: TypeSettings
) -> None:
    for page in pages_of(case, language, type_settings):
        assert_inside(page, type_settings, language)


@everything
@cases
def test_every_font_is_embedded_and_none_is_helvetica(case: str, language: str, type_settings: TypeSettings) -> None:
    assert b"Helvetica" not in pdf_of(case, language, type_settings)
    found = set()
    for page in read(case, language, type_settings).pages:
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        for font in resources["/Font"].get_object().values():  # type: ignore[attr-defined]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in descendant["/FontDescriptor"].get_object()
            assert "/ToUnicode" in font.get_object()
            found.add(descendant["/BaseFont"][8:])
    assert found <= {"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"}
    assert len(found) == len(Weight)


@everything
@cases
def test_the_text_can_be_read_back(case: str, language: str, type_settings: TypeSettings) -> None:
    summary = CASES[case]()
    pages = [page.extract_text() for page in read(case, language, type_settings).pages]
    name = summary.place.name.in_language(language)
    assert name.replace(" ", "") in "".join(pages).replace("\n", "").replace(" ", "")
    judged = any(indicator.target for indicator in summary.indicators)
    for number, text in enumerate(pages, 1):
        assert (f"第 {number} 页，共 {len(pages)} 页" if language == "zh" else f"Page {number} of {len(pages)}") in text
        assert summary.imprint.release_number in text
        flat = text.replace("\n", "").replace(" ", "")
        verdict = "达标、未达标均为依据95%置信区间作出的统计判定，不是验收结论。"
        if language == "zh":
            assert flat.count(verdict) == judged  # once per page
            assert "区间只反映抽样误差，不含无回答、遗漏和回答失真。" in flat


@everything
@cases
def test_equal_input_gives_equal_bytes(case: str, language: str, type_settings: TypeSettings) -> None:
    assert pdf_of(case, language, type_settings) == pdf_of.__wrapped__(case, language, type_settings)


@everything
@pytest.mark.parametrize("case", [case for case, made in CASES.items() if isinstance(made(), CommunitySummary)])
def test_a_community_has_two_pages(case: str, language: str, type_settings: TypeSettings) -> None:
    assert len(read(case, language, type_settings).pages) == style.COMMUNITY_PAGES


@everything
@pytest.mark.parametrize("case", [case for case, made in CASES.items() if isinstance(made(), AreaSummary)])
def test_a_street_has_four_pages_at_most_and_a_city_twelve(
    case: str, language: str, type_settings: TypeSettings
) -> None:
    summary = CASES[case]()
    assert isinstance(summary, AreaSummary)
    most = style.CITY_PAGES if is_city(summary) else style.STREET_PAGES
    assert len(read(case, language, type_settings).pages) <= most


@everything
def test_names_of_a_hundred_and_twenty_characters_cost_no_page(language: str, type_settings: TypeSettings) -> None:
    usual = summaries.community()
    long = Text(
        "老旧小区连片改造区与高新技术产业开发区交界处" * 6, "The Community of the Old Town and its Gardens " * 3
    )
    long = Text(long.zh[:120], long.en[:120])
    places = {name: replace(getattr(usual, name), name=long) for name in ("place", "street", "city")}
    summary = replace(usual, **places)
    assert len(PdfReader(io.BytesIO(community_pdf(summary, language, type_settings))).pages) == style.COMMUNITY_PAGES
    for page in lay_out(
        community_story(summary, language), Setter(Composer(typeface(language, type_settings)), language)
    ):
        assert_apart(page, type_settings, language)
        assert_inside(page, type_settings, language)


@everything
@pytest.mark.parametrize("case", ["usual", "few", "forty_indicators", "city_with_items"])
def test_words_are_large_enough_to_read(case: str, language: str, type_settings: TypeSettings) -> None:
    """Most of a page is set in 10.5 points, and nothing below 7.5."""
    sizes: Counter[float] = Counter()
    for page in pages_of(case, language, type_settings):
        for mark in page.marks:
            for piece in mark.line.pieces if isinstance(mark, Words) else ():
                if piece.text in SIGNS:  # as large as a disc beside them
                    continue
                sizes[piece.style.size] += len(piece.text)
    letters = {size for size in sizes if size < style.FOOT.size}
    assert min(sizes) >= style.SMALLEST
    assert sum(sizes[size] for size in letters) < 0.02 * sizes.total()


@everything
def test_what_has_no_room_is_named_and_stands_in_the_story(language: str, type_settings: TypeSettings) -> None:
    summary = replace(cases_of.age_groups(), method=cases_of.LONG_METHOD)
    story = community_story(summary, language)
    fitted = spares.fitted(story, 3)
    left_off = fitted.blocks[-2]
    assert isinstance(left_off, Notes)
    for spare in spares.spares(story.blocks):
        assert (verdicts.in_sentence(spare.name, language) in left_off.lines[0]) is (spare.rank >= 3)
    assert not list(spares.spares(fitted.blocks))


@everything
def test_a_table_by_age_costs_no_third_page(language: str, type_settings: TypeSettings) -> None:
    assert len(read("age_groups", language, type_settings).pages) == 2


def test_the_file_says_what_it_is(type_settings: TypeSettings) -> None:
    reader = PdfReader(io.BytesIO(community_pdf(summaries.community(), "zh", type_settings)))
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == "万寿桥社区 2026年第三季度 创建文明城市公众知晓、支持、参与与满意度测评"
    assert metadata.author == "示范市精神文明建设办公室"
    assert str(metadata.creation_date) == "2026-10-12 00:00:00+00:00"  # the release's date, not the clock's
    root = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "zh-CN"  # type: ignore[index]
    names = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert names[:3] == ["与城厢街道、示范市相比", "先改这三件", "各方面评价，由低到高"]
    assert "指标定义" in names


def test_copied_words_stay_whole(type_settings: TypeSettings) -> None:
    text = PdfReader(io.BytesIO(community_pdf(summaries.community(), "zh", type_settings))).pages[0].extract_text()
    for words in ("万寿桥社区", "知晓率、支持率达标，参与率未达标，满意率尚不能判定。", "●", "▲", "◆", "92.1–98.6"):
        assert words in text


def test_a_long_table_repeats_its_head_and_never_ends_a_page_with_a_street(type_settings: TypeSettings) -> None:
    pages = pages_of("sixty_communities", "zh", type_settings)
    heads = [[w.line.text for w in page.marks if isinstance(w, Words)] for page in pages]
    listed = [texts.count("60 个社区，按街道列出") for texts in heads]
    first, after = listed.index(1), len(listed) - 1 - listed[::-1].index(1)
    assert listed[first : after + 1] == [1] * (after + 1 - first)
    assert after - first >= 2
    assert any(text.startswith("10 个街道（镇）") for text in heads[0][5:])  # the streets by themselves before it
    names = {f"第{i}街道" for i in range(1, 11)}
    for page in pages[first:after]:
        rows = [w for w in page.marks if isinstance(w, Words) and 8 < w.x < 90 and w.y < style.BODY_BOTTOM]
        assert max(rows, key=lambda w: w.y).line.text not in names


@everything
@pytest.mark.parametrize("groups", [1, 4, 30])
@pytest.mark.parametrize("categories", [1, 3, 11])
def test_estimates_of_any_file_keep_apart_too(
    groups: int, categories: int, language: str, type_settings: TypeSettings
) -> None:
    summary = estimates_summary(groups, categories)
    stories = [estimates_story(summary, language), domain_story(summary, summary.domains[0], language)]
    for story in stories:
        for page in lay_out(story, Setter(Composer(typeface(language, type_settings)), language)):
            assert_apart(page, type_settings, language)
            assert_inside(page, type_settings, language)


def estimates_summary(groups: int, categories: int) -> EstimatesSummary:
    """Shares and a large total for groups with names of growing length."""
    domains = tuple((("住房类型 type", f"第{i + 1}组 group of housing"[: 4 + i % 18]),) for i in range(groups))
    names = [f"类别 {c + 1} category"[: 5 + c] for c in range(categories)]
    shares = tuple(
        PublishableRow(
            domain=domain,
            sample_size=100 + i,
            cells=tuple(
                replace(summaries.share("满意程度", (c + 1) / 20, c / 20, (c + 2.2) / 20, 100 + i), category=name)
                for c, name in enumerate(names)
            ),
        )
        for i, domain in enumerate(domains)
    )
    total = replace(summaries.share("income", 2_025_000.5, 1_865_000.1, 2_185_000.9, 100), scale=None)
    totals = tuple(PublishableRow(domain=domain, sample_size=100, cells=(total,)) for domain in domains)
    base = summaries.community().table
    return EstimatesSummary(
        title="城市住房与生活满意度调查估计结果",
        tables=(
            StatisticTable(statistic=Statistic.PROPORTION, table=replace(base, rows=shares)),
            StatisticTable(statistic=Statistic.TOTAL, table=replace(base, rows=totals)),
        ),
        domains=domains,
        design=DesignSummary(strata=12, psus=1_681, degrees_of_freedom=1_669, sample_size=1_681),
        notes=("a note of the estimates",),
        made_on=None,
        data_sha256=summaries.IMPRINT.data_sha256,
        software_version="0.1.0",
    )
