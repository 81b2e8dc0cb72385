"""Somebody before the pages, with nothing else: opens them, fills in the forms that stand there, presses buttons."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from fastapi.testclient import TestClient
from httpx2 import Response
from lxml import html  # type: ignore[import-untyped]

from tests.service.signed_in import HTML

NOT_TYPED = ("csrf", "packed")


class Person:
    """Counts what was typed or chosen and how many buttons were pressed; a form without the named field is no form."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.at = "/"
        self.page = ""
        self.answer: Response
        self.typed = self.pressed = 0

    def open(self, address: str) -> str:
        return self._seen(self.client.get(urljoin(self.at, address), headers=HTML, follow_redirects=True))

    def press(
        self,
        form: str = "",
        typed: Mapping[str, str | list[str]] | None = None,
        *,
        file: tuple[str, str, bytes] | None = None,
        button: tuple[str, str] | None = None,
        holding: tuple[str, str] | None = None,
    ) -> str:
        """Send the form of this page whose address ends in ``form``; ``file``: the field, a name, the bytes."""
        found = self._form(form, button, holding)
        data = _standing(found)
        for name, value in (typed or {}).items():
            assert name in {one.get("name") for one in found.inputs if one.get("name")}, (name, sorted(data), self.at)
            data[name] = value
            self.typed += len(value) if isinstance(value, list) else 1
        if file is not None:
            assert found.xpath(f".//input[@type='file' and @name='{file[0]}']"), (file[0], self.at)
            self.typed += 1
        if button is not None:
            data[button[0]] = button[1]
        self.pressed += 1
        address = urljoin(self.at, found.get("action") or self.at)
        sent = {file[0]: (file[1], file[2])} if file is not None else None
        if (found.get("method") or "get").lower() == "get":
            return self._seen(self.client.get(address, params=data, headers=HTML, follow_redirects=True))
        return self._seen(self.client.post(address, data=data, files=sent, headers=HTML, follow_redirects=True))

    def links(self, part: str) -> list[str]:
        """Where the links of this page lead that hold these words in their address."""
        return [one for one in html.fromstring(self.page).xpath("//a/@href") if part in one]

    def sign_in(self, user: str, password: str) -> str:
        self.client.cookies.clear()
        self.open("/sign-in")
        return self.press("/sign-in", {"user": user, "password": password})

    def _form(self, address: str, button: tuple[str, str] | None, holding: tuple[str, str] | None) -> html.FormElement:
        forms = [one for one in html.fromstring(self.page).forms if (one.get("action") or self.at).endswith(address)]
        if button is not None:
            wanted = f".//button[@name='{button[0]}' and @value='{button[1]}']"
            forms = [one for one in forms if one.xpath(wanted)]
        if holding is not None:
            forms = [one for one in forms if one.xpath(f".//input[@name='{holding[0]}' and @value='{holding[1]}']")]
        assert forms, (address, button, self.at, [one.get("action") for one in html.fromstring(self.page).forms])
        return forms[0]

    def _seen(self, answer: Response) -> str:
        assert answer.status_code == 200, (str(answer.url), answer.status_code, _faults(answer.text))
        self.answer = answer
        if "html" in answer.headers["content-type"]:  # a file is kept, and the page stands as it was
            self.at, self.page = str(answer.url), answer.text
        return self.page


def _standing(form: html.FormElement) -> dict[str, str | list[str]]:
    """What the form would send untouched."""
    found: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        held = found.get(name)
        if held is None:
            found[name] = value
        else:
            found[name] = [*held, value] if isinstance(held, list) else [held, value]
    return found


def _faults(page: str) -> str:
    if not page.lstrip().startswith("<"):
        return page[:600]
    told = html.fromstring(page).xpath("//*[contains(@class,'fault') or contains(@class,'problem')]")
    return " | ".join(" ".join(one.text_content().split()) for one in told) or page[:300]
