"""What can keep a release from being signed or printed."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import BadInput, DomainError


class RowsChanged(DomainError):
    """Between looking at the figures and signing them, the rows changed."""

    code = "E060"
    status = HTTPStatus.CONFLICT
    zh = "您看数字的时候，答卷有了变动，没有签发。请重新看一遍数字再签。"
    en = "The answers changed while you were looking at the figures; nothing was released. Look again, then sign."


class NotRecomputable(DomainError):
    """The figures computed from the rows now are not those that were signed."""

    code = "E061"
    status = HTTPStatus.CONFLICT
    zh = "按现在的答卷重新计算，数字和签发时不一致，没有生成报告。请找系统管理员核对数据快照和软件版本。"
    en = (
        "Computed again from the rows, the figures differ from those that were signed, so no report was made. "
        "Ask the administrator to compare the snapshot and the software version."
    )


class NothingToRelease(DomainError):
    """Nobody of the sample has answered."""

    code = "E062"
    status = HTTPStatus.CONFLICT
    zh = "样本里还没有一份有效答卷，没有数字可看。"
    en = "Nobody in the sample has answered yet, so there is no figure to look at."


class PlanChanged(DomainError):
    """Between looking at the figures and standing for them, the analysis plan changed."""

    code = "E063"
    status = HTTPStatus.CONFLICT
    zh = "您看数字的时候，分析方案有了变动，这一步没有做成。请重新看一遍数字再做。"
    en = "The analysis plan changed while you were looking at the figures; nothing was done. Look again first."


class OutOfTurn(DomainError):
    """A step of a release is taken when the one before it stands, and once."""

    code = "E064"
    status = HTTPStatus.CONFLICT
    zh = "现在轮不到这一步：上一步还没有做，或者这一步刚刚有人做过。请刷新后再看。"
    en = "It is not the turn of this step: the one before is missing, or somebody has just taken this one. Reload."


class TooFewPeople(DomainError):
    """Who prepares, reviews and signs must be more people than these."""

    code = "E065"
    status = HTTPStatus.CONFLICT

    def __init__(self, differ: int) -> None:
        super().__init__(
            zh=f"统计、复核、审签要由至少 {differ} 个不同的账号来做。您已经做过前面的步骤，这一步请另一个人做。",
            en=f"At least {differ} different accounts must prepare, review and sign. You have taken a step before this "
            "one: somebody else has to take this.",
        )


class GivenAwayBefore(DomainError):
    """A correction would have to hide what the edition before it published."""

    code = "E066"
    status = HTTPStatus.CONFLICT
    zh = (
        "这一版不能发布：有的数字按规则现在要隐去，可是上一版已经公布，由上一版可以倒推出来。"
        "请撤销这次更正，上一版照旧有效。"
    )
    en = (
        "This edition cannot be published: the rule hides figures now that the edition before it has published, so "
        "they could be had from there. Drop the correction; the edition before stays in force."
    )


class IndexMoved(DomainError):
    """An index is no longer what the page showed: another edition, other parts or weights."""

    code = "E067"
    status = HTTPStatus.CONFLICT
    zh = "这个指数已经和您看到的不一样了（有新一版发布，或者改了组成、权重），没有签。请再看一遍再签。"
    en = (
        "The index is no longer the one you were looking at (a new edition, or other parts or weights); nothing was "
        "signed. Look again, then sign."
    )


class TooManyCodes(DomainError):
    """Codes of no sheet from one place: somebody is trying. A right one is always answered."""

    code = "E271"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, *, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            zh=f"从您这个网络来的错误核验码太多了。请等 {minutes} 分钟再试。",
            en=f"Too many wrong verification codes came from your network. Please wait {minutes} min and try again.",
        )
        self.seconds = seconds


class NothingToMakeAgain(DomainError):
    """The reports of a release are made, or being made, by now."""

    code = "E274"
    status = HTTPStatus.CONFLICT
    zh = "这一版的报告没有要重做的：已经做好，或者别人刚刚点过，正在做。请刷新页面。"
    en = (
        "There is nothing to make again: the reports are made, or somebody has begun them a moment ago. "
        "Reload the page."
    )


class NotASealedFile(BadInput):
    """What was brought as the scan of the sealed report is no such file."""

    code = "E275"
    zh = "没有收下：盖章件要是一个完整的 PDF 或 JPG 文件，不超过 20 MB。请重新扫描，或者把分辨率调到 200 dpi 再传。"
    en = (
        "Not taken: the sealed report has to be one whole PDF or JPG file of at most 20 MB. "
        "Scan it again, at 200 dpi where it is too large."
    )


class SealedAlready(DomainError):
    """There is a sealed file, and nobody said that it is to be replaced."""

    code = "E276"
    status = HTTPStatus.CONFLICT
    zh = "这一版已经有盖章件，没有替换。确实要换，请勾上“用这一份替换”再传；原来的保留，仍然可以下载。"
    en = (
        "This edition has a sealed file already, which was not replaced. To replace it, tick the box and send the "
        "file again; the one before is kept and can still be had."
    )


class CannotBePrinted(DomainError):
    """The sheets would have empty boxes: each character, and where it stands."""

    code = "E277"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(
            zh=f"有的字字体里没有，报告上会印成方框，没有签发。请先改：{zh}。",
            en=f"The fonts lack some characters, which would be printed as boxes; nothing was released. Change: {en}.",
        )
