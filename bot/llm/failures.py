"""What may go wrong with the language model, and what the reader of an answer is told of it.

Whoever runs the program finds the rest in the log: `ServerFailed.en` and `.zh`. A notice names no
address, no key and nothing of what the server said.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.i18n import Pair
from index.remote.failures import FailureKind, ServerFailed

NOTICES: Mapping[FailureKind, Pair] = {
    "unreachable": ("语言模型连不上。", "The language model cannot be reached."),
    "slow": ("语言模型没有及时回应。", "The language model did not answer in time."),
    "cut": ("语言模型的回答中断了。", "The language model's answer broke off."),
    "garbage": ("语言模型的回答无法读取。", "The language model's answer could not be read."),
    "rejected": ("语言模型拒绝了请求。", "The language model refused the request."),
    "busy": ("语言模型现在很忙。", "The language model is busy."),
    "broken": ("语言模型出错了。", "The language model failed."),
    "filtered": (
        "语言模型的内容过滤没有让它回答。",
        "A content filter kept the language model from answering.",
    ),
    "too_long": (
        "问题和材料太长，语言模型装不下。",
        "The question and its sources are too long for the language model.",
    ),
    "length": (
        "语言模型的回答到了长度上限，没有写完。",
        "The language model's answer reached its limit and is not complete.",
    ),
    "budget": (
        "语言模型的用量已到上限。",
        "The language model has been used as much as it may be.",
    ),
    "breaker": (
        "语言模型接连出错，暂时不用。",
        "The language model has failed several times and is not used for a while.",
    ),
}
"""What went wrong, in whole sentences. What is shown instead is for whoever shows it to say."""


class ModelFailed(ServerFailed):
    """The language model did not write an answer, or not all of it. `kind` says why."""

    code = "model"

    @property
    def notice(self) -> Pair:
        """For the reader of the answer."""
        return NOTICES[self.kind]
