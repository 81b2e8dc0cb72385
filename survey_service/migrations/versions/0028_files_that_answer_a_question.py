"""files that answer a question"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0030"
branch_labels = None
depends_on = None

WAITING = sa.text("response_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_attachment_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_attachment_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "response_id"],
            ["response.survey_id", "response.id"],
            name=op.f("fk_attachment_survey_id_response_id_response"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_survey_id_response_id"), "attachment", ["survey_id", "response_id"])
    op.create_index("ix_attachment_waiting", "attachment", ["at"], sqlite_where=WAITING, postgresql_where=WAITING)
