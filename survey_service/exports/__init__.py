"""Exports: the cases of a closed wave as one table that R, SPSS, Stata and Excel read, with its codebook."""

from survey_service import jobs

EXPORT_JOB = "export"
jobs.handles(EXPORT_JOB)(jobs.imported_when_run("survey_service.exports.job", "make_export"))
