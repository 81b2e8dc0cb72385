"""What can be seen without the database: keys, modes, the way to people, disks, the zone, type."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from survey_service import private
from survey_service.doctor.findings import Finding, Mark
from survey_service.doctor.modes import belongings
from survey_service.installation import sqlite_path
from survey_service.secrets import KEY_FILE, weakness
from survey_service.settings import Settings, is_loopback

TIGHT = 32 * 1024 * 1024  # bytes: the answer to /health turns here
SCARCE = 1024**3
FEW_FILES = 4_096
WIDE = {4: 8, 6: 32}  # a prefix shorter than this takes in half the world
NETWORKS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"})


def key(settings: Settings) -> Iterator[Finding]:
    given, path = settings.secret_key.get_secret_value(), settings.data_dir / KEY_FILE
    try:
        held = given or path.read_text(encoding="utf-8").strip()
    except OSError:
        return  # none was made yet, or the database's check says that it is gone
    if weak := weakness(held):
        yield Finding(
            "key",
            Mark.WRONG,
            f"密钥{weak[0]}，访问码和凭据会被人猜到",
            f"the secret key {weak[1]}: codes could be guessed",
            "本波次结束后换一个（openssl rand -hex 32）；换了以后，已经印出的信不能补印，凭据不能补发。",
            "Change it after this wave (openssl rand -hex 32): letters already printed can then not be printed again.",
        )
    else:
        yield Finding("key", Mark.WELL, "密钥足够长，不是照抄的", "the secret key is long and drawn at random")


def modes(settings: Settings) -> Iterator[Finding]:
    loose = [path for path in belongings(settings) if private.is_loose(path)]
    foreign = [path for path in loose if path.stat().st_uid != os.getuid()]
    if foreign:
        yield Finding(
            "modes",
            Mark.WRONG,
            f"{len(foreign)} 个文件别人也能看，而且不归本账号，例如 {foreign[0].name}",
            f"{len(foreign)} files can be read by others and belong to another account, {foreign[0].name} for one",
            f"用 root 执行：chown -R 本账号 {settings.data_dir} && chmod -R go= {settings.data_dir}",
            f"As root: chown -R ACCOUNT {settings.data_dir} && chmod -R go= {settings.data_dir}",
        )
    elif loose:
        yield Finding(
            "modes",
            Mark.CARE,
            f"{len(loose)} 个文件或文件夹别人也能看，例如 {loose[0].name}",
            f"{len(loose)} files or folders can be read by others, {loose[0].name} for one",
            "服务启动时会自动收紧；也可以现在就执行 chmod -R go= 数据目录。",
            "The service closes them when it starts; or now: chmod -R go= and the data folder.",
        )
    else:
        yield Finding("modes", Mark.WELL, "文件只有本账号能看", "files are this account's alone")


def way_to_people(settings: Settings) -> Iterator[Finding]:
    name = urlsplit(settings.public_url).hostname or ""
    wide = [one for one in settings.proxies if one.prefixlen < WIDE[one.version]]
    if wide:
        yield Finding(
            "proxy",
            Mark.WRONG,
            f"SURVEY_TRUSTED_PROXIES 把 {wide[0]} 都当作自己的代理，谁都能冒充别人的地址",
            f"SURVEY_TRUSTED_PROXIES takes all of {wide[0]} for proxies of ours: anybody may pose as another address",
            "只写代理自己的地址，例如 127.0.0.1。",
            "Name the proxy's own address only, 127.0.0.1 for one.",
        )
    elif is_loopback(name):
        yield Finding(
            "proxy",
            Mark.CARE,
            f"网址是 {settings.public_url}，只有这台机器打得开",
            f"the address is {settings.public_url}: only this machine can open it",
            "给居民用时，设置 SURVEY_PUBLIC_URL=https://…",
            "For residents set SURVEY_PUBLIC_URL=https://…",
        )
    elif not settings.secure:
        yield Finding(
            "proxy",
            Mark.WRONG,
            f"{settings.public_url} 没有加密，密码和答卷路上会被看到",
            f"{settings.public_url} is not encrypted: passwords and answers can be read on the way",
            "前面放一个带证书的代理，或者用 --certificate。",
            "Put a proxy with a certificate in front, or use --certificate.",
        )
    elif not settings.proxies:
        yield Finding(
            "proxy",
            Mark.CARE,
            "没有写明代理：如果前面有代理，全市居民会共用一个地址和它的限额",
            "no proxy is named: behind one, all residents would share one address and its limits",
            "设置 SURVEY_TRUSTED_PROXIES=代理的地址，并让代理写 X-Forwarded-For；前面没有代理就不用管。",
            "Set SURVEY_TRUSTED_PROXIES, and let the proxy write X-Forwarded-For; without a proxy leave it.",
        )
    else:
        yield Finding(
            "proxy", Mark.WELL, f"居民经 {settings.public_url}，代理已写明", f"by {settings.public_url}, proxy named"
        )


def disks(settings: Settings) -> Iterator[Finding]:
    database = sqlite_path(settings.resolved_database_url)
    places = {settings.data_dir, settings.tombstones.parent, *([database.parent] if database else [])}
    for place in sorted(one for one in places if one.is_dir()):
        free = shutil.disk_usage(place).free
        told = f"{free / 1e9:.1f} GB"
        if free < SCARCE:
            yield Finding(
                "disk",
                Mark.WRONG if free < TIGHT else Mark.CARE,
                f"{place} 只剩 {told}",
                f"{place} has {told} left",
                "先移走旧备份；不要动 files/。",
                "Move old backups away first; never files/.",
            )
        else:
            yield Finding("disk", Mark.WELL, f"{place} 还有 {told}", f"{place} has {told} left")
    if database and (kind := _kind_of_disk(database)) in NETWORKS:
        yield Finding(
            "disk",
            Mark.WRONG,
            f"数据库在网络盘上（{kind}），SQLite 在那里会损坏",
            f"the database lies on a network disk ({kind}), where SQLite breaks",
            "移到本机磁盘，或者改用 PostgreSQL。",
            "Move it to a disk of this machine, or use PostgreSQL.",
        )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FEW_FILES:
        yield Finding(
            "files",
            Mark.CARE,
            f"最多只能同时打开 {hard} 个文件，人多时不够",
            f"only {hard} files may be open at a time: few for a busy evening",
            "在 systemd 里写 LimitNOFILE=65536。",
            "Write LimitNOFILE=65536 into the unit of systemd.",
        )


def _kind_of_disk(path: Path) -> str:
    """The file system that holds it, as Linux names it; empty where that cannot be told."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    whole = path.resolve()
    over = [(point, kind) for _, point, kind, *_ in mounts if whole.is_relative_to(point)]
    return max(over, key=lambda one: len(one[0]), default=("", ""))[1]


