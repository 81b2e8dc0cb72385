"""who stands for a release, at which rows and by which plan

``rows_head`` holds the last entry about the rows of each wave; where it has none, nothing has changed since this. A
release from before is of format 1: it kept no plan, and its steps were three names that somebody typed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rows_head",
        sa.Column("whose", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("whose", name=op.f("pk_rows_head")),
    )
    op.add_column("wave", sa.Column("figures_plan_sha256", sa.String(length=64), nullable=True))
    op.add_column("release", sa.Column("format", sa.Integer(), server_default="1", nullable=False))
    op.add_column("release", sa.Column("plan", sa.Text(), nullable=True))
    op.add_column("release", sa.Column("plan_sha256", sa.String(length=64), nullable=True))
    op.create_table(
        "release_step",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rows_key", sa.String(length=64), nullable=False),
        sa.Column("plan_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint(
            "step IN ('prepared', 'reviewed', 'signed', 'correction', 'correction_dropped')",
            name=op.f("ck_release_step_releasestepkind"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_release_step_account_id_account")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_release_step_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_release_step_survey_id_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_release_step")),
    )
    op.create_table(
        "release_recomputed",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("software_version", sa.String(length=40), nullable=False),
        sa.Column("found", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_release_recomputed_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "release_id"],
            ["release.survey_id", "release.id"],
            name=op.f("fk_release_recomputed_survey_id_release_id_release"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_release_recomputed")),
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
