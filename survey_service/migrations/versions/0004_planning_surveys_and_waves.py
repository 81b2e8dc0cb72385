"""A survey's method, and a wave's modes, areas and plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from survey_service.migrations.guards import install_guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    # Defaults of the server: the rows that are there already say nothing of these.
    op.add_column("survey", sa.Column("method", JSON, nullable=False, server_default="{}"))
    for name, empty in (("modes", "[]"), ("areas", "[]"), ("plan", "{}")):
        op.add_column("wave", sa.Column(name, JSON, nullable=False, server_default=empty))
    install_guards(op.get_bind())
