"""What only the database knows: second factors, readers of contact data, the clock, the files of all machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from survey_service.accounts import second_factor
from survey_service.backups import copies, programs
from survey_service.database import Database
from survey_service.doctor.findings import Finding, Mark
from survey_service.installation import Refused
from survey_service.models import Account, AuditEntry, Grant, Job, JobState, Wave, WaveSeal
from survey_service.sealed.clock import opens_until
from survey_service.sealed.keys import key_file
from survey_service.settings import Settings, is_loopback

APART = timedelta(minutes=2)  # clocks of two machines; codes of second factors bear a minute
WAITED_LONG = timedelta(minutes=10)
FIRST_DAY = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  # no survey was taken by this software before


def second_factors(settings: Settings, database: Database) -> Iterator[Finding]:
    if not settings.second_factor_roles:
        yield Finding(
            "second_factor",
            Mark.CARE,
            "没有任何角色必须用第二步验证",
            "no role must have a second factor",
            "设置 SURVEY_SECOND_FACTOR_REQUIRED，见 docs/settings.md。",
            "Set SURVEY_SECOND_FACTOR_REQUIRED, see docs/settings.md.",
        )
        return
    with database.reading.begin() as session:
        rows = session.execute(
            select(Account.user, Grant.role, Account.second_factor_since)
            .join(Grant, Grant.account_id == Account.id)
            .where(Account.disabled_at.is_(None), Account.demonstration.is_(False))
        ).all()
    roles: dict[str, set[object]] = {}
    for user, role, _ in rows:
        roles.setdefault(user, set()).add(role)
    held = {user for user, _, since in rows if since is not None}
    without = [user for user, its in roles.items() if user not in held and second_factor.is_needed(user, its, settings)]  # type: ignore[arg-type]
    if without:
        yield Finding(
            "second_factor",
            Mark.CARE,
            f"{len(without)} 个必须有第二步验证的账号还没有设置",
            f"{len(without)} accounts that must have a second factor have none yet",
            "他们下次登录时会被要求设置；长期不用的账号请停用。",
            "They are asked for it when they sign in next; disable accounts that nobody uses.",
        )
    else:
        yield Finding(
            "second_factor", Mark.WELL, "该有第二步验证的账号都有", "whoever must have a second factor has one"
        )


def contact_readers(settings: Settings, database: Database) -> Iterator[Finding]:
    if strangers := settings.who_reads_contacts - _known(database):
        yield Finding(
            "contacts",
            Mark.CARE,
            f"SURVEY_CONTACT_READERS 里有 {len(strangers)} 个名字没有账号",
            f"SURVEY_CONTACT_READERS holds {len(strangers)} names without an account",
            "改正或删去；以后用这个名字新建的账号，要第二个人同意才能看。",
            "Mend or remove them; an account made under such a name later needs a second person's consent.",
        )


def export_text_readers(settings: Settings, database: Database) -> Iterator[Finding]:
    if strangers := settings.who_exports_texts - _known(database):
        yield Finding(
            "exports",
            Mark.CARE,
            f"SURVEY_EXPORT_TEXT_READERS 里有 {len(strangers)} 个名字没有账号",
            f"SURVEY_EXPORT_TEXT_READERS holds {len(strangers)} names without an account",
            "改正或删去：以后用这个名字新建的账号，一有角色就能带走居民写的话。",
            "Mend or remove them: who later gets such a name and the role takes what people wrote.",
        )


def address_keys(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """The keys that open addresses: of every wave whose day is to come, on this machine."""
    with database.reading.begin() as session:
        waves = session.scalars(
            select(Wave)
            .join(WaveSeal, (WaveSeal.survey_id == Wave.survey_id) & (WaveSeal.wave_id == Wave.id))
            .where(WaveSeal.destroyed_at.is_(None))
        ).all()
        needed = [(wave.key, wave.id) for wave in waves if now < opens_until(wave, settings.zone)]
    away = [name for name, wave_id in needed if not key_file(settings, wave_id).is_file()]
    if away:
        yield Finding(
            "addresses",
            Mark.CARE,
            f"{'、'.join(away)} 的门牌打不开：密钥不在 {settings.wave_keys}",
            f"the addresses of {', '.join(away)} do not open: their keys are not in {settings.wave_keys}",
            "把 wave-keys 文件夹放回来，或请项目管理员在“门牌和密钥”页贴入另存的那一行。",
            "Put the folder wave-keys back, or let a manager paste the kept line on the page of the addresses.",
        )
    else:
        yield Finding(
            "addresses",
            Mark.WELL,
            f"{len(needed)} 期的门牌有密钥，备份时请不要带上 {settings.wave_keys}",
            f"the keys of {len(needed)} waves' addresses are here; leave {settings.wave_keys} out of backups",
        )


def _known(database: Database) -> set[str]:
    with database.reading.begin() as session:
        return set(session.scalars(select(Account.user).where(Account.disabled_at.is_(None))))


def clock(database: Database, now: datetime) -> Iterator[Finding]:
    with database.reading.begin() as session:
        newest = session.scalar(select(func.max(AuditEntry.at)))
        server = None if database.is_sqlite else session.scalar(select(func.clock_timestamp()))
    if now < FIRST_DAY or (newest is not None and newest > now + APART):
        yield Finding(
            "clock",
            Mark.WRONG,
            f"这台机器的时间是 {now:%Y-%m-%d %H:%M} UTC，比已经记下的还早",
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, earlier than what is on record",
            "先对时（timedatectl set-ntp true），再启动。",
            "Set the clock first (timedatectl set-ntp true), then start.",
        )
    elif server is not None and abs(server - now) > APART:
        yield Finding(
            "clock",
            Mark.WRONG,
            "这台机器和数据库服务器的时间相差两分钟以上",
            "this machine's clock and the database server's differ by more than two minutes",
            "两台机器都要对时（timedatectl set-ntp true）。",
            "Let both be set by the network (timedatectl set-ntp true).",
        )
    else:
        yield Finding("clock", Mark.WELL, "时间没有倒退", "the clock has not stepped back")


def background(database: Database, now: datetime) -> Iterator[Finding]:
    """Jobs that wait while nobody is at any: where the service runs, its workers do not live."""
    at_work = (Job.state == JobState.RUNNING) & (Job.lease_until > now)
    late = (Job.state == JobState.WAITING) & Job.lease_until.is_(None) & (Job.created_at < now - WAITED_LONG)
    with database.reading.begin() as session:
        waiting = session.scalar(select(func.count()).select_from(Job).where(late)) or 0
        working = session.scalar(select(func.count()).select_from(Job).where(at_work)) or 0
    if waiting and not working:
        yield Finding(
            "background",
            Mark.CARE,
            f"{waiting} 件后台工作等了十分钟以上，没有进程在做",
            f"{waiting} background jobs have waited for over ten minutes, and no process is at work",
            "服务没有启动就启动它；已经启动的，看日志里的 worker_died，见 docs/operations.md。",
            "Start the service where it does not run; where it does, look for worker_died in its log, see "
            "docs/operations.md.",
        )
    else:
        yield Finding("background", Mark.WELL, "没有积压的后台工作", "no background job is left waiting")


def several_machines(settings: Settings, database: Database) -> Iterator[Finding]:
    """With PostgreSQL: keys that every machine needs, and the programs that a backup needs."""
    if database.is_sqlite:
        yield Finding("files", Mark.WELL, "一台机器，文件在数据目录里", "one machine; its files lie in the data folder")
        return
    unset = [
        f"SURVEY_{name}"
        for name, value in (("SECRET_KEY", settings.secret_key), ("CONTACT_KEY", settings.contact_key))
        if not value.get_secret_value()
    ]
    if unset:
        names = "、".join(unset)
        yield Finding(
            "files",
            Mark.CARE,
            f"{names} 没有设置：另一台机器会用另一个密钥",
            f"not set: {', '.join(unset)}; another machine would have another key",
            "只有一台机器就不用管；几台机器要写成同样的值。",
            "With one machine nothing is to be done; several need the same values.",
        )
    else:
        yield Finding(
            "files", Mark.WELL, "文件在数据库里，几台机器共用", "files lie in the database, for every machine"
        )
    try:
        programs.program(settings, "pg_dump", at_least=copies.server_version(database)[0])
    except (Refused, SQLAlchemyError) as missing:
        yield Finding(
            "backup",
            Mark.CARE,
            "这台机器上没有合用的 pg_dump，不能备份",
            "no pg_dump that fits is on this machine: no backup can be made",
            "安装 PostgreSQL 客户端，或设置 SURVEY_POSTGRESQL_BIN。",
            str(missing).splitlines()[0],
        )
    else:
        yield Finding("backup", Mark.WELL, "pg_dump 合用", "pg_dump fits the server")


def invented(database: Database, address: str) -> Iterator[Finding]:
    """Sign-ins that are printed in public, in an installation that others reach."""
    with database.reading.begin() as session:
        count = session.scalar(select(func.count()).select_from(Account).where(Account.demonstration)) or 0
    if count and not is_loopback(address):
        yield Finding(
            "demonstration",
            Mark.CARE,
            f"数据库里有 {count} 个示范账号，这里登录不了",
            f"the database holds {count} sign-ins of a demonstration; none works here",
            "正式调查请用新的数据目录。",
            "Begin a real survey in a new data folder.",
        )