def zone(settings: Settings, now: datetime) -> Iterator[Finding]:
    shown = now.astimezone(settings.zone)
    said = f"{settings.time_zone} {shown:%Y-%m-%d %H:%M}"
    yield Finding(
        "zone", Mark.WELL, f"时区 {said}，波次到当天 24:00 截止", f"time zone {said}; waves close at 24:00 of it"
    )


def fonts(settings: Settings) -> Iterator[Finding]:
    from reports.fonts import FontFault, Weight, bundled_source, open_font

    for variable, path in (("SURVEY_FONT_REGULAR", settings.font_regular), ("SURVEY_FONT_BOLD", settings.font_bold)):
        if path is None:
            continue
        try:
            open_font(path, None)
        except (FontFault, OSError, ValueError) as fault:
            yield Finding(
                "fonts",
                Mark.WRONG,
                f"{variable} 指的字体打不开：{path}",
                f"the font of {variable} cannot be opened: {path}",
                f"换一个 TTF 或 OTF 文件，或者删去这一行（{type(fault).__name__}）。",
                f"Name another TTF or OTF file, or remove the line ({type(fault).__name__}).",
            )
            return
    try:
        held = Path(bundled_source(Weight.REGULAR).path).is_file()
    except (FontFault, OSError, ImportError):
        held = False
    if held:
        yield Finding("fonts", Mark.WELL, "报告用的中文字体齐全", "the type for reports is there")
    else:
        yield Finding(
            "fonts",
            Mark.WRONG,
            "自带的中文字体不在，报告做不出来",
            "the bundled type is missing: no report can be made",
            "重新安装：make install",
            "Install again: make install",
        )
