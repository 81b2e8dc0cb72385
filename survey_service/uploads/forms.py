"""What the page of one upload says and asks beside the file: plain words, without the page itself."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.text import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a field that offers a few; ``meaning``: what it says, in a sentence."""

    value: str
    name: Text
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the upload form beside the file itself; ``choices``: none is chosen until somebody does.

    ``heading``: of the fields that begin with this one; ``decimals``: a number need not be whole.
    """

    name: str
    label: Text
    type: str = "text"
    most: int = 120
    choices: tuple[Choice, ...] = ()
    heading: Text | None = None
    hint: Text | None = None
    needed: bool = True
    decimals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the page of one upload says; ``rules``: how the file is written.

    ``empty``: a table with nothing but its heads is offered, at ``empty.xlsx`` and ``empty.csv``, not what is
    there now.
    """

    title: Text
    back: tuple[str, Text]
    rules: tuple[Text, ...]
    fields: tuple[Field, ...] = ()
    empty: bool = False
