"""Every kind of problem of every upload has its words in both languages, and is met by a file that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from survey_service.areas.words import InAreas
from survey_service.commands.speech import language
from survey_service.importing.words import Kind
from survey_service.surveys.list_words import InList as FaultOfAnEntry
from survey_service.tabular import TableError, read_sheet_bytes
from survey_service.tabular.notices import NoticeKind
from survey_service.tabular.problems import Operator, ProblemKind, problem
from survey_service.tabular.words import Read, from_record
from tests.spec.importing.files_with_problems import MET, frame, sheets

SERVICE = Path(__file__).parents[3] / "survey_service"
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")
ELSEWHERE = {Operator, FaultOfAnEntry}  # these say what another said; of entries test_lists meets every fault
ALONE = {Kind.JUDGED}  # the judge's words say the way out


def heirs(of: type[ProblemKind] | type[NoticeKind]) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from heirs(one)


def test_every_kind_is_met_here() -> None:
    """A new kind is added to the tables above; what commands say in their own words is English by design."""
    for path in sorted(SERVICE.rglob("words.py")):
        import_module(".".join(path.relative_to(SERVICE.parent).with_suffix("").parts))
    kinds = {kind for table in heirs(ProblemKind) if table not in ELSEWHERE for kind in table}  # type: ignore[attr-defined]
    assert kinds == set(MET)


@pytest.mark.parametrize("kind", MET, ids=lambda kind: f"{type(kind).__name__}.{kind.name}")
def test_a_file_that_has_it_is_told_in_both_languages(kind: ProblemKind) -> None:
    problem = next((one for one in MET[kind]() if one.kind is kind), None)
    assert problem is not None, f"no file meets {kind.name}"
    for speaks in ("zh", "en"):
        message, way_out = problem.message(speaks), problem.way_out(speaks)
        assert message, speaks
        assert not re.search(r"[{}]|\[\[|\]\]", message + way_out)
        assert (way_out.endswith(("。", ".")) and not message.endswith(("。", "."))) or kind in ALONE
    assert HAN.search(problem.message("zh"))
    assert not HAN.search(problem.message("en") + problem.way_out("en")), "no Chinese was typed into this file"
    assert set(PLACE.findall(kind.zh + kind.zh_way_out)) >= set(PLACE.findall(kind.en + kind.en_way_out)) - {"why"}
    assert problem.row is None or problem.row > 0


def test_every_notice_has_both_languages_with_the_same_values() -> None:
    for table in heirs(NoticeKind):
        for kind in table:  # type: ignore[attr-defined]
            assert kind.zh, kind
            assert kind.en, kind
            assert HAN.search(kind.zh) or kind is Read.AS_WRITTEN, kind
            assert not HAN.search(kind.en), kind
            assert set(PLACE.findall(kind.zh)) <= {"seen", "taken", "said", *PLACE.findall(kind.en)}, kind


NOTICED = {
    Read.ENCODING: lambda: read_sheet_bytes("a.csv", "社区\n万寿桥社区\n".encode("gb18030")).notices,
    Read.UNSEEN: lambda: read_sheet_bytes("a.csv", "a\nx\u200by\n".encode()).notices,
    Read.LINE_BREAKS: lambda: read_sheet_bytes("a.csv", b'a,b\n1,"x\ny"\n2,"z\nz"\n').notices,
    Read.OTHER_SHEETS: lambda: read_sheet_bytes("a.xlsx", sheets()).notices,
    Read.FULL_WIDTH_NUMBERS: lambda: read_sheet_bytes("a.csv", "a\n１２\n".encode()).typed(numbers=["a"])[1],
    Read.FULL_WIDTH_LABELS: lambda: read_sheet_bytes("a.csv", "a\n１２\n".encode()).typed(labels=["a"])[1],
    Read.BLANK_ENDS: lambda: read_sheet_bytes("a.csv", b"a,b\nyes,1\nyes ,2\n").typed(labels=["a"])[1],
    Read.DATE_MADE: lambda: read_sheet_bytes("a.csv", b"a\n2-Mar\n").typed(labels=["a"])[1],
    Read.LOST_ZERO: lambda: read_sheet_bytes("a.csv", b"a\n1234567\n1234568\n123456\n").typed(labels=["a"])[1],
    Read.AS_WRITTEN: lambda: [from_record("what an older version said")],
}


@pytest.mark.parametrize("kind", Read, ids=lambda kind: kind.name)
def test_a_notice_of_the_reader_is_known_again_in_a_record(kind: Read) -> None:
    """Records hold the English sentence only: a drawn sample, a file of estimates."""
    [notice] = NOTICED[kind]()
    assert notice.kind is kind
    again = from_record(str(notice))
    assert (again.kind, str(again), again.text) == (kind, str(notice), notice.text)


def test_places_are_told_in_both_languages() -> None:
    [notice] = NOTICED[Read.LINE_BREAKS]()
    assert "第 2 行“b”列，第 3 行“b”列" in notice.text.zh
    assert 'row 2, column "b"; row 3, column "b"' in notice.text.en


def test_a_command_tells_the_language_of_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "zh"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language() == "en"
    fault = TableError("frame.csv", frame(*(f"{one // 2},110101001001,g" for one in range(58)))())
    assert "frame.csv: 第 3 行“unit”列：“0”在第 2 行已经有了\n    列了两次的户" in fault.told("zh")
    assert fault.told("zh").endswith("……同类的还有 24 处\n共 29 处要改，什么也没有做。")


def test_what_is_blank_is_called_so() -> None:
    nothing = problem(InAreas.NO_CODE, row=3, column="代码", seen="")
    assert nothing.message("zh") == "（空）不是区划代码"
    assert nothing.message("en") == "(blank) is no area code"
