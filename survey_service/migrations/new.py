"""Write the next migration from the difference between the tables and the models.

``python -m survey_service.migrations.new "why the tables change"``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from survey_service.database import open_database
from survey_service.migrations import config, migrate


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/empty.db")
        versions = sorted((Path(__file__).parent / "versions").glob("[0-9]*.py"))
        number = 1 + max((int(path.name[:4]) for path in versions), default=0)  # numbers may have a gap
        if versions:
            migrate(database)
        configuration = config()
        with database.writing_engine.connect() as connection:
            configuration.attributes["connection"] = connection
            command.revision(configuration, sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
        database.dispose()


if __name__ == "__main__":
    main()
