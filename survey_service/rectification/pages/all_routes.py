"""Every route of the rectification list."""

from __future__ import annotations

from survey_service.rectification.pages import (
    file_pages,
    list_pages,
    photo_pages,
    proposal_pages,
    row_pages,
    summary_pages,
)

ROUTERS = (
    list_pages.router,
    proposal_pages.router,
    row_pages.router,
    photo_pages.router,
    file_pages.router,
    summary_pages.router,
)
