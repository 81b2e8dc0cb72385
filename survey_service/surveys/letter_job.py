"""The job that draws all letters of a wave, imported when it runs: the server starts without what draws."""

from survey_service import jobs

LETTERS = "letters"
jobs.handles(LETTERS)(jobs.imported_when_run("survey_service.surveys.wave_letters", "draw_job"))
