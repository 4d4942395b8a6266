"""Greetings, thanks and questions about the bot itself: short true answers that need no document."""

from __future__ import annotations

import re
from typing import Literal

from corpus.text import fold

_GREETING = re.compile(
    r"^(?:嗨|哈喽|哈啰|喂|hello|hi|hey|good (?:morning|afternoon|evening)|(?:你|您|大家)们?好|早上好|上午好|中午好|下午好|晚上好|早安|晚安|在吗|在不在|有人吗|打扰一?下)"
    r"(?:呀|啊|哦|吗|there|,|，|!|！|~|～|。|\s|你好|您好|在吗|城问|小助手|机器人)*$"
)
_THANKS = re.compile(
    r"^(?:好的?|ok(?:ay)?|嗯+|行|哦+|多?谢谢?|感谢|辛苦|thanks?|thank you|thx|cheers|great|再见|拜拜|回头见|下次见|bye|good ?bye|see you|明白了?|知道了|懂了|太好了|太棒了|真棒|厉害|不错|没有?(?:别的|其他)?问题了)"
)
_SELF = re.compile(
    r"(?:你|您|妳)(?:们|俩)?(?:这个?(?:机器人|程序|助手|系统))?(?:到底|究竟|现在|又|就|都|还|自己|平时|主要|目前|背后|其实|真的?|说的?|给的?|讲的?|答的?){0,3}"
    r"(?:是(?:谁|什么|啥|哪|真人|人|机器|ai|人工|一个|不是|chatgpt|gpt|大模型|由|怎么|咋|如何|男|女)|叫(?:什么|啥)|"
    r"能(?:做|干|回答|帮|告诉我(?:些)?什么|够|不能|查|解答|聊|信)|会(?:什么|啥|干|做|不会|回答|说谎|撒谎|骗|出错|联网|聊天|编)|可以(?:做|干|回答|帮)|懂(?:什么|哪些|啥)|有(?:什么|哪些|啥)(?:功能|用|本事|能力)|"
    r"的(?:名字|功能|作用|来源|数据|资料|知识|答案|回答|开发|作者|主人|原理|能力|模型)|从哪|来自|(?:怎么|咋|如何)(?:用|工作|回答|找|得出|知道)|用的?(?:是)?(?:什么|哪个?|啥)|知道(?:些)?(?:什么|哪些|啥)$|靠谱|靠得住|可信|可靠|准(?:确|不准|吗)|收费|要钱|联网|几岁|多大了)|"
    r"(?:介绍|说说|讲讲|谈谈|聊聊)(?:一下|下)?(?:你|您)自己|自我介绍|我能(?:信|相信)(?:你|您)|(?:问|请教)(?:你|您)(?:些|点)?(?:什么|啥)|"
    r"(?:谁|哪家(?:公司|单位)?)(?:开发|做|造|创造|训练|写|设计)(?:出)?(?:来)?(?:的|了)?(?:你|您)|(?:怎么|如何|咋)(?:使用|用)(?:你|您|这个?(?:机器人|助手|系统|工具|网站)?)|"
    r"^(?:这个?|本)(?:机器人|助手|系统|网站|工具|页面|东西)(?:是|能|可以|怎么|有|靠)|城问(?:是|能|可以|怎么)|"
    r"(?:who|what)(?: are|'re|r) (?:you|u)\b|what(?:'s| is) your (?:name|job|purpose)|what (?:can|do|could) (?:you|i) (?:do|answer|help|ask|know)|(?:are|r) (?:you|u) (?:a |an |really |actually )?(?:\w+ )?(?:bot|robot|human|real|ai|chatgpt|gpt|person|machine|program)|"
    r"who (?:made|built|created|wrote|trained) you|how (?:do|can|should) i use (?:you|this)|how do you (?:work|find|know|answer)|(?:which|what) (?:ai |language |llm )?model|are you (?:running|using|powered)|can (?:i|you) (?:trust|help|be trusted)|"
    r"do you (?:understand|speak|lie|make things up|use)|tell me about yourself|introduce yourself|help me$|^help$|^帮助$"
)
_DOCUMENT = re.compile(r"文章|本文|文中|原文|这篇|作者(?!是你)")

_ABOUT = {
    "greeting": (
        "您好，我是城问，回答关于已收录文章的问题。每句回答都摘自原文并注明出处；文章没有写到的，我会直说。请问您想了解什么？",
        "Hello, this is Chengwen. It answers questions about the articles it holds, quoting and citing every sentence, and says so when they do not cover something.",
    ),
    "thanks": (
        "不客气。还有其他关于文章的问题，可以继续问。",
        "You are welcome. Ask on if there is more about the articles.",
    ),
    "self": (
        "我是城问，一个自动问答程序，不是真人。我只在已收录的文章里查找，从原文摘出句子作答并逐句注明出处；文章没有写到的不作回答。可以问人物、数字、时间、做法、原因等，也可以接着上一个问题追问。",
        "This is Chengwen, a question-answering program, not a person. It searches only the articles it holds, answers in sentences quoted from them, cites each one, and does not answer what they do not say.",
    ),
}

About = Literal["greeting", "thanks", "self"]


def about(question: str) -> About | None:
    """Which of the three `question` is, or None."""
    folded = fold(question).strip()
    if _GREETING.search(folded):
        return "greeting"
    if (
        _THANKS.search(folded)
        and len(folded) <= 40
        and not re.search(r"什么|多少|哪|怎|谁|几|what|who|how|when|where|why|which", folded)
    ):
        return "thanks"
    if _SELF.search(folded) and not _DOCUMENT.search(folded):
        return "self"
    return None


def about_text(kind: About, language: str) -> str:
    """What the bot says of itself, in `language`."""
    zh, en = _ABOUT[kind]
    return en if language == "en" else zh
