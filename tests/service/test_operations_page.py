"""The samples of docs/operations.md fit the service: a proxy that lets through what it takes, and hides nobody."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from survey_service.settings import Settings
from survey_service.web.headers import FILE_LIMIT

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def block(kind: str, holding: str) -> str:
    found = [one for one in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) if holding in one]
    assert len(found) == 1, (kind, holding)
    return str(found[0])


def test_the_samples_let_through_what_the_service_takes() -> None:
    nginx, caddy = block("nginx", "proxy_pass"), block("caddyfile", "reverse_proxy")
    for limit in (re.search(r"client_max_body_size (\d+)m", nginx), re.search(r"max_size (\d+)MB", caddy)):
        assert limit is not None
        assert int(limit[1]) * 1_000_000 > FILE_LIMIT
    assert "Host $http_host" in nginx
    for sample in (nginx, caddy):
        assert "X-Forwarded-For" in sample
    # An address holds a code: it stands in no log of the proxy.
    assert nginx.count("access_log off") == nginx.count("server_name")
    assert "log" not in caddy


def test_the_settings_of_the_sample_are_settings() -> None:
    named = re.findall(r"^SURVEY_(\w+)=(\S+)$", block("sh", "SURVEY_TRUSTED_PROXIES"), re.MULTILINE)
    assert len(named) == 3
    chosen = Settings(**{name.lower(): value for name, value in named})
    assert [str(one) for one in chosen.proxies] == ["127.0.0.1/32"]
    assert chosen.secure


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed here")
def test_nginx_takes_its_sample(tmp_path: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=survey.example.gov.cn",
            "-keyout",
            tmp_path / "key.pem",
            "-out",
            tmp_path / "fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )
    server = block("nginx", "proxy_pass").replace("/etc/ssl/survey", str(tmp_path))
    server = server.replace("/var/log/nginx", str(tmp_path))
    server = re.sub(r"listen (\d+)", rf"listen unix:{tmp_path}/\1", server)  # no port of this machine is tried
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/errors; events {{}}\nhttp {{ {folders}\n{server} }}\n",
        encoding="utf-8",
    )
    tried = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
