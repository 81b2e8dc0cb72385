"""Small counts in words: 三 and three; larger ones in digits."""

from __future__ import annotations

_ZH = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_EN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(count: int, language: str) -> str:
    """As it stands before a measure word: 三项, three options. In Chinese digits are set off by blanks."""
    if language == "en":
        return _EN[count] if count < len(_EN) else str(count)
    return _ZH[count] if count < len(_ZH) else f" {count} "
