"""Parses the author and the publisher of an article from the lines that name them."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.intake.dates import date_in, without_date
from corpus.intake.page import fold

_HAN = "\u4e00-\u9fff"
# The surnames of 百家姓 and other frequent ones, some in traditional characters.
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪"
    "包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲封储靳段富巫乌焦巴弓牧隗山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎薄"
    "印白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴能苍双闻党翟谭贡劳申扶堵冉宰雍桑桂牛寿通边燕冀尚农温庄晏柴瞿阎习艾容向古易廖耿满匡国"
    "陳張劉楊黃趙吳孫鄭馮蔣衛許嚴華錢魯馬湯羅畢樂齊顧蕭姚貝計談龐紀項賈婁顏駱萬盧鄧單龔陸榮烏葉喬聞譚勞邊農溫莊閻習滿歐師聶簡饒關紅"
    "文寇广东欧利蔚越师巩聂晁敖冷辛那简饶空曾沙丰巢关相查后荆红游竺权盖益桓公岳官言阳佟商涂仝覃车佘肖闫付代苟"
)
# 某大学, 新华社, 博士生导师, 办公室主任
_OFFICES = re.compile(
    r".*(?:大学|学院|中心|基地|委员会?|日报|晚报|杂志|公司|集团|协会|学会|小组|课题组|编辑部|政府|党校|科学院|教授|研究员|"
    r"讲师|博士生?|硕士生?|主任|院长|所长|书记|助理|学者|专家|编辑|记者|通讯员|导师|院士|秘书长|[局处部厅科]长|科员|"
    r"[市省县区局厅部院所网社报台])"
)
_REPORTER = (
    rf"(?:(?:本报|本网|本刊|[{_HAN}]{{2,8}}[社网报台]|[{_HAN}]{{2,6}}新闻)\s*)?"
    r"(?:见习|特约|全媒体|首席|实习)?(?:[记記]者|通[讯訊][员員]|评论员|撰稿人)"
)
# 作者: , 文/, 本报记者, 新华社通讯员, ■
_LABEL = re.compile(
    rf"(?:本文|文章)?作\s*者\s*[:/|]|(?:撰?文|供稿|文字|口述|整理|采写|图文|文图|执笔)\s*[/|:]|[□■▲◎]|{_REPORTER}\s*[:|/]?"
)
# (作者单位:某大学
_OFFICE_ONLY = re.compile(r"[(【\s]*(?:本文|文章)?[两三]?位?作者\s*(?:单位|(?:分别)?[系为是])")
# (作者简介:
_LIFE = re.compile(r"[(【\s]*作者(?:简介|介绍)\s*:\s*")
# 张三 of "张三,某校教授" and of "张三系某校教授"
_LEADING = re.compile(rf"[{_HAN}·]{{2,4}}?(?=[,、(\s]|[系为是男女]|$)")
# 采写 of 张三采写
_CREDITED = re.compile(r"(?:采写|摄影报道|报道|整理|撰写)$")
# 李四 摄, 张三、王五供图: took the pictures
_PICTURED = re.compile(
    rf"(?:[{_HAN}·]{{2,4}}[、\s]+)*[{_HAN}·]{{2,4}}\s*(?:摄影?|供图|制图)(?=$|[\s;、,)])"
)
# 文 of "张三 文 李四 摄"
_WROTE = re.compile(r"\s(?:文|撰文|文字)(?=\s)")
# 责任编辑:, 图/, 摄影:, 校对:, 2020-: here the authors end
_NOT_AUTHORS = re.compile(
    r"责任编辑|责编|编辑|来源|校对|审核|监制|(?:摄影|图片|视频|制图|漫画|插图)\s*[/|:]|(?<![文字])图\s*[/|:]"
    r"|(?:19|20)\d\d\s?[-年/.]"
)
# What portals print in the place of a name
_NO_NAME = re.compile(
    r"(?:点击|查看|关注|展开|显示).{0,4}|未知|不详|佚名|匿名|无|管理员|小编|网络|原创|转载|综合|时间|本站|整理|文字|摄影|图片"
)
# "By Jane Doe", "Written by Jane Doe"
_ENGLISH_BY = re.compile(
    r"(?:^|[|\s])(?:By|(?:Written|Words|Opinion|Analysis|Story|Text|Reporting) by|Authors?:)\s+(?P<who>[A-Z][^|]*)"
)
# "Jane Doe", "Ludwig van Beethoven"
_ENGLISH_NAME = re.compile(r"[A-Z][\w.'’-]*(?:\s(?:[A-Z][\w.'’-]*|van|de|der|von|bin|al|la)){1,3}")
# "Staff Writer", "China Daily"
_ENGLISH_OFFICES = re.compile(
    r"(?i:\b(?:Staff|Writer|Reporter|Correspondent|Editor|Daily|News|Times|Agency|University|Institute|Professor|Cent(?:re|er)|"
    r"Department|School|College|Updated|Published|Contributor|Press|Review|Academy|Council)\b)"
)
# 某地5月1日电(记者张三、李四)
_DATELINE = re.compile(
    rf"[^。(]{{0,30}}\s*\((?P<who>[{_HAN}]{{0,8}}(?:记者|通讯员)[^()]{{2,40}})\)"
)
# 来源:光明网-理论频道2020-12-05, "Source: China Daily | Author: …"
_SOURCE = re.compile(
    r"(?:来\s?源|出处|转自|摘自|原载|发布机构|发布单位|发文机关|发布者|Source|Published by)\s*[:/|]"
    r"\s*[|]?\s*(?P<name>(?!(?:发布|发表|更新)?(?:时间|日期))[^\s|].*?)\s*"
    r"(?=$|[|】)]|\s{2,}|\s*(?:作者|责任编辑|责编|编辑|记者|发布时间|发布日期|时间|日期|字号|字体|浏览|Author|Editor)\s*:?"
    r"|\s*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]|\s+\d{1,2}\s[A-Z][a-z]+\s\d{4})"
)
# 发布时间: , "Published on "
_DATE_LABEL = re.compile(
    r"^(?:(?:发布|发表|更新|成文|公布|印发|录入|上传)?\s*(?:时\s*间|日\s*期)|(?:发表|发布|更新|写)于|"
    r"(?:(?:First )?Published|(?:Last )?Updated|Posted|Date)(?: on| at)?)\W*"
)
# "By Jane Doe", 责任编辑, 星期二, 1164次阅读, "0": no publisher
_NO_SOURCE = re.compile(
    r"By\s|作者|[记記]者|通[讯訊]|责任编辑|编辑|原标题|(?:发表|发布)(?:于|$)|星期.$|原创$|[\W\d_]*$"
    r"|.?时?[间期]:?$|[\d,.]*\s*[万wk+]*\s*[次人条个]?\s*(?:阅读|浏览|评论|点击|访问|点赞|参与|播放|跟贴)\S{0,2}$"
    r"|(?:发布|举报|分享|收藏|打印|关闭|字号|字体|更新|来源|网络)$"
    r"|(?:HKT|BJT|GMT|UTC|CST|EST|EDT|PST|PDT|CET|JST|SGT)$|[\d:]+\s?(?:HKT|BJT)"
)
# 举报 of "证券市场红周刊举报": a button behind the name
_BUTTON = re.compile(r"(?:举报|分享|收藏|打印|关注|订阅|字号.*|0?\s?评论)$")
# 最近更新: before a date; 来源: before one is a label that lacks its name
_LABEL_OF_DATE = re.compile(rf"(?<![{_HAN}])[{_HAN}]{{2,6}}\s*:\s*$")
# 发表于 浙江, IP属地:浙江: where a reader's program places who posted; not 发表于 光明网
_PLACED = re.compile(
    rf"(?:发[表布]于|(?:IP\s?)?属地)\s*:?\s*(?![{_HAN}]*[网报社台刊志号])[{_HAN}]{{2,5}}$"
)
# 浙江 of "2024-11-18 17:32 浙江"
_BEHIND_CLOCK = re.compile(
    rf"\s*T?\d{{1,2}}:\d\d(?::\d\d)?\s+(?![{_HAN}]*[网报社台刊志号])(?P<place>[{_HAN}]{{2,4}})\s*$"
)
# 采访: before and 记者 behind the paper in "采访:《江报》记者"
_AROUND_PAPER = re.compile(
    rf"^[{_HAN}]{{2,4}}:|(?:见习|特约|全媒体|首席|实习)?(?:记者|通讯员|评论员)$|^本[报网刊站](?=$|记者|通讯员)"
)
# 在某次会议上: where a speech was made
_OCCASION = re.compile(r"在.*[上中里]$")
_LONGEST_SOURCE = 24
"""Longest name of a publisher, characters."""


def authors_in(line: str) -> tuple[str, ...]:
    """The names in a Chinese or English byline, in the order printed.

    Affiliations and offices are left out.
    """
    line = fold(line)
    english = _ENGLISH_BY.search(line)
    if english:
        return _english_names(english["who"])
    life = _LIFE.match(line)
    if life:
        leading = _LEADING.match(line, life.end())
        return (leading[0],) if leading and _is_name(leading[0]) else ()
    if _OFFICE_ONLY.match(line):
        return tuple(word for word in line.strip("()。 ").split()[1:] if _is_name(word))
    # (作者:张三)
    line = re.sub(r"^\((.*)\)$", r"\1", line)
    label = _LABEL.search(line)
    if not label:
        return ()
    # ■ 纪检监察 is a heading, whereas 作者:课题组 is an author.
    names_bodies = label[0] not in "□■▲◎"
    return _chinese_names(line[label.start() :], names_bodies)


def authors_in_dateline(paragraph: str) -> tuple[str, ...]:
    """The reporters in brackets at the head of a news report: "某地5月1日电(记者张三、李四)"."""
    found = _DATELINE.match(fold(paragraph[:120]))
    return authors_in(found["who"]) if found else ()


def names_office(line: str) -> bool:
    """Whether a line is a name and an office ("甲,某校教授", "某校教授 甲"), or an English office alone."""
    # "Staff Writer, China Daily"
    if re.fullmatch(r"[A-Z][\w ,'&-]{3,60}", line):
        return bool(_ENGLISH_OFFICES.search(line))
    tokens = re.split(r"[\s,、()]+", fold(line).strip("()"))
    offices = [token for token in tokens if _OFFICES.fullmatch(token) and len(token) > 1]
    names = [token for token in (tokens[0], tokens[-1]) if _is_name(token)]
    return bool(offices and names) and len(line) <= 60 and "。" not in line


def source_in(line: str, authors: Collection[str] = ()) -> str:
    """The publisher in a source line, as printed, or empty. None of `authors` is one."""
    found = _SOURCE.search(fold(line))
    if found and not _NO_SOURCE.match(found["name"]):
        name = line[slice(*found.span("name"))].strip(" \u3000()【】[]")
        return _BUTTON.sub("", name).strip() or name
    # 2020-12-05 | 光明网, "Dec 5, 2020 - China Daily"
    for piece in re.split(r"\s*\|\s*|\s[·-]\s", fold(line)):
        part = re.sub(r"^(?:来源|出处)\s*", "", _DATE_LABEL.sub("", _beside_date(piece)))
        if re.match("分类|标签", part):
            continue
        # Chinese names have no spaces in them, English ones have.
        names = [part] if part.isascii() or part[:1].isascii() else part.split()[::-1]
        for name in names:
            # 来源CSDN
            name = _AROUND_PAPER.sub("", name.removeprefix("来源").lstrip(": "))
            if _may_publish(name) and name not in authors:
                return name
    return ""


def _beside_date(piece: str) -> str:
    """A piece of a source line, folded, without its date, the label of that, and the place of who
    posted it where a name stands before the date.
    """
    dated = date_in(piece)
    if dated is None:
        return without_date(piece)
    start, end = dated
    head = _LABEL_OF_DATE.sub("", piece[:start])
    behind = _PLACED.sub("", piece[end:])
    last = (head.split() or [""])[-1]
    placed = _BEHIND_CLOCK.match(behind)
    if placed and _may_publish(last) and not _is_name(last) and len(last) > len(placed["place"]):
        behind = ""
    return without_date(f"{head}{piece[start:end]}{behind}")


def _may_publish(name: str) -> bool:
    """Whether a word beside a date may be the name of a publisher."""
    is_no_name = not name or "," in name or _NO_SOURCE.match(name) or _OCCASION.match(name)
    return not is_no_name and len(name) <= _LONGEST_SOURCE


def _chinese_names(text: str, names_bodies: bool) -> tuple[str, ...]:
    """The names after a label: "甲、乙", "甲(某校教授)", "某校教授 甲;某局 乙".

    A single body is given as it is, where `names_bodies` says that the label may name one.
    """
    # The affiliation of 甲(某校教授)
    text = re.sub(r"\([^()]*\)", " ", text).strip("()【】[]。 ")
    # 张三 of "张三 责任编辑:李四" and of "张三 2020-12-05"
    text = _WROTE.sub(";", text)
    credited = _NOT_AUTHORS.split(_LABEL.sub(" ", text))[0]
    text = _PICTURED.sub(" ", credited)
    is_credit = text != credited
    # 张 三
    text = re.sub(rf"(?<![{_HAN}])([{_HAN}]) +([{_HAN}])(?![{_HAN}])", r"\1\2", text)
    named: list[str] = []
    for part in text.split(";"):
        named += _names_in_part(part)
    if not names_bodies:
        named = [name for name in named if len(name) < 4 or "·" in name]
    whole = text.strip(" ()。")
    is_body = re.fullmatch(rf"(?=.*[{_HAN}])[^,。、\s]{{2,20}}", whole)
    is_alone = not is_credit and not _NO_NAME.fullmatch(whole)
    if names_bodies and not named and is_body and is_alone:
        named = [whole]
    return tuple(dict.fromkeys(named))


def _names_in_part(part: str) -> list[str]:
    """The names among the words of a part without semicolons."""
    names = []
    # 张三、李四, 张三和李四
    for token in re.split(rf"[\s、,/|&()]+|(?<=[{_HAN}]{{2}})[和与](?=[{_HAN}]{{2}})", part):
        word = _CREDITED.sub("", token)
        # 张三系某校教授
        if re.match(rf"[{_HAN}]{{2,3}}[系为]", word):
            word = re.split("[系为]", word)[0]
        if _is_name(word):
            names.append(word)
    return names


def _is_name(token: str) -> bool:
    """Whether a word is a Chinese name (张三, 欧阳修) or a foreign one in Chinese (卡尔·马克思)."""
    if "·" in token:
        return bool(re.fullmatch(rf"[{_HAN}]+(?:·[{_HAN}]+)+", token)) and len(token) <= 16
    if not re.fullmatch(rf"[{_HAN}]{{2,4}}", token):
        return False
    if _OFFICES.fullmatch(token) or _NO_NAME.fullmatch(token):
        return False
    return token[0] in _SURNAMES


def _english_names(text: str) -> tuple[str, ...]:
    """The names in the rest of an English byline, without offices and dates."""
    names = []
    # "Jane Doe and John Roe in London"
    for part in re.split(r",|;|\||&|\band\b|\bin\s(?=[A-Z])", without_date(text)):
        name = part.strip(" .()")
        if _ENGLISH_NAME.fullmatch(name) and not _ENGLISH_OFFICES.search(name):
            names.append(name)
    return tuple(names)
