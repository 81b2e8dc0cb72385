"""A survey's method, a wave's modes, areas and plan, and the sheaves of posters and letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.models import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_document",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("paper", sa.String(length=5), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_wave_document_area_id_area")),
        sa.ForeignKeyConstraint(
            ["survey_id", "job_id"], ["job.survey_id", "job.id"], name=op.f("fk_wave_document_survey_id_job_id_job")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_wave_document_survey_id_wave_id_wave"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_wave_document_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_wave_document")),
        sa.UniqueConstraint("survey_id", "job_id", "area_id", name=op.f("uq_wave_document_survey_id_job_id_area_id")),
    )
    # Defaults of the server: the rows that are there already say nothing of these.
    op.add_column("survey", sa.Column("method", base.Json, nullable=False, server_default="{}"))
    for name, empty in (("modes", "[]"), ("areas", "[]"), ("plan", "{}")):
        op.add_column("wave", sa.Column(name, base.Json, nullable=False, server_default=empty))
    install_guards(op.get_bind())
