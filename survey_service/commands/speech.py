"""The language in which a command tells what is wrong with a file: that of the user's environment."""

from __future__ import annotations

import os


def language() -> str:
    """``zh`` where the locale is Chinese, else ``en``; the first of these that is set counts, as for any program."""
    chosen = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh" if chosen.lower().startswith("zh") else "en"
