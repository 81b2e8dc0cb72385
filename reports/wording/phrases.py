"""Every fixed sentence of the reports, Chinese first. Placeholders are the same in both languages; a test holds it."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

from analysis.results import IntervalMethod, Suppression, Verdict
from questionnaires.text import Text
from reports.wording.base_phrases import BASE_PHRASES
from reports.wording.change_phrases import CHANGE_PHRASES
from reports.wording.comparison_phrases import COMPARISON_PHRASES
from reports.wording.correction_phrases import CORRECTION_PHRASES
from reports.wording.group_phrases import GROUP_PHRASES
from reports.wording.index_phrases import INDEX_PHRASES
from reports.wording.item_phrases import ITEM_PHRASES
from reports.wording.mend_phrases import MEND_PHRASES
from reports.wording.mode_phrases import MODE_PHRASES
from reports.wording.outcome_phrases import OUTCOME_PHRASES
from reports.wording.sector_phrases import SECTOR_PHRASES
from reports.wording.set_phrases import SET_PHRASES
from reports.wording.sheet_phrases import SHEET_PHRASES
from reports.wording.tier_phrases import TIER_PHRASES
from reports.wording.undrawn_phrases import UNDRAWN_PHRASES

PHRASES: Final[Mapping[str, Text]] = {
    **BASE_PHRASES,
    **TIER_PHRASES,
    **UNDRAWN_PHRASES,
    **CORRECTION_PHRASES,
    **CHANGE_PHRASES,
    **COMPARISON_PHRASES,
    **GROUP_PHRASES,
    **INDEX_PHRASES,
    **ITEM_PHRASES,
    **MEND_PHRASES,
    **MODE_PHRASES,
    **OUTCOME_PHRASES,
    **SECTOR_PHRASES,
    **SET_PHRASES,
    **SHEET_PHRASES,
    # page furniture
    "community_report": Text("社区报告", "Community report"),
    "street_report": Text("街道报告", "Street report"),
    "city_report": Text("全市报告", "City report"),
    "page": Text("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "release_check": Text("发布号 {number}　校验 {check}", "Release {number}　check {check}"),
    "form_number": Text("表　　号", "Form no."),
    "issuing_body": Text("制定机关", "Issued by"),
    "approval_number": Text("批准文号", "Approval no."),
    "valid_until": Text("有效期至", "Valid until"),
    "legal_kind": Text("调查性质", "Kind of survey"),
    "circulation": Text("公开范围", "Circulation"),
    "colon": Text("：", ": "),
    "comma": Text("，", ", "),
    "semicolon": Text("；", "; "),
    "stop": Text("。", "."),
    "enumeration": Text("、", ", "),
    "last_of_two": Text("、", " and "),
    "field_period": Text("调查时间 {period}", "Fieldwork {period}"),
    "valid_and_rate": Text(
        "有效答卷 {valid} 人，应答率 {rate}", "{valid} {valid:person|people} answered, response rate {rate}"
    ),
    "valid_and_share": Text(
        "有效答卷 {valid} 人，完成抽中的 {rate}",
        "{valid} {valid:person|people} answered, {rate} of those sampled completed",
    ),
    "valid_only": Text("有效答卷 {valid} 人", "{valid} {valid:person|people} answered"),
    "of_whom": Text("调查对象：{text}", "Survey of: {text}"),
    "streets_counted": Text("{count} 个街道（镇）", "{count} {count:street or town|streets and towns}"),
    "communities_counted": Text("{count} 个社区", "{count} {count:community|communities}"),
    # the answer
    "reached_list": Text("{names}达标", "{names} reached the target"),
    "not_reached_list": Text("{names}未达标", "{names} did not reach the target"),
    "cannot_tell_list": Text("{names}尚不能判定", "{names}: cannot tell"),
    "cannot_reach_list": Text("{names}因问卷少，不足以判定达标", "{names}: too few to judge"),
    "not_published_list": Text("{names}不单独公布", "{names}: not published"),
    "reached_count": Text("{count} 项达标", "{count} reached the target"),
    "not_reached_count": Text("{count} 项未达标", "{count} did not"),
    "cannot_tell_count": Text("{count} 项尚不能判定", "of {count} one cannot tell"),
    "cannot_reach_count": Text("{count} 项因问卷少，不足以判定达标", "{count} had too few to judge"),
    "not_published_count": Text("{count} 项不单独公布", "{count} not published"),
    "of_indicators": Text("{count} 项指标中，", "Of {count} {count:indicator|indicators}, "),
    "no_targets": Text(
        "各项指标均未设目标，只列估计值与置信区间。",
        "No targets are set; estimates and confidence intervals only.",
    ),
    "headline_rate": Text("应答率 {rate}。", "Response rate {rate}. "),
    "headline_share": Text("完成抽中的 {rate}。", "{rate} of those sampled completed. "),
    "headline_withheld": Text(
        "应答率只有 {rate}，这里不下结论。", "Response rate {rate} only: no conclusion is drawn here."
    ),
    "headline_withheld_share": Text(
        "只完成抽中的 {rate}，这里不下结论。", "Only {rate} of those sampled completed: no conclusion is drawn here."
    ),
    "caution_low": Text(
        "没有应答的人若与应答的人不同，结论可能改变。",
        "If those who did not respond differ from those who did, the conclusions may change.",
    ),
    "caution_very_low": Text(
        "下面各项的判定只看区间，没有应答的人不在区间之内。",
        "The verdicts below rest on the intervals alone, which leave out whoever did not respond.",
    ),
    "rule_of_reading": Text(
        "整个 {level}% 置信区间都在目标一侧，才写“达标”或“未达标”；区间跨过目标，写“尚不能判定”。",
        "Reached, or not: the whole {level}% interval lies on that side of the target; else “cannot tell”.",
    ),
    "rule_without_targets": Text(
        "点是估计值；同样的调查重复多次，约有 {level}% 的置信区间包含真实水平。",
        "The dot is the estimate; if the survey were repeated, about {level}% of the intervals would hold the truth.",
    ),
    "statistical_verdict": Text(
        "达标、未达标均为依据 {level}% 置信区间作出的统计判定，不是验收结论。",
        "“Reached” and “not reached” are statistical verdicts from {level}% confidence intervals, not an acceptance.",
    ),
    "sampling_error_only": Text(
        "区间只反映抽样误差，不含无回答、遗漏和回答失真。",
        "Intervals reflect sampling error only, not nonresponse, gaps in the frame or untrue answers.",
    ),
    # reasons
    "above_reached": Text("整个区间不低于目标。", "Interval meets the target."),
    "above_missed": Text("整个区间低于目标。", "Interval misses the target."),
    "below_reached": Text("整个区间不高于目标。", "Interval meets the target."),
    "below_missed": Text("整个区间高于目标。", "Interval misses the target."),
    "crosses": Text("区间跨过目标。", "Interval crosses the target."),
    "settling": Text("{name}约 {n} 份", "{name}: about {n}"),
    "settling_all": Text(
        "尚不能判定的，水平不变的话，下一次收到这么多份有效问卷，有八成把握说得准：{parts}。",
        "Cannot tell: if levels stay, so many valid questionnaires next time would settle it with 80% probability: "
        "{parts}.",
    ),
    "census_only": Text(
        "抽样调查不能证明 100%，只有全数调查才能。", "A sample cannot show 100%; only a complete enumeration can."
    ),
    "no_target": Text("未设目标，不作判定。", "No target, no verdict."),
    "not_alone": Text(
        "不单独公布：为保护受访人，或因把握不够；已计入上一级。",
        "Not published alone: to protect respondents, or too uncertain; counted in the level above.",
    ),
    "not_at_top": Text(
        "不单独公布：为保护受访人，或因把握不够。",
        "Not published: to protect respondents, or too uncertain.",
    ),
    "unreliable": Text("误差大", "Large error"),
    "unreliable_long": Text(
        "误差大：有效样本量不足 {n}，或区间宽度达到 {width} 个百分点。",
        "Large error: effective sample below {n}, or interval {width} points wide or more.",
    ),
    # all alike
    "all_yes": Text("受访 {n} 人全部{did}；至少 {limit}。", "All {n} asked count as {did}; at least {limit}."),
    "none_yes": Text("受访 {n} 人无一{did}；至多 {limit}。", "None of {n} asked counts as {did}; at most {limit}."),
    "all_same": Text("受访 {n} 人回答全部相同。", "All {n} asked gave the same answer."),
    "sample_is_not_all": Text(
        "样本中人人{did}，不等于居民人人{did}。", "Everyone in the sample is not every resident ({did})."
    ),
    # tipping points
    "firmness": Text("结论有多稳", "How firm the verdicts are"),
    "firmness_lead_share": Text(
        "完成抽中的 {rate}，其余样本的结果没有登记，都当作合格的推算。其余的人怎么想，不知道。要是他们的数字：",
        "{rate} of those sampled completed; the others, whose outcomes were not recorded, are all taken as eligible. "
        "What they think is not known. If their figure is",
    ),
    "firmness_lead": Text(
        "应答率 {rate}，其余的人怎么想，不知道。要是他们的数字：",
        "Response rate {rate}: what the others think is not known. If their figure is",
    ),
    "tip_below": Text("低于 {q}，全体就够不上目标", "below {q}: target missed"),
    "tip_above": Text("高于 {q}，全体就达到目标", "above {q}: target reached"),
    "tip_rises": Text("高于 {q}，全体就超过目标", "above {q}: target missed"),
    "tip_falls": Text("低于 {q}，全体就达到目标", "below {q}: target reached"),
    "tip_never": Text("不管是多少，全体都在目标这一边", "whatever it is, the side stays"),
    "tip_unknown": Text("不作推算", "not computed"),
    "firmness_missing": Text(
        "没有列出的：{names}，不单独公布，或者只公布到一端。",
        "Not listed: {names}, not published alone or told to an end only.",
    ),
    # sections
    "compared": Text("与{others}相比", "Compared with {others}"),
    "comparison_unit": Text(
        "点为估计值，横线为 {level}% 置信区间，竖线为目标；单位：{unit}",
        "{level}% intervals, line: target; {unit}",
    ),
    "comparison_unit_plain": Text(
        "点为估计值，横线为 {level}% 置信区间；单位：{unit}",
        "{level}% intervals; {unit}",
    ),
    "unit": Text("单位：{unit}", "unit: {unit}"),
    "estimate": Text("估计值", "Estimate"),
    "interval": Text("{level}% 置信区间", "{level}% confidence interval"),
    "interval_short": Text("{level}% 置信区间", "{level}% interval"),
    "target": Text("目标", "Target"),
    "target_is": Text("目标 {value}", "Target {value}"),
    "by_age": Text("按年龄", "By age"),
    "age_group": Text("年龄组", "Age group"),
    "by_age_unit": Text(
        "估计值与 {level}% 置信区间；单位：{unit}", "estimate and {level}% confidence interval; unit: {unit}"
    ),
    "sample_title": Text("样本与应答", "Sample and response"),
    "sampled": Text("抽中", "Sampled"),
    "completed": Text("完成", "Completed"),
    "valid": Text("有效", "Valid"),
    "total": Text("总量", "total"),
    "response_rate": Text("应答率（AAPOR RR3）", "Response rate (AAPOR RR3)"),
    "response_rate_1": Text("应答率下限（AAPOR RR1）", "Lowest (AAPOR RR1)"),
    "completed_share": Text("完成 ÷ 抽中", "Completed ÷ sampled"),
    "outcomes_unrecorded": Text(
        "没有完成的样本未登记结果（拒访、无人、不合格等），应答率无从计算；只印完成占抽中的比重。",
        "Why others did not answer (refusal, no contact, not eligible) was not recorded, so no response rate can be "
        "computed; the share that completed is printed.",
    ),
    "outcomes_unrecorded_here": Text(
        "应答率为“—”的，没有登记各样本的结果，无从计算。",
        "Response rate “—”: outcomes were not recorded, so it cannot be computed.",
    ),
    "coverage": Text("抽样框覆盖率", "Coverage of the frame"),
    "kish_effect": Text("权数设计效应（Kish）", "Design effect of weights (Kish)"),
    "kish_size": Text("扣除权数影响后的样本量（Kish）", "Sample size after weights (Kish)"),
    "unknown": Text("不详", "unknown"),
    "e_note": Text(
        "应答率按 e = {e} 计算，即资格不明的样本中合格的比重。",
        "Response rate with e = {e}, the share of cases of unknown eligibility taken as eligible.",
    ),
    "open_note": Text(
        "公开扫码等非概率回答 {count} 份不是概率样本，未计入本报告的估计。",
        "{count} open {count:answer is|answers are} no probability sample and not in the estimates.",
    ),
    "open_burst_note": Text(
        "其中 {count} 份是一分钟里扎堆来的，可能是群里刚发了码，也可能有人代填。",
        "Of these, {count} came in heaps within a minute: the code was just sent round, or one hand sent many.",
    ),
    "how_to_read": Text("怎样读这份报告", "How to read this report"),
    "read_error": Text(
        "只问了一部分居民，数字必有误差：同样的调查重复许多次，约有 {level}% 的置信区间会包含真实水平。",
        "Only some residents were asked, so every figure has an error: of many such surveys about {level}% would give "
        "a confidence interval that holds the truth.",
    ),
    "legend_reached": Text("整个区间达到目标", "whole interval meets the target"),
    "legend_not_reached": Text("整个区间未达到目标", "whole interval misses the target"),
    "legend_cannot_tell": Text("区间跨过目标", "interval crosses the target"),
    "legend_cannot_reach": Text("份数少，任何结果都不足以判定", "too few to show it reached"),
    "legend_not_published": Text("为保护受访人，或因把握不够", "to protect respondents, or too uncertain"),
    "how_made": Text("数字是怎样得来的", "How the figures were made"),
    "made_population": Text("调查对象：{text}。", "Population: {text}."),
    "made_frame": Text("抽样框：{text}。", "Frame: {text}."),
    "made_interval": Text("区间用 {method}。", "Intervals: {method}."),
    "definitions": Text("指标定义", "What each indicator means"),
    "items_alike": Text("以下各项：{definition}“…”处：{parts}", "These items: {definition} For “…”: {parts}"),
    "item_is": Text("{name}（{part}）", "{name} ({part})"),
    "also": Text(
        "{name}：{value}，{level}% 置信区间 {interval}，n\u00a0=\u00a0{n}。",
        "{name}: {value}, {level}% confidence interval {interval}, n\u00a0=\u00a0{n}.",
    ),
    "also_hidden": Text("{name}：{why}", "{name}: {why}"),
    "item_definitions": Text("各项目定义", "What each item means"),
    "definitions_unit": Text("问卷版本 {version}", "questionnaire version {version}"),
    "suppressed_note": Text("“{sign}”表示不单独公布：{reasons}。", "“{sign}” not published: {reasons}."),
    "all_yes_sign": Text(
        "{signs}：受访者回答全部相同，只给出界限；样本中人人如此，不等于居民人人如此。",
        "{signs}: everyone asked gave the same answer, so only a limit is given; the sample is not every resident.",
    ),
    # an area
    "whole_city": Text("全市", "City-wide, "),
    "area_all": Text("逐个社区看，{facts}。", "By community: {facts}."),
    "area_each_reached": Text("{count} 个社区各项都达标", "{count} reached every target"),
    "area_some_reached": Text("{count} 个社区各项全部达标", "{count} reached every target"),
    "area_none_reached": Text("没有一个社区各项全部达标", "none reached every target"),
    "area_some_missed": Text("{count} 个社区至少一项未达标", "{count} missed at least one target"),
    "area_rest_open": Text(
        "另有 {count} 个社区尚不能判定或有数字不单独公布", "{count} undecided or not fully published"
    ),
    "area_each_open": Text(
        "{count} 个社区都还不能判定，或有数字不单独公布", "{count} undecided or not fully published"
    ),
    "area_missed": Text("{name}有 {count} 个社区未达标", "{count} missed {name}"),
    "communities_by_street": Text("{count} 个社区，按街道列出", "{count} {count:community|communities} by street"),
    "streets_of_many": Text(
        "{count} 个街道（镇）；社区多，各社区见街道的报告",
        "{count} {count:street|streets}; the many communities stand in the reports of their streets",
    ),
    "communities_of": Text("{count} 个社区", "{count} {count:community|communities}"),
    "area_unit": Text(
        "按区划代码排列，不作排名；小字为 {level}% 置信区间；单位：{unit}",
        "by area code, not ranked; small: {level}% confidence interval; in {unit}",
    ),
    "community": Text("社区", "Community"),
    "sample_by_area": Text("各社区样本与应答", "Sample and response by community"),
    "open_count": Text("公开扫码", "Open"),
    "open_count_note": Text(
        "公开扫码等非概率回答只列份数，不计入估计，也没有应答率。",
        "Open answers are counted only: they are not in the estimates and have no response rate.",
    ),
    # imprint
    "release_number": Text("发布号", "Release"),
    "released_on": Text("发布日期", "Released"),
    "prepared_by": Text("统计", "Prepared"),
    "reviewed_by": Text("复核", "Reviewed"),
    "signed_by": Text("审签", "Signed"),
    "software": Text("软件版本", "Software"),
    "snapshot": Text("数据快照 SHA-256", "Data snapshot SHA-256"),
    "recompute": Text(
        "对数字有疑问，请写明发布号。咨询：{contact}。",
        "Questions about a figure: name the release number. {contact}.",
    ),
    # estimates of any data file
    "estimates_report": Text("统计估计报告", "Report of estimates"),
    "whole_sample": Text("全部样本", "Whole sample"),
    "all_domains": Text("各组估计值与置信区间", "Estimates and confidence intervals by group"),
    "domain_count": Text("{count} 组", "{count} {count:group|groups}"),
    "by_variables": Text("按 {names} 分组", "by {names}"),
    "share_of": Text("{variable}：各类所占比重", "{variable}: share of each category"),
    "mean_of": Text("{variable}：均值", "{variable}: mean"),
    "total_of": Text("{variable}：总量", "{variable}: total"),
    "ratio_of": Text("{variable}：比率", "{variable}: ratio"),
    "combination_of": Text("{variable}：合成值", "{variable}: combination"),
    "difference_of": Text("{variable}：差异", "{variable}: difference"),
    "quantile_of": Text("{variable}：分位数", "{variable}: quantile"),
    "variance_of": Text("{variable}：方差", "{variable}: variance"),
    "group": Text("组", "Group"),
    "respondents": Text("有效样本 {n} 人", "{n} {n:respondent|respondents}"),
    "design_facts": Text(
        "{strata} 层，{psus} 个初级抽样单元，自由度 {df}，样本 {n}",
        "strata {strata}, sampling units {psus}, degrees of freedom {df}, sample {n}",
    ),
    "standard_error": Text("标准误", "Std. error"),
    "degrees_of_freedom": Text("自由度", "d.f."),
    "design_effect": Text("设计效应", "Design effect"),
    "effective_sample_size": Text("有效样本量", "Effective n"),
    "made_on": Text("编制日期 {on}", "Made on {on}"),
    "proportion": Text("比重", "share"),
    "mean": Text("均值", "mean"),
    "ratio": Text("比率", "ratio"),
    "combination": Text("合成值", "combination"),
    "difference": Text("差异", "difference"),
    "quantile": Text("分位数", "quantile"),
    "variance": Text("方差", "variance"),
    "details_unit": Text("比重及其标准误的单位：%", "shares and their standard errors in %"),
    "no_error_alike": Text(
        "标准误为“—”的，回答全部相同，标准误不适用；误差见区间。",
        "Standard error “—”: all answers alike, so it does not apply; the interval shows the error.",
    ),
    "details": Text("精度与样本", "Precision and sample"),
    "not_ranked": Text("各组按数据中的次序列出，不作排名。", "Groups in the order of the data, not ranked."),
    "data_file": Text("数据校验 SHA-256", "Data SHA-256"),
}

VERDICT_WORDS: Final[Mapping[Verdict, Text]] = {
    Verdict.REACHED: Text("达标", "Reached"),
    Verdict.NOT_REACHED: Text("未达标", "Not reached"),
    Verdict.CANNOT_TELL: Text("尚不能判定", "Cannot tell"),
    Verdict.CANNOT_REACH: Text("不足以判定达标", "Too few to judge"),
    Verdict.NOT_PUBLISHED: Text("不单独公布", "Not published"),
}

SUPPRESSION_LETTERS: Final[Mapping[Suppression, str]] = {
    Suppression.FEW_RESPONDENTS: "a",
    Suppression.UNRELIABLE: "b",
    Suppression.COMPLEMENTARY: "c",
    Suppression.GROUP_DISCLOSURE: "d",
    Suppression.NOT_ESTIMABLE: "e",
    Suppression.DOMINATED: "f",
    Suppression.NOT_PUBLISHED: "",
}

SUPPRESSION_REASONS: Final[Mapping[Suppression, Text]] = {
    Suppression.FEW_RESPONDENTS: Text("受访者不足 {minimum} 人", "fewer than {minimum} respondents"),
    Suppression.UNRELIABLE: Text(
        "有效样本不足 {effective}，或区间宽度达到 {width} 个百分点",
        "effective sample below {effective}, or interval {width} points wide or more",
    ),
    Suppression.COMPLEMENTARY: Text(
        "为防止由合计倒推而一并隐去", "hidden so that another figure cannot be had by subtraction"
    ),
    Suppression.GROUP_DISCLOSURE: Text(
        "受访者不足 {group} 人且回答全部相同", "fewer than {group} respondents, all of one answer"
    ),
    Suppression.DOMINATED: Text("总量几乎由一个受访者构成", "one respondent makes up nearly all of a total"),
    Suppression.NOT_ESTIMABLE: Text("样本设计不足以估计", "not estimable from this design"),
    Suppression.NOT_PUBLISHED: Text(
        "不单独公布：为保护受访人，或因把握不够；已计入上一级",
        "not published alone: to protect respondents, or too uncertain; counted in the level above",
    ),
}

MODES: Final[Mapping[str, Text]] = {
    "face_to_face": Text("当面访问", "Face to face"),
    "telephone": Text("电话访问", "Telephone"),
    "paper": Text("纸质问卷", "Paper"),
    "web_invited": Text("网上邀请", "Web, invited"),
    "web_open": Text("公开扫码", "Web, open"),
    "paper_open": Text("随机发放纸卷", "Paper, open"),
    "import_open": Text("外部导入", "Import, open"),
}

METHODS: Final[Mapping[IntervalMethod, Text]] = {
    IntervalMethod.KORN_GRAUBARD: Text("Korn–Graubard 法", "Korn–Graubard"),
    IntervalMethod.BETA: Text("Korn–Graubard 法（不设上限，同 R 的 beta）", "Korn–Graubard without the cap (R: beta)"),
    IntervalMethod.WILSON: Text("Wilson 法", "Wilson"),
    IntervalMethod.LOGIT: Text("logit 法", "logit"),
    IntervalMethod.WALD: Text("Wald 法", "Wald"),
    IntervalMethod.ARCSINE: Text("反正弦法", "arcsine"),
    IntervalMethod.LIKELIHOOD: Text("似然法", "profile likelihood"),
    IntervalMethod.XLOGIT: Text("logit 法（同 R 的 xlogit）", "logit (R: xlogit)"),
    IntervalMethod.WOODRUFF: Text("Woodruff 法", "Woodruff"),
}


class _Plurals(Formatter):
    """Places that choose a word by a number: ``{count:community|communities}``, the first of them for one."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, several, more = format_spec.partition("|")
        if several:
            return one if str(value) in ("1", "one") else more
        return str(format(value, format_spec))


_PLURALS: Final = _Plurals()


def say(language: str, phrase: str, **values: object) -> str:
    """The phrase in that language with its values; KeyError for a phrase that does not exist."""
    return filled(PHRASES[phrase].in_language(language), values)


def filled(template: str, values: Mapping[str, object]) -> str:
    """The template with its values; ``{n:value|values}`` takes the first word for 1."""
    return _PLURALS.vformat(template, (), values)
