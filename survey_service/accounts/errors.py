"""What can go wrong with accounts, in the words of the person who reads it."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class PasswordChangeNeeded(DomainError):
    """The password is one that an administrator gave; nothing else is open until it is changed."""

    code = "E100"
    status = HTTPStatus.FORBIDDEN
    zh = "现在用的是起始密码。请先在“我的账号”里换成自己的密码。"
    en = "You signed in with a start password. Change it to your own on your account page first."
    leads_to = "/account"


class PasswordTooWeak(DomainError):
    """Found at this sign-in: too short for this account, or too easily guessed."""

    code = "E107"
    status = HTTPStatus.FORBIDDEN
    zh = "您现在的密码太短，或者太容易被猜中。请先在“我的账号”里换一个，再开始工作。"
    en = "Your password is too short or too easily guessed. Change it on your account page first."
    leads_to = "/account"


class ContactsNotAgreed(DomainError):
    """The installation names this account, and nobody else has agreed to it since it was made or reset."""

    code = "E108"
    status = HTTPStatus.FORBIDDEN
    zh = (
        "您的账号还没有经过第二个人确认，联系方式暂时打不开。"
        "请另一位系统管理员或项目管理员登录后，在“可看联系方式的人”一页确认。"
    )
    en = (
        "Nobody else has agreed to your account yet, so contact data stay closed. "
        "Ask another administrator or manager to do so on the page “Who may read contact data”."
    )


class CannotAgree(DomainError):
    """Whoever had the keys of an account does not also agree that it reads contacts."""

    code = "E109"
    status = HTTPStatus.CONFLICT
    zh = "这一步要由另一个人来做：不能是本人，也不能是建这个账号、重置过它或给它对应过统一身份账号的人。"
    en = "Somebody else has to do this: not the person themselves, nor whoever made, reset or linked the account."


class ReadNotAudited(DomainError):
    """Nothing is shown of what must be written down first."""

    code = "E118"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "打开这一页要先记入审计日志，现在记不上，所以没有打开。请过一会儿再试。"
    en = "Opening this page is written to the audit log first, and that cannot be done now. Try again in a moment."


class SecondFactorNeeded(DomainError):
    """The city asks this role for a second factor, and this account has none yet."""

    code = "E101"
    status = HTTPStatus.FORBIDDEN
    zh = "按本单位规定，您的账号要先设置动态码。请在“我的账号”里设置。"
    en = "Your account needs a second factor first. Set it up on your account page."
    leads_to = "/account/second-factor"


class LastAdministrator(DomainError):
    """After this nobody could give rights any more."""

    code = "E102"
    status = HTTPStatus.CONFLICT
    zh = "这是全市最后一个能用的系统管理员，不能停用，也不能收回。请先给另一个人开通系统管理员。"
    en = "This is the last administrator of the whole city. Make somebody else administrator first."


class UserTaken(DomainError):
    code = "E103"
    status = HTTPStatus.CONFLICT
    zh = "这个用户名已经有人用了，请换一个。"
    en = "This user name is taken; choose another."


class WrongCode(DomainError):
    """The same words for a wrong code, an old one, and one that was used before."""

    code = "E104"
    status = HTTPStatus.UNAUTHORIZED
    zh = "动态码不对，或已经用过。请等手机上换出新的六位数，再填一次。"
    en = "The code is wrong or was used before. Wait until your phone shows the next six digits and type those."


class NotYours(DomainError):
    """Not on oneself, and not on who also works beyond one's own areas."""

    code = "E105"
    status = HTTPStatus.FORBIDDEN
    zh = "这个账号在您管的地区以外也有角色，要由上一级系统管理员来改。"
    en = "This account also has roles outside your areas; an administrator above you has to change it."


class NotOneself(DomainError):
    code = "E106"
    status = HTTPStatus.CONFLICT
    zh = "不能对自己的账号做这一步，请另一位系统管理员来做。"
    en = "You cannot do this to your own account; ask another administrator."


class ProviderUnreachable(DomainError):
    """The city's sign-in provider does not answer, or not as one; ``reason`` is for the log."""

    code = "E110"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "统一身份认证暂时连不上。请稍后再试；有本系统密码的，可以先用密码登录。"
    en = "The sign-in provider cannot be reached now. Try again later; with a password of this service, use that."

    def __init__(self, reason: str, *, silent: bool = False) -> None:
        super().__init__()
        self.reason = reason
        self.silent = silent  # no answer at all: asking again at once would only make more people wait


class ProviderSignInLost(DomainError):
    """The way back from the provider is not one that this browser began just now, or the person turned back."""

    code = "E111"
    status = HTTPStatus.BAD_REQUEST
    zh = "这次登录没有完成：中途取消了，或等得太久，或开了两个登录页。请再点一次。"
    en = "This sign-in was not finished: cancelled, waited too long, or begun in two tabs. Press the button again."


class ProviderNotBelieved(DomainError):
    """What the provider sent did not stand the check; ``reason`` is for the log."""

    code = "E112"
    status = HTTPStatus.UNAUTHORIZED
    zh = "统一身份认证发来的凭据没有通过核对，没有登录。请再试一次；还是不行，请告诉系统管理员。"
    en = "What the sign-in provider sent did not pass the check. Try again; if it goes on, tell the administrator."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class NoAccountForIdentity(DomainError):
    """The same for nobody's identity, one of a closed account, and one that is bound to somebody else."""

    code = "E113"
    status = HTTPStatus.FORBIDDEN
    zh = "您的统一身份账号还不能登录本系统。请把下面的账号告诉系统管理员，由管理员开通。"
    en = "Your account at the provider does not open this service yet. Give the administrator the name below."


class IdentityTaken(DomainError):
    code = "E114"
    status = HTTPStatus.CONFLICT
    zh = "这个统一身份账号已经对应到别的账号。请核对；要换人，先在那个账号上解除。"
    en = "This identity belongs to another account already. Check it; to move it, take it off that account first."


class NoProvider(DomainError):
    """The installation has no provider to sign in through."""

    code = "E115"
    status = HTTPStatus.CONFLICT
    zh = "本系统还没有接上统一身份认证，只能用密码登录。"
    en = "This service is not connected to a sign-in provider; people sign in with passwords."


class TokenRefused(DomainError):
    """The same words for a token that never was, has expired or was ended."""

    code = "E216"
    status = HTTPStatus.UNAUTHORIZED
    zh = "这个访问令牌不能用：写错了、过期了，或者已经停用。请在“我的账号”的“程序访问令牌”里做一个新的。"
    en = "This access token does not serve: it is wrong, expired or ended. Make a new one on your account page."


class TokenReadsOnly(DomainError):
    code = "E217"
    status = HTTPStatus.FORBIDDEN
    zh = "这个访问令牌只能读，不能提交。要提交，请做一个不勾“只读”的令牌。"
    en = "This access token may only read. Make one that is not read-only to send something."
