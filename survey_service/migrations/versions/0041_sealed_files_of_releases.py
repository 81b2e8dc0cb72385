"""sealed files of releases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_openings import install_guards_of_openings
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_rectification import install_guards_of_rectification
from survey_service.migrations.guards_of_sealed_files import install_guards_of_sealed_files
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_file",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sealed_file_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "release_id"],
            ["release.survey_id", "release.id"],
            name=op.f("fk_sealed_file_survey_id_release_id_release"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_sealed_file_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_sealed_file")),
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
    install_guards_of_rectification(op.get_bind())
    install_guards_of_openings(op.get_bind())
    install_guards_of_sealed_files(op.get_bind())
