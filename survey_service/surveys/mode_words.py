"""How the modes are called that answer for a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text
from survey_service.models import Mode

MODES: Final[Mapping[Mode, Text]] = {
    Mode.PAPER: Text("纸质", "Paper"),
    Mode.FACE_TO_FACE: Text("上门面访", "Face to face"),
    Mode.TELEPHONE: Text("电话", "Telephone"),
    Mode.WEB_INVITED: Text("邀请码", "Invitation code"),
}
