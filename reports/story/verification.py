"""The code by which a sheet is asked after, in the small print at its end."""

from __future__ import annotations

from dataclasses import replace

from reports.blocks import Colophon, Notes, Story
from reports.content import Verification
from reports.wording.phrases import say


def verified(story: Story, by: Verification | None, *, scanned: bool = True) -> Story:
    """The story with the code in its last small print; as it is where there is none.

    ``scanned``: the address stands beside it as a code to scan; else it is a link, and nothing is said of scanning.
    """
    if by is None:
        return story
    phrase = "verify_at" if by.address and scanned else "verify_typed" if by.door else "verify_code"
    line = say(story.language, phrase, code=by.code, door=by.door)
    *before, last = story.blocks
    if isinstance(last, Notes) and last.ruled:
        return replace(story, blocks=(*before, Colophon((*last.lines, line), by.address)))
    return replace(story, blocks=(*story.blocks, Colophon((line,), by.address)))
