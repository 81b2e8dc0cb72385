"""What is said where every option is shown, though only some are meant: on paper, on a page without a script."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.offers import Offer
from questionnaires.text import Text


def narrowed_in_words(offer: Offer, numbers: Mapping[str, int | str]) -> Text | None:
    """Which options are meant, in a sentence for each thing that narrows; ``numbers`` of the questions by their ids."""
    question = offer.question
    zh, en = [], []
    if question.within is not None and any(one.parent for one in question.options):
        zh.append(f"只选属于第 {numbers[question.within]} 题答案的。")
        en.append(f"Choose only what belongs to your answer to question {numbers[question.within]}.")
    if question.chosen_in is not None:
        zh.append(f"只在第 {numbers[question.chosen_in]} 题选过的里面选，一项没选的不用答。")
        en.append(f"Only among those chosen in question {numbers[question.chosen_in]}; leave it if there are none.")
    if offer.conditions:
        named = dict.fromkeys(name.partition(".")[0] for one in offer.conditions.values() for name in one.variables())
        asked = [numbers[name] for name in named if name in numbers]
        labels = [one.label for one in question.options if one.code in offer.conditions]
        zh.append(f"“{'、'.join(one.zh for one in labels)}”与第 {'、'.join(map(str, asked))} 题的回答不符的不选。")
        told = "; ".join(one.in_language("en") for one in labels)
        en.append(f"Leave out “{told}” where it does not go with question {', '.join(map(str, asked))}.")
    return Text("".join(zh), " ".join(en)) if zh else None
