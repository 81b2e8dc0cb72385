"""Posters and letters as PDF; called by name in the process beside the server, where drawing holds nobody up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from reports.invitations.content import Letter, Occasion, Poster
from reports.invitations.drawing import letters_pdf, posters_pdf
from survey_service.services import Services


def draw_posters(running: Services, about: Occasion, made: Sequence[Poster], paper: Literal["a4", "a3"]) -> bytes:
    return posters_pdf(about, made, paper=paper, settings=running.settings.type_settings)


def draw_letters(running: Services, about: Occasion, made: Sequence[Letter]) -> bytes:
    return letters_pdf(about, made, settings=running.settings.type_settings)
