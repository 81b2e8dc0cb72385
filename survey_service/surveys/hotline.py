"""What a hotline is asked about a wave, and what is told: made of the wave's own data, question by question.

What the data lack is not told; staff see it as 〔待填：…〕, and the manager is reminded of it before the wave opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.formalities import CIRCULATIONS, LEGAL_KINDS, Circulation, LegalKind
from questionnaires.model import Header, Notice
from questionnaires.readiness import effective_header
from questionnaires.text import Text
from survey_service.models import Area, Mode, Survey, Wave, WaveState
from survey_service.surveys import definitions
from survey_service.surveys.hotline_gaps import CIRCULATION, KIND, MINUTES, TELEPHONE, gaps
from survey_service.surveys.opening import header_of
from survey_service.web.pages import format_date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbout:
    """A wave as the hotline knows it. ``sampled``: households are drawn; ``place``: of the service's pages."""

    survey_key: str
    wave_key: str
    title: Text
    wave: Wave
    city: Text
    header: Header
    notice: Notice
    sampled: bool
    place: str

    @property
    def name(self) -> Text:
        return Text(self.wave.name_zh, self.wave.name_en)

    def lacking(self, gap: Text) -> list[Text]:
        return [one for one in gaps(self.header, self.notice) if one == gap]

    def takes(self, mode: Mode) -> bool:
        return not self.wave.modes or mode.value in self.wave.modes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``missing``: what would have to be known to tell more."""

    question: Text
    told: Sequence[Text]
    missing: Sequence[Text] = ()


def open_waves(session: Session, public_url: str) -> list[AskedAbout]:
    """Those that residents may ask about now, the one that ends first in front."""
    rows = session.execute(
        select(Survey, Wave, Area)
        .join(Wave, Wave.survey_id == Survey.id)
        .join(Area, Area.id == Survey.city_id)
        .where(Wave.state == WaveState.OPEN)
        .order_by(Wave.closes_on, Survey.key, Wave.key)
    )
    return [about(session, survey, wave, city, public_url) for survey, wave, city in rows]


def about(session: Session, survey: Survey, wave: Wave, city: Area, public_url: str) -> AskedAbout:
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    drawn = {Mode.WEB_INVITED.value, Mode.PAPER.value, Mode.FACE_TO_FACE.value, Mode.TELEPHONE.value}
    return AskedAbout(
        survey_key=survey.key,
        wave_key=wave.key,
        title=Text(survey.title_zh, survey.title_en),
        wave=wave,
        city=Text(city.name_zh, city.name_en),
        header=effective_header(questionnaire, header_of(wave)),
        notice=questionnaire.notice,
        sampled=not wave.modes or bool(drawn & set(wave.modes)),
        place=place_of(public_url),
    )


def place_of(public_url: str) -> str:
    """As it is typed into a browser."""
    return urlsplit(public_url).netloc


def answers(asked: AskedAbout) -> list[Answer]:
    """In the order in which people ask."""
    return [
        *_genuine(asked),
        *_who(asked),
        *_why_us(asked),
        *_how(asked),
        *_where_to(asked),
    ]


def _genuine(asked: AskedAbout) -> Iterator[Answer]:
    if not asked.takes(Mode.WEB_INVITED):
        return
    yield Answer(
        question=Text("信是真的吗？", "Is the letter genuine?"),
        told=[
            Text(
                f"打开 {asked.place}/letter，打入信上的住户编号，或者二维码旁边的码，就告诉您有没有这封信。",
                f"Open {asked.place}/letter and type the household number of the letter or the code beside its "
                "QR code: you are told whether there is such a letter.",
            ),
            Text(
                f"真的二维码打开的网址都是 {asked.place}。不问身份证号、银行卡号、验证码，不收钱，不用装软件。",
                f"Every genuine QR code opens {asked.place}. Nobody asks for identity or bank card numbers or codes "
                "sent to your phone, takes money or has you install anything.",
            ),
        ],
    )


def _who(asked: AskedAbout) -> Iterator[Answer]:
    header, notice = asked.header, asked.notice
    formal = _joined(
        (_said("表号 {}", "form {}", header.form_number)),
        (_said("制定机关 {}", "issued by {}", header.issuing_body)),
        (_said("批准或备案文号 {}", "approval {}", header.approval_number)),
        _until(header),
        None if header.legal_kind is LegalKind.UNSTATED else LEGAL_KINDS[header.legal_kind],
    )
    yield Answer(
        question=Text("谁在问？", "Who asks?"),
        told=[notice.body, *([formal] if formal else [])],
    )
    yield Answer(question=Text("为什么问？", "Why?"), told=[notice.purpose])


def _until(header: Header) -> Text | None:
    if header.valid_until is None:
        return None
    zh, en = format_date(header.valid_until, "zh"), format_date(header.valid_until, "en")
    return Text(f"有效期至 {zh}", f"valid until {en}")


def _why_us(asked: AskedAbout) -> Iterator[Answer]:
    if asked.sampled:
        yield Answer(
            question=Text("为什么找我家？", "Why us?"),
            told=[
                Text(
                    "从全部住户里随机抽的，不是谁挑的，也不是因为您家有什么事。抽中的一户代表许多没有抽中的邻居，所以不能换别的户。",
                    "Your household was drawn at random from all households; nobody chose it, and it is not about "
                    "anything you did. It stands for many neighbours who were not drawn, so no "
                    "other can take its place.",
                )
            ],
        )
    kind = asked.header.legal_kind
    free = Text(
        "自愿。不愿答的题可以跳过，中途退出也没有影响。",
        "No, it is voluntary. Skip what you do not wish to answer; stopping midway has no consequence.",
    )
    statutory = Text(
        "这是依统计法批准的统计调查，请如实回答。答不上来的题可以跳过。",
        "This is a statistical survey approved under the Statistics Law; please answer truthfully. What you cannot "
        "answer may be skipped.",
    )
    yield Answer(
        question=Text("一定要答吗？", "Must I answer?"),
        told=[statutory if kind.statutory else free],
        missing=asked.lacking(KIND),
    )


def _how(asked: AskedAbout) -> Iterator[Answer]:
    wave, notice = asked.wave, asked.notice
    ways = [
        (Mode.WEB_INVITED, Text("用手机扫信上的二维码", "scan the QR code of the letter")),
        (Mode.WEB_OPEN, Text("扫公告栏海报上的二维码", "scan the QR code of a poster")),
        (Mode.PAPER, Text("填纸质问卷", "fill in a form on paper")),
        (
            Mode.FACE_TO_FACE,
            Text("等调查员上门，他们带着证件", "wait for an interviewer, who carries an identity card"),
        ),
        (Mode.TELEPHONE, Text("接调查员的电话", "answer an interviewer's call")),
    ]
    taken = [words for mode, words in ways if asked.takes(mode)]
    opens, closes = (tuple(format_date(day, one) for one in ("zh", "en")) for day in (wave.opens_on, wave.closes_on))
    minutes = notice.minutes
    told = [
        Text("，或者".join(one.zh for one in taken) + "。", _capital(", or ".join(one.en for one in taken)) + "."),
        Text(f"从 {opens[0]} 到 {closes[0]} 24:00。", f"From {opens[1]} until the end of {closes[1]}."),
    ]
    if minutes is not None:
        told.append(Text(f"大约 {minutes} 分钟。", f"It takes about {minutes} minutes."))
    yield Answer(
        question=Text("怎么答，到哪一天，要多久？", "How, until when, how long?"),
        told=told,
        missing=asked.lacking(MINUTES),
    )
    if asked.takes(Mode.WEB_INVITED):
        yield Answer(
            question=Text("二维码扫不了怎么办？", "What if the QR code does not work?"),
            told=[
                Text(
                    f"在浏览器里打开 {asked.place}，打入二维码旁边的 10 个字母和数字，大小写都行，横线不用打。",
                    f"Open {asked.place} in a browser and type the 10 letters and digits beside the QR code; capitals "
                    "and dashes do not matter.",
                ),
                Text(
                    "信丢了、撕坏了，打下面的电话，可以补一封；补了以后，原来那封的码就打不开了。",
                    "If the letter is lost or torn, call the number below for another; the old code then opens "
                    "nothing.",
                ),
            ],
        )


_QUOTED = Text(
    "您自己写的话，去掉认得出人的内容以后，报告里可能引用，不留名。",
    "What you write in your own words may be quoted in a report, without a name and without what could say "
    "who you are.",
)


def _where_to(asked: AskedAbout) -> Iterator[Answer]:
    circulation, notice = asked.header.circulation, asked.notice
    stated = circulation is not Circulation.UNSTATED
    results = CIRCULATIONS[circulation]
    yield Answer(
        question=Text("答案到哪里去，谁看得到？", "Where do answers go, who sees them?"),
        told=[
            Text(
                "存在本市的调查系统里，只用来汇总成社区、街道和全市的数字；人太少的不单独公布，看不出是谁。",
                "They are stored in the city's own system and used only in sums for communities, streets and the city; "
                "sums of too few are not published, so that nobody is seen in them.",
            ),
            *([_QUOTED] if asked.wave.quotes_told else []),
            notice.retention,
            *([Text(f"结果：{results.zh}。", f"Results: {results.en}.")] if stated else []),
        ],
        missing=asked.lacking(CIRCULATION),
    )
    yield Answer(
        question=Text("交了以后想删掉，怎么办？", "How do I have my answers deleted?"),
        told=[
            Text(
                f"提交以后给的回执码，是 16 个字母和数字。打开 {asked.place}/receipt，打进去，"
                "截止以前可以改，随时可以删。"
                "回执码丢了就认不出哪一份是谁的：系统里没有姓名。",
                "After submitting you were given a receipt code of 16 letters and digits. Type it at "
                f"{asked.place}/receipt: answers can be changed until the last day and deleted at any time. Without it "
                "nobody can tell whose answers are whose: there are no names.",
            )
        ],
    )
    yield Answer(
        question=Text("还想问，找谁？", "Whom can I ask?"),
        told=[notice.contact],
        missing=asked.lacking(TELEPHONE),
    )


def _said(zh: str, en: str, value: str) -> Text | None:
    return Text(zh.format(value), en.format(value)) if value else None


def _joined(*parts: Text | None) -> Text | None:
    said = [part for part in parts if part]
    if not said:
        return None
    return Text("，".join(part.zh for part in said) + "。", _capital(", ".join(part.en for part in said)) + ".")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
