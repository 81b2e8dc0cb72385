"""Settings of one installation: from the environment (prefix SURVEY_), never from the database."""

from __future__ import annotations

import base64
import difflib
import ipaddress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from reports.fonts import TypeSettings

CONTACT_READER = "contact_reader"  # a manager whom the installation names besides
SECOND_FACTOR_ROLES = (
    "administrator",
    "manager",
    "keyer",
    "interviewer",
    "statistician",
    "leader",
    CONTACT_READER,
)
NOBODY = "nobody"
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class WrongValue(ValueError):
    """A setting that cannot be used: why, and what is expected, after the name of its variable."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Settings(BaseSettings):
    """Every field is documented in docs/settings.md; a test holds that."""

    model_config = SettingsConfigDict(env_prefix="SURVEY_", frozen=True, extra="forbid")

    data_dir: Path = Field(default=Path("out/service"), description="Folder of the database, the files and the caches.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL; empty: a SQLite file in the data folder. postgresql+psycopg://… for more.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="At least 32 characters; codes, receipts and keyed hashes derive from it. Empty: made once, in a "
        "file of the data folder that only its owner reads.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="How people reach the service; decides cookies, the accepted Host and every printed address.",
    )
    time_zone: str = Field(default="Asia/Shanghai", description="Zone in which times are shown and waves close.")
    city_name: str = Field(default="示范市", description="Name in the head of every page.")
    city_name_en: str = Field(default="", description="The same on English pages; empty: the Chinese name.")
    hotline: str = Field(
        default="12345",
        pattern=r"^[0-9+-]{0,20}$",
        description="Telephone number that residents are shown where a code opens nothing; empty: none.",
    )
    page_words_dir: Path | None = Field(
        default=None,
        description="Folder of page words, a .po file for each further language of residents' pages; empty: none.",
    )
    session_idle_minutes: int = Field(default=60, ge=1, description="A sign-in ends after this long without a request.")
    session_hours: int = Field(default=12, ge=1, description="A sign-in ends after this long in any case.")
    second_factor_required: str = Field(
        default="administrator,contact_reader",
        description="Roles, by commas, that must have a second factor (TOTP); nobody: none has to.",
    )
    queue_size: int = Field(default=2000, ge=1, description="Answers that may wait for the writer before 503 is said.")
    group_size: int = Field(default=200, ge=1, description="Answers at most in one durable commit.")
    workers: int = Field(
        default=2, ge=1, le=64, description="Processes that do background work beside the server, or under `work`."
    )
    keying_verification_share: float = Field(
        default=1.0, ge=0, le=1, description="Share of a batch keyed a second time, blind, where the batch names none."
    )
    keying_error_limit: float = Field(
        default=5.0,
        ge=0,
        description="Wrong fields in a thousand of a verified sample; above it, all are verified.",
    )
    keying_adjudicator: Literal["third", "second"] = Field(
        default="third", description="Who decides where two keyings differ: who keyed neither, or also the verifier."
    )
    keying_hold_minutes: int = Field(
        default=15, ge=1, description="A form that is open belongs to its keyer this long after the last key."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, by commas, of proxies whose X-Forwarded-For is believed; empty: nobody's.",
    )
    answers_per_minute: int = Field(
        default=300,
        ge=0,
        description="Answers that one address may submit by one open code in a minute; 0: any number.",
    )
    caution_below: float = Field(
        default=0.60,
        ge=0,
        le=1,
        description="Response, as a share, below which the headline of a report carries the response rate.",
    )
    no_headline_below: float = Field(
        default=0.30, ge=0, le=1, description="Response, as a share, below which no verdict stands in the headline."
    )
    signatures_differ: int = Field(
        default=2,
        ge=1,
        le=3,
        description="How many different accounts at least must prepare, review and sign a release: 1, 2 or 3.",
    )
    connections_per_address: int = Field(
        default=256, ge=0, description="Connections that one address may hold open at a time; 0: any number."
    )
    tombstone_file: Path | None = Field(
        default=None,
        description="Where erased responses are remembered outside the database; empty: in the data folder.",
    )
    postgresql_bin: Path | None = Field(
        default=None, description="Folder of pg_dump and pg_restore; empty: they are looked for on the PATH."
    )
    contact_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key of the contact data, 44 characters of a Fernet key; empty: made once in the data folder.",
    )
    wave_keys_dir: Path | None = Field(
        default=None,
        description="Folder of the keys that open the addresses of waves, in no backup; empty: in the data folder.",
    )
    contact_readers: str = Field(
        default="", description="User names, by commas, of the managers who may open contact data; empty: nobody."
    )
    export_by_managers: bool = Field(
        default=False, description="Whether managers, too, take the data of waves away; else statisticians alone."
    )
    export_text_readers: str = Field(
        default="",
        description=(
            "User names, by commas, of those whose exports may hold words and places, and who see pictures and files "
            "of answers; empty: nobody."
        ),
    )
    export_days: int = Field(default=7, ge=1, le=365, description="Days after which a made export is removed.")
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="What the monitoring sends as bearer token to read /metrics; empty: there is no such page.",
    )
    font_regular: Path | None = Field(
        default=None, description="Own TrueType file, regular weight, instead of Noto Sans CJK."
    )
    font_bold: Path | None = Field(default=None, description="Own TrueType file, bold weight.")
    oidc_issuer: str = Field(
        default="",
        description="Address of the city's OpenID Connect provider; empty: people sign in with passwords only.",
    )
    oidc_client_id: str = Field(default="", description="By which name the provider knows this service.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="By which the provider believes it.")
    oidc_client_secret_file: Path | None = Field(default=None, description="File that holds the secret instead.")
    oidc_scopes: str = Field(
        default="openid profile", description="What is asked of the provider, with blanks between."
    )
    oidc_claim: str = Field(
        default="preferred_username", description="Claim of the ID token by which an administrator names a person."
    )
    oidc_hosts: str = Field(
        default="", description="Further hosts of the provider, by commas; empty: the issuer's own host only."
    )
    oidc_second_factor: str = Field(
        default="", description="Values of acr or amr, by commas, that stand for a second factor at the provider."
    )
    oidc_button: str = Field(default="用统一身份账号登录", description="What stands on the button.")
    oidc_button_en: str = Field(
        default="Sign in with your organisation's account", description="The same on English pages."
    )
    demonstration: bool = Field(
        default=False, description="Set by `serve --demo`: demonstration passwords work, on loopback only."
    )

    @field_validator("second_factor_required")
    @classmethod
    def _are_roles(cls, typed: str) -> str:
        if not _names(typed):
            raise WrongValue(
                zh=f"是空的。一个角色都不要求，写 {NOBODY}。", en=f"it is empty; to ask nobody write {NOBODY}."
            )
        if unknown := sorted(_names(typed) - {*SECOND_FACTOR_ROLES, NOBODY}):
            roles = ", ".join(SECOND_FACTOR_ROLES)
            raise WrongValue(
                zh=f"没有“{unknown[0]}”这个角色。可以写：{roles}，用逗号分开；一个都不要求，写 {NOBODY}。",
                en=f"“{unknown[0]}” is no role; name some of {roles}, by commas, or {NOBODY}.",
            )
        return typed

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, typed: str) -> str:
        try:
            _networks(typed)
        except ValueError:
            raise WrongValue(
                zh=f"“{typed}”里有不是地址也不是网段的，应当写成 127.0.0.1, 10.1.0.0/24，用逗号分开。",
                en=f"“{typed}” holds what is no address and no network; write it so: 127.0.0.1, 10.1.0.0/24.",
            ) from None
        return typed

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, typed: str) -> str:
        return _public_address(typed)

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, typed: str) -> str:
        try:
            ZoneInfo(typed)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            near = difflib.get_close_matches(typed, available_timezones(), n=1, cutoff=0.75)
            meant = near[0] if near else "Asia/Shanghai"
            raise WrongValue(
                zh=f"“{typed}”不是时区的名字。北京时间写成 Asia/Shanghai"
                + (f"；是不是 {meant}？" if meant != "Asia/Shanghai" else "。"),
                en=f"“{typed}” is no name of a time zone. Beijing's is Asia/Shanghai"
                + (f"; or is {meant} meant?" if meant != "Asia/Shanghai" else "."),
            ) from None
        return typed

    @field_validator("contact_key")
    @classmethod
    def _is_a_sealing_key(cls, typed: SecretStr) -> SecretStr:
        try:
            whole = len(base64.urlsafe_b64decode(typed.get_secret_value())) in (0, 32)
        except ValueError:
            whole = False
        if not whole:
            raise WrongValue(
                zh="不是封存联系方式用的密钥：应为 44 个字符，做法见 docs/settings.md；或者删去这一行，由服务做一个。",
                en="is no key that seals: 44 characters, made as docs/settings.md says. Without the line one is made.",
            )
        return typed

    @property
    def proxies(self) -> tuple[IPNetwork, ...]:
        return _networks(self.trusted_proxies)

    @property
    def who_reads_contacts(self) -> frozenset[str]:
        return _names(self.contact_readers)

    @property
    def who_exports_texts(self) -> frozenset[str]:
        return _names(self.export_text_readers)

    @property
    def second_factor_roles(self) -> frozenset[str]:
        return _names(self.second_factor_required) - {NOBODY}

    @property
    def oidc(self) -> bool:
        """Whether people may sign in through the city's provider; ``accounts.oidc`` checks that the rest is set."""
        return bool(self.oidc_issuer)

    def oidc_button_in(self, language: str) -> str:
        return self.oidc_button_en if language == "en" else self.oidc_button

    @property  # not kept: a changed copy of the settings must not carry the address of the original
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'survey.db').resolve()}"

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def city_in(self, language: str) -> str:
        return self.city_name_en if language == "en" and self.city_name_en else self.city_name

    @property
    def type_settings(self) -> TypeSettings:
        """Where PDFs take their type from. Imported here: the server starts without reportlab and fonts."""
        from reports.fonts import TypeSettings

        return TypeSettings(regular=self.font_regular, bold=self.font_bold, cache=self.cache_dir / "type")

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def tombstones(self) -> Path:
        return self.tombstone_file or self.data_dir / "tombstones.jsonl"

    @property
    def tombstones_lock(self) -> Path:
        """Held by whoever writes to that file; not the file itself, which may lie on a network disk."""
        return self.data_dir / "tombstones.lock"

    @property
    def wave_keys(self) -> Path:
        """Where the key of each wave lies. Several machines that serve one database need one folder for all."""
        return self.wave_keys_dir or self.data_dir / "wave-keys"

    @property
    def columns(self) -> Path:
        """Waves as columns, made of answers: kept to be fast, removed with every erasure, in no backup."""
        return self.data_dir / "columns"

    @property
    def exports(self) -> Path:
        """What was made to be taken away: its owner's alone, for some days, in no backup."""
        return self.data_dir / "exports"

    @property
    def cache_dir(self) -> Path:
        return self.data_dir / "cache"

    @property
    def definitions_dir(self) -> Path:
        """The questionnaires of the package as they were read: kept to be fast, made anew where they are not there."""
        return self.cache_dir / "definitions"

    @property
    def public_host(self) -> str:
        """Host and port as a browser sends them."""
        return urlsplit(self.public_url).netloc

    @property
    def secure(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def _public_address(typed: str) -> str:
    """The address without a slash at its end; WrongValue for what a browser could not open as it stands."""
    kept = typed.strip().rstrip("/")
    try:
        parts = urlsplit(kept)
        sound = bool(parts.hostname) and parts.scheme in ("http", "https") and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if (
        sound
        and kept == f"{parts.scheme}://{parts.netloc}"
        and "@" not in parts.netloc
        and not set(kept) & set(" \t　")
    ):
        usual = {"http": ":80", "https": ":443"}[parts.scheme]  # browsers leave it out of Host
        return kept.removesuffix(usual)
    raise WrongValue(
        zh=f"“{typed}”不是居民能直接打开的网址，应当写成 https://survey.example.gov.cn，可以带端口，后面不带路径。",
        en=f"“{typed}” is no address that people can open: write https://survey.example.gov.cn, with a port if "
        "there is one, and no path.",
    )


def _names(typed: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in typed.split(",") if name.strip())


@lru_cache
def _networks(typed: str) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in typed.split(",") if one.strip())


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine can reach a server bound to ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
