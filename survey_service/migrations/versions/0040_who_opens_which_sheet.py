"""links to sheets, who opened which, and what first pages say of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_openings import install_guards_of_openings
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_rectification import install_guards_of_rectification
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("release", sa.Column("changes", json, nullable=True))
    op.add_column("release_document", sa.Column("brief", json, nullable=True))
    _links()
    _openings()
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
    install_guards_of_rectification(op.get_bind())
    install_guards_of_openings(op.get_bind())


def _links() -> None:
    op.create_table(
        "sheet_link",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sheet_link_area_id_area")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_sheet_link_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "release_id"],
            ["release.survey_id", "release.id"],
            name=op.f("fk_sheet_link_survey_id_release_id_release"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_sheet_link_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_sheet_link")),
    )
    op.create_index("ix_sheet_link_sheet", "sheet_link", ["survey_id", "release_id", "area_id"], unique=False)
    op.create_index("uq_sheet_link_token", "sheet_link", ["token_sha256"], unique=True)


def _openings() -> None:
    op.create_table(
        "sheet_opening",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "what",
            sa.String(length=30),
            sa.CheckConstraint("what IN ('page', 'pdf', 'word', 'circular')", name=op.f("ck_sheet_opening_taken")),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "client",
            sa.String(length=30),
            sa.CheckConstraint(
                "client IN ('wechat', 'phone', 'computer', 'other')", name=op.f("ck_sheet_opening_openedwith")
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (link_id IS NULL)", name=op.f("ck_sheet_opening_by_account_or_link")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sheet_opening_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sheet_opening_area_id_area")),
        sa.ForeignKeyConstraint(
            ["survey_id", "link_id"],
            ["sheet_link.survey_id", "sheet_link.id"],
            name=op.f("fk_sheet_opening_survey_id_link_id_sheet_link"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "release_id"],
            ["release.survey_id", "release.id"],
            name=op.f("fk_sheet_opening_survey_id_release_id_release"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_sheet_opening_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_sheet_opening")),
    )
    op.create_index("ix_sheet_opening_at", "sheet_opening", ["survey_id", "at"], unique=False)
    op.create_index("ix_sheet_opening_sheet", "sheet_opening", ["survey_id", "release_id", "area_id"], unique=False)
