"""Analyses: the plan of a wave, its rows as columns, and the figures that the engine makes of them."""

from survey_service import jobs

COLUMNS_JOB = "columns"
jobs.handles(COLUMNS_JOB)(jobs.imported_when_run("survey_service.analyses.columns_job", "read_columns"))
