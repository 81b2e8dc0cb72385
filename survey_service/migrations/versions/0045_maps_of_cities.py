"""maps of cities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_map",
        sa.Column("city_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("review_number", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("outlines", sa.Text(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_area_map_size")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_area_map_account_id_account")),
        sa.ForeignKeyConstraint(["city_id"], ["area.id"], name=op.f("fk_area_map_city_id_area")),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_area_map")),
    )
