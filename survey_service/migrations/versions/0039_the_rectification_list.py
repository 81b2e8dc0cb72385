"""the rectification list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_rectification import install_guards_of_rectification
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None

ACTS = (
    "'accepted', 'added', 'struck', 'restored', 'edited', 'begun', 'reported', 'withdrawn', 'checked', 'returned', "
    "'unchecked', 'held', 'slipped', 'photo_added', 'photo_removed'"
)


def upgrade() -> None:
    _rows()
    _entries()
    _photos()
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
    install_guards_of_rectification(op.get_bind())


def _rows() -> None:
    op.create_table(
        "rectification",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=80), nullable=False),
        sa.Column("item_zh", sa.String(length=200), nullable=False),
        sa.Column("item_en", sa.String(length=400), nullable=False),
        sa.Column(
            "reason",
            sa.String(length=30),
            sa.CheckConstraint(
                "reason IN ('not_reached', 'lowest', 'lowest_of_told', 'office')",
                name=op.f("ck_rectification_rectificationreason"),
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.String(length=30),
            sa.CheckConstraint(
                "state IN ('planned', 'under_way', 'reported', 'returned', 'checked', 'held', 'struck')",
                name=op.f("ck_rectification_rectificationstate"),
            ),
            nullable=False,
        ),
        sa.Column("body", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("action", sa.String(length=600), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recheck_on", sa.Date(), nullable=True),
        sa.Column("rechecked_by_id", sa.Uuid(), nullable=True),
        sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'held' OR rechecked_by_id IS NOT NULL", name=op.f("ck_rectification_rechecked")),
        sa.CheckConstraint("state <> 'reported' OR reported_by_id IS NOT NULL", name=op.f("ck_rectification_reported")),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'held') OR checked_by_id IS NOT NULL", name=op.f("ck_rectification_checked")
        ),
        sa.CheckConstraint(
            "(checked_by_id IS NULL) = (checked_at IS NULL)", name=op.f("ck_rectification_checked_by_somebody")
        ),
        sa.CheckConstraint(
            "(rechecked_by_id IS NULL) = (rechecked_at IS NULL)", name=op.f("ck_rectification_rechecked_by_somebody")
        ),
        sa.CheckConstraint(
            "(reported_by_id IS NULL) = (reported_at IS NULL)", name=op.f("ck_rectification_reported_by_somebody")
        ),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR (reported_by_id IS NOT NULL AND checked_by_id <> reported_by_id)",
            name=op.f("ck_rectification_checked_by_another"),
        ),
        sa.CheckConstraint(
            "rechecked_by_id IS NULL OR (checked_by_id IS NOT NULL AND rechecked_by_id <> reported_by_id)",
            name=op.f("ck_rectification_rechecked_by_another"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_rectification_area_id_area")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["account.id"], name=op.f("fk_rectification_checked_by_id_account")),
        sa.ForeignKeyConstraint(
            ["rechecked_by_id"], ["account.id"], name=op.f("fk_rectification_rechecked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["account.id"], name=op.f("fk_rectification_reported_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_rectification_survey_id_wave_id_wave"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_rectification_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_rectification")),
    )
    op.create_index("ix_rectification_survey_id_area_id", "rectification", ["survey_id", "area_id"], unique=False)
    op.create_index(
        "uq_rectification_item",
        "rectification",
        ["survey_id", "wave_id", "area_id", "indicator"],
        unique=True,
        sqlite_where=sa.text("indicator <> ''"),
        postgresql_where=sa.text("indicator <> ''"),
    )
    op.create_index("uq_rectification_number", "rectification", ["survey_id", "number"], unique=True)


def _entries() -> None:
    op.create_table(
        "rectification_entry",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column(
            "act",
            sa.String(length=30),
            sa.CheckConstraint(
                f"act IN ({ACTS})",
                name=op.f("ck_rectification_entry_rectificationact"),
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rectification_entry_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "rectification_id"],
            ["rectification.survey_id", "rectification.id"],
            name=op.f("fk_rectification_entry_survey_id_rectification_id_rectification"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_rectification_entry_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_rectification_entry")),
    )
    op.create_index(
        "ix_rectification_entry_row", "rectification_entry", ["survey_id", "rectification_id"], unique=False
    )


def _photos() -> None:
    op.create_table(
        "rectification_photo",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rectification_photo_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "rectification_id"],
            ["rectification.survey_id", "rectification.id"],
            name=op.f("fk_rectification_photo_survey_id_rectification_id_rectification"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_rectification_photo_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_rectification_photo")),
    )
    op.create_index(
        "ix_rectification_photo_row", "rectification_photo", ["survey_id", "rectification_id"], unique=False
    )
