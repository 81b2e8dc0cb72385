"""What the page of residents' words refuses; each says the way out."""

from __future__ import annotations

from survey_service.errors import BadInput, Conflict


class RemarksFrozen(Conflict):
    code = "E278"
    zh = "这一期已经发布，居民的话和报告一起定了，不能再改。要改，先更正已发布的结果。"
    en = (
        "The wave is released, and residents' words with its reports: they cannot be changed any more. "
        "To change them, take the release back to review first."
    )


class StillIdentifies(BadInput):
    code = "E279"
    zh = "这条里还有可能认出人的内容（画了线的）。先划掉；确实认不出是谁的，勾上“看过，认不出是谁”再选登。"
    en = (
        "These words still hold what may say who somebody is (underlined). Strike it; or tick that it names nobody, "
        "and choose again."
    )


class NotForThatSheet(BadInput):
    code = "E280"
    zh = (
        "这条不能选到这张报告上：没有告诉过写的人会引用，地区答的人不够，或者已经选满，或者街道、全市的还没有给主题。"
        "页上写着是哪一种。"
    )
    en = (
        "These words cannot go on that sheet: whoever wrote them was not told of quotes, too few answered in the area, "
        "or it is full, or they have no theme yet, which streets and the city need. The page says which."
    )


class RemarkMoved(Conflict):
    code = "E281"
    zh = "这条刚刚被别人改过，或者答卷已经更正、撤回。请看清现在的样子再来。"
    en = "Somebody changed this a moment ago, or the answer was corrected or taken back. Look at it as it is now."


class NotRead(BadInput):
    code = "E282"
    zh = "先读，再选登。请按“读过了”，或者给一个主题。"
    en = "Read it before you choose it: say that it was read, or give it a theme."
