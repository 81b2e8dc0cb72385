"""whether residents were told that their words may be quoted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Waves that are open already began with the promise that nobody's answers are published: theirs stays so.
    op.add_column("wave", sa.Column("quotes_told", sa.Boolean(), server_default=sa.false(), nullable=False))
