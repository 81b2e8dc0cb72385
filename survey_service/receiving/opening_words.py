"""In which form a sheet was opened and with what, in words: for the page and for Excel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text
from survey_service.models import OpenedWith, Taken

TAKEN: Final[Mapping[Taken, Text]] = {
    Taken.PAGE: Text("网页", "Web page"),
    Taken.PDF: Text("PDF", "PDF"),
    Taken.WORD: Text("Word", "Word"),
    Taken.CIRCULAR: Text("通报稿", "Draft circular"),
}
OPENED_WITH: Final[Mapping[OpenedWith, Text]] = {
    OpenedWith.WECHAT: Text("微信", "WeChat"),
    OpenedWith.PHONE: Text("手机", "Phone"),
    OpenedWith.COMPUTER: Text("电脑", "Computer"),
    OpenedWith.OTHER: Text("其他", "Something else"),
}
