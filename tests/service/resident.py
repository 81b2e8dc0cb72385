"""A resident's browser without a script, for tests: reads the forms of a page and posts them as a browser does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form(HTMLParser):
    """The form ``answers`` of a page: what would be posted, and its buttons."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside = False
        self._textarea: str | None = None
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = got.get("id") == "answers"
        if tag == "button" and got.get("name") == "action" and (self._inside or got.get("form") == "answers"):
            self.buttons.append(got.get("value", ""))
        if not self._inside:
            return
        if tag == "textarea":
            self._textarea = got["name"]
        elif tag == "input" and "name" in got:
            choice = got.get("type") in ("radio", "checkbox")
            if not choice or "checked" in got:
                self.fields.append((got["name"], got.get("value", "")))

    def own(self, name: str) -> str:
        """The value of a field that stands once."""
        return dict(self.fields)[name]

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._textarea is not None:
            self.fields.append((self._textarea, data))
            self._textarea = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._textarea is not None:
            self.fields.append((self._textarea, ""))
            self._textarea = None


def read_page(html: str) -> Form:
    form = Form()
    form.feed(html)
    return form


def filled(form: Form, answers: Mapping[str, str | list[str]], action: str) -> dict[str, str | list[str]]:
    """What the browser posts when ``answers`` are given and the button ``action`` is pressed."""
    data: dict[str, str | list[str]] = {}
    for name, value in form.fields:
        if name in data:
            held = data[name]
            data[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            data[name] = value
    return {**data, **answers, "action": action}
