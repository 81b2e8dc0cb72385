"""Answers that offices have already, taken in from CSV, Excel and 问卷星: mapped, judged, all of a file or nothing."""

from survey_service import jobs

JOB = "import"
jobs.handles(JOB)(jobs.imported_when_run("survey_service.importing.work", "take_in"))
