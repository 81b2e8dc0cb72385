"""which worker holds a job

So that the job of a process that is known to be dead is given back at once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("worker", sa.String(32)))
