"""``python -m survey_service.worker NAME [--rounds]``: jobs. ``… --beside FD``: what the server asks for over FD.

Settings come by the environment. The process lives for as long as its standard input is open.
"""

from __future__ import annotations

import sys

from survey_service.processes.manners import behind_the_server, nothing_is_garbage


def main() -> None:
    behind_the_server()  # before anything is imported: that takes a second of a processor
    beside = sys.argv[1] == "--beside"
    with nothing_is_garbage():
        from survey_service.web.logs import set_up_logs

        if beside:
            from survey_service.worker import computing
        else:
            from survey_service.worker import doing
    set_up_logs(deaths_too=True)
    if beside:
        computing.run(int(sys.argv[2]))
    else:
        doing.run(sys.argv[1], rounds="--rounds" in sys.argv[2:])


main()
