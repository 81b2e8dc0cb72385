"""Every route by which what was released reaches people."""

from __future__ import annotations

from survey_service.receiving import link_pages, opening_pages, results_pages, shared_pages

ROUTERS = (results_pages.router, link_pages.router, shared_pages.router, opening_pages.router)
