"""households in reserve"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MODES = "'paper', 'face_to_face', 'web_invited', 'web_open', 'paper_open', 'import_open'"


def upgrade() -> None:
    op.create_table(
        "reserve_case",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("psu", sa.String(length=60), nullable=False),
        sa.Column("stages", JSON, nullable=False),
        sa.Column("first_mode", sa.String(length=30), nullable=False),
        sa.Column("replicate", sa.Integer(), nullable=False),
        sa.CheckConstraint("replicate >= 1", name=op.f("ck_reserve_case_replicate")),
        sa.CheckConstraint(f"first_mode IN ({MODES})", name=op.f("ck_reserve_case_mode")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_reserve_case_survey_id_survey")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_reserve_case_area_id_area")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_reserve_case_survey_id_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_reserve_case")),
        sa.UniqueConstraint("survey_id", "wave_id", "number", name=op.f("uq_reserve_case_survey_id_wave_id_number")),
    )
    op.create_index(
        op.f("ix_reserve_case_survey_id_wave_id_area_id_replicate"),
        "reserve_case",
        ["survey_id", "wave_id", "area_id", "replicate"],
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
