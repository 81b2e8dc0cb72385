"""who opened the figures of a wave

Before, every GET of a closed wave showed them and nothing was kept. A released wave has been looked at for certain: its
day of release stands in for the day of opening, without a name. Of the others nothing is known and nothing is claimed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wave", sa.Column("figures_opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("wave", sa.Column("figures_opened_by", sa.String(length=60), server_default="", nullable=False))
    op.execute("UPDATE wave SET figures_opened_at = released_at WHERE released_at IS NOT NULL")
