"""what the PDFs of a release are written from

Releases signed before hold none; theirs are computed again from the rows, as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release", sa.Column("printed", sa.LargeBinary(), nullable=True))
    install_guards(op.get_bind())
