"""The field on pages: what came of every case, who goes where, and what whoever supervises has to look at."""

from survey_service import jobs
from survey_service.fieldwork import INTERVIEWS_JOB

jobs.handles(INTERVIEWS_JOB)(jobs.imported_when_run("survey_service.field.interview_figures", "compute"))
