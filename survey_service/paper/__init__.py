"""Paper: serials, batches of printed forms, what came back, and reading scans."""

from survey_service import jobs

PRINT_JOB = "print"
jobs.handles(PRINT_JOB)(jobs.imported_when_run("survey_service.paper.printing", "print_job"))
