"""codes are found by their case"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_access_code_survey_id_case_id"), "access_code", ["survey_id", "case_id"])
