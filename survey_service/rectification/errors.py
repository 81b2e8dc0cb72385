"""What the rectification list refuses; each says the way out."""

from __future__ import annotations

from survey_service.errors import BadInput, Conflict


class NotTold(BadInput):
    code = "E265"
    zh = "这个数字在发布的结果里没有单独公布，或者误差大，不能作整改的依据。请从建议里选，或者用自己的话写事项。"
    en = (
        "The release does not show this figure as a firm one, so no row can rest on it. "
        "Choose one that is proposed, or say the matter in your own words."
    )


class SamePerson(Conflict):
    code = "E266"
    zh = "谁报的“已办”，就不能由谁核、由谁复查。请换一个人来核。"
    en = "Whoever reported the matter done does not check it, nor look at it again. Somebody else has to."


class NotThisStep(Conflict):
    code = "E267"
    zh = "这一项刚刚被别人改过，或者现在的状态不能做这一步。请刷新后再看。"
    en = "Somebody changed this matter a moment ago, or its state does not allow the step. Reload and look again."


class NoteNeeded(BadInput):
    code = "E268"
    zh = "请写明说明，最多 600 个字：办了什么、为什么退回或不列入。"
    en = "Say in the note, in at most 600 characters, what was done, or why it is returned or struck."


class NotAPhoto(BadInput):
    code = "E269"
    zh = "这个文件打不开，或者不是照片，没有收下。请换一张照片，不超过 10 MB；每项最多 6 张。"
    en = "The file is no photograph that can be opened. Send another of at most 10 MB; six at most for a matter."


class NoneTicked(BadInput):
    code = "E270"
    zh = "一项也没有选。请先在列表里勾上要列入或不列入的项。"
    en = "Nothing was chosen. Tick what is to be accepted or struck."
