"""The pages on which surveys, waves, samples and letters are planned."""

from __future__ import annotations

from fastapi import APIRouter

from survey_service.surveys import case_pages, invitation_pages, survey_pages, wave_pages

router = APIRouter()
router.include_router(survey_pages.router)
router.include_router(wave_pages.router)
router.include_router(case_pages.router)
router.include_router(invitation_pages.router)
