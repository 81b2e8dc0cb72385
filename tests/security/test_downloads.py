"""The name of a file in a header: whatever a person called a community, the header says that name and nothing more."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.web.downloads import content_disposition

PACKAGE = Path(__file__).parents[2] / "survey_service"
# RFC 6266: a quoted string without escapes, then the extended form of RFC 8187.
_PLAIN = r'(attachment|inline); filename="[ !#$&-:<-\[\]-~]*"'
_EXTENDED = r"; filename\*=UTF-8''(%[0-9A-F]{2}|[A-Za-z0-9!#$&+.^_`|~-])+"
GRAMMAR = re.compile(f"{_PLAIN}({_EXTENDED})?")


def read_back(header: str) -> str:
    """As a browser does: the extended form goes before the plain one."""
    _, separator, extended = header.partition("filename*=UTF-8''")
    return unquote(extended) if separator else header.partition('filename="')[2].removesuffix('"')


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("2026Q3.pdf", "2026Q3.pdf"),
        ("万寿桥社区.pdf", "万寿桥社区.pdf"),
        ('北苑"一区".pdf', "北苑_一区_.pdf"),
        ("a;b.pdf", "a;b.pdf"),
        ("a\r\nSet-Cookie: x=1\r\n.pdf", "a__Set-Cookie_ x=1__.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("100%.pdf", "100%.pdf"),
        ("it's (1).pdf", "it's (1).pdf"),
        ("读\u202efdp.exe", "读_fdp.exe"),
        ("", "_"),
        ("社" * 200 + ".pdf", "社" * 58 + ".pdf"),
    ],
)
def test_a_name_is_read_back_as_it_was_and_ends_no_header(name: str, read: str) -> None:
    header = content_disposition("attachment", name)
    assert GRAMMAR.fullmatch(header), header
    assert read_back(header) == read


@given(st.text(max_size=300), st.text(max_size=30))
def test_whatever_the_name_the_header_is_of_the_grammar_and_ascii(name: str, plainly: str) -> None:
    header = content_disposition("inline", name, plainly=plainly)
    assert GRAMMAR.fullmatch(header), header
    assert len(header) < 1200


def test_no_header_with_a_name_is_written_elsewhere() -> None:
    """A second place would forget the quotes."""
    found = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 'filename="' in node.value
    }
    assert found == {"downloads.py"}
