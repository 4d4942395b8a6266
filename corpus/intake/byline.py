"""Who wrote an article and where it was printed, parsed from the lines that say so."""

from __future__ import annotations

import re
from datetime import date

from corpus.intake.page import fold

_HAN = "\u4e00-\u9fff"
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪"
    "包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲封储靳段富巫乌焦巴弓牧隗山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎薄"
    "印白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴能苍双闻党翟谭贡劳申扶堵冉宰雍桑桂牛寿通边燕冀尚农温庄晏柴瞿阎习艾容向古易廖耿满匡国"
    "陳張劉楊黃趙吳孫鄭馮蔣衛許嚴華錢魯馬湯羅畢樂齊顧蕭姚貝計談龐紀項賈婁顏駱萬盧鄧單龔陸榮烏葉喬聞譚勞邊農溫莊閻習滿歐師聶簡饒關紅"
    "文寇广东欧利蔚越师巩聂晁敖冷辛那简饶空曾沙丰巢关相查后荆红游竺权盖益桓公岳官言阳佟商涂仝覃车佘肖闫付代苟"
)
_OFFICES = re.compile(
    r".*(?:大学|学院|中心|基地|委员会?|日报|晚报|杂志|公司|集团|协会|学会|小组|课题组|编辑部|政府|党校|科学院|教授|研究员|"
    r"讲师|博士生?|硕士生?|主任|院长|所长|书记|助理|学者|专家|编辑|记者|通讯员|导师|院士|秘书长|[局处部厅科]长|科员|"
    r"[市省县区局厅部院所网社报台])"
)
_REPORTER = (
    rf"(?:(?:本报|本网|本刊|[{_HAN}]{{2,8}}[社网报台]|[{_HAN}]{{2,6}}新闻)\s*)?"
    r"(?:见习|特约|全媒体|首席|实习)?(?:[记記]者|通[讯訊][员員]|评论员|撰稿人)"
)
_LABEL = re.compile(
    rf"(?:本文|文章)?作\s*者\s*[:/|]|(?:撰?文|供稿|文字|口述|整理|采写|图文|执笔|图)\s*[/|:]|[□■▲◎]|{_REPORTER}\s*[:|/]?"
)
_OFFICE_ONLY = re.compile(r"[(【\s]*(?:本文|文章)?[两三]?位?作者\s*(?:单位|(?:分别)?[系为是])")
_LIFE = re.compile(r"[(【\s]*作者(?:简介|介绍)\s*:\s*")
_LEADING = re.compile(rf"[{_HAN}·]{{2,4}}?(?=[,、(\s]|[系为是男女]|$)")
_CREDITED = re.compile(r"(?:采写|摄影报道|摄影|报道|整理|撰写|摄)$")
_ENGLISH_BY = re.compile(
    r"(?:^|[|\s])(?:By|(?:Written|Words|Opinion|Analysis|Story|Text|Reporting) by|Authors?:)\s+(?P<who>[A-Z][^|]*)"
)
_ENGLISH_NAME = re.compile(r"[A-Z][\w.'’-]*(?:\s(?:[A-Z][\w.'’-]*|van|de|der|von|bin|al|la)){1,3}")
_ENGLISH_OFFICES = re.compile(
    r"(?i:\b(?:Staff|Writer|Reporter|Correspondent|Editor|Daily|News|Times|Agency|University|Institute|Professor|Cent(?:re|er)|"
    r"Department|School|College|Updated|Published|Contributor|Press|Review|Academy|Council)\b)"
)
_DATELINE = re.compile(
    rf"[^。(]{{0,30}}\s*\((?P<who>[{_HAN}]{{0,8}}(?:记者|通讯员)[^()]{{2,40}})\)"
)
_SOURCE = re.compile(
    r"(?:来\s?源|出处|转自|摘自|原载|发布机构|发布单位|发文机关|发布者|Source|Published by)\s*[:/|]"
    r"\s*[|]?\s*(?P<name>[^\s|].*?)\s*"
    r"(?=$|[|】)]|\s{2,}|\s*(?:作者|责任编辑|责编|编辑|记者|发布时间|发布日期|时间|日期|字号|字体|浏览|Author|Editor)\s*:?"
    r"|\s*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]|\s+\d{1,2}\s[A-Z][a-z]+\s\d{4})"
)
_DATE_LABEL = re.compile(
    r"^(?:(?:发布|发表|更新|成文)?(?:时间|日期)|(?:发表|发布|更新)于|"
    r"(?:(?:First )?Published|(?:Last )?Updated|Posted|Date)(?: on| at)?)\W*"
)
_NO_SOURCE = re.compile(
    r"By\s|作者|[记記]者|通[讯訊]|责任编辑|编辑|原标题|(?:发表|发布)于|星期.$|原创$"
)
_LONGEST_SOURCE = 24


def authors_in(line: str) -> tuple[str, ...]:
    """The names in a byline, without affiliations and offices: in Chinese or in English, in the order printed."""
    line = fold(line)
    if english := _ENGLISH_BY.search(line):
        return _english_names(english["who"])
    if life := _LIFE.match(line):
        return tuple(
            name
            for found in [_LEADING.match(line, life.end())]
            if found and _is_name(name := found[0])
        )
    if _OFFICE_ONLY.match(line):
        return tuple(word for word in line.strip("()。 ").split()[1:] if _is_name(word))
    line = re.sub(r"^\((.*)\)$", r"\1", line)
    label = _LABEL.search(line)
    return _chinese_names(line[label.start() :]) if label else ()


def authors_in_dateline(paragraph: str) -> tuple[str, ...]:
    """The reporters named in brackets at the head of a news report: "某地5月1日电(记者张三、李四)"."""
    found = _DATELINE.match(fold(paragraph[:120]))
    return authors_in(found["who"]) if found else ()


def names_office(line: str) -> bool:
    """True of a line that is a name and an office, "甲,某校教授" or "某校教授 甲", or an English office alone."""
    if re.fullmatch(r"[A-Z][\w ,'&-]{3,60}", line):
        return bool(_ENGLISH_OFFICES.search(line))
    tokens = re.split(r"[\s,、()]+", fold(line).strip("()"))
    offices = [token for token in tokens if _OFFICES.fullmatch(token) and len(token) > 1]
    names = [token for token in (tokens[0], tokens[-1]) if _is_name(token)]
    return bool(offices and names) and len(line) <= 60 and "。" not in line


def source_in(line: str) -> str:
    """The publisher in a source line as printed, or empty."""
    if found := _SOURCE.search(fold(line)):
        return line[slice(*found.span("name"))].strip(" \u3000()【】[]")
    parts = [
        _DATE_LABEL.sub("", without_date(part))
        for part in re.split(r"\s*\|\s*|\s[·-]\s", fold(line))
    ]
    parts = [part for part in parts if not re.match("分类|标签", part)]
    names = [
        name for part in parts for name in (part.split()[::-1] if part >= "\u4e00" else [part])
    ]
    return next(
        (x for x in names if x and not _NO_SOURCE.match(x) and len(x) <= _LONGEST_SOURCE), ""
    )


def _chinese_names(text: str) -> tuple[str, ...]:
    """Names after a label: "甲、乙", "甲(某校教授)", "某校教授 甲;某局 乙"; or one body without an office, as it is."""
    text = re.sub(r"\([^()]*\)", " ", text).strip("()【】[]。 ")
    text = re.split(r"责任编辑|责编|编辑|来源|(?:19|20)\d\d\s?[-年/.]", _LABEL.sub(" ", text))[0]
    text = re.sub(rf"(?<![{_HAN}])([{_HAN}]) +([{_HAN}])(?![{_HAN}])", r"\1\2", text)
    named = [name for part in text.split(";") for name in _names_in_part(part)]
    whole = text.strip(" ()。")
    if not named and re.fullmatch(rf"(?=.*[{_HAN}])[^,。、\s]{{2,20}}", whole):
        named = [whole]
    return tuple(dict.fromkeys(named))


def _names_in_part(part: str) -> list[str]:
    tokens = re.split(rf"[\s、,/|&()]+|(?<=[{_HAN}]{{2}})[和与](?=[{_HAN}]{{2}})", part)
    tokens = [_CREDITED.sub("", token) for token in tokens]
    tokens = [
        re.split("[系为]", t)[0] if re.match(rf"[{_HAN}]{{2,3}}[系为]", t) else t for t in tokens
    ]
    return [token for token in tokens if _is_name(token)]


def _is_name(token: str) -> bool:
    if "·" in token:
        return bool(re.fullmatch(rf"[{_HAN}]+(?:·[{_HAN}]+)+", token)) and len(token) <= 16
    return (
        bool(re.fullmatch(rf"[{_HAN}]{{2,4}}", token))
        and not _OFFICES.fullmatch(token)
        and token[0] in _SURNAMES
    )


def _english_names(text: str) -> tuple[str, ...]:
    parts = re.split(r",|;|\||&|\band\b|\bin\s(?=[A-Z])", without_date(text))
    names = (part.strip(" .()") for part in parts)
    return tuple(
        name
        for name in names
        if _ENGLISH_NAME.fullmatch(name) and not _ENGLISH_OFFICES.search(name)
    )


_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<{{}}>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_CHINESE = r"[〇○零一二三四五六七八九]"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:[-/.]|年)\s?(?P<m>\d{1,2})\s?(?:[-/.]|月)\s?(?P<d>\d{1,2})(?!\d\d)(?:\s?日)?",
        rf"\b{_MONTH.format('m')}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH.format('m')},?\s(?P<y>(?:19|20)\d\d)\b",
        rf"(?P<y>{_CHINESE}{{4}})年(?P<m>[一二三四五六七八九十]{{1,2}})月(?P<d>[一二三四五六七八九十]{{1,3}})日",
    )
)
_CLOCK = re.compile(
    r"T?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|UTC|CST)?[+-]\d{1,2}:?\d{0,2})?",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\d{1,2}\s*(?:分钟|小时|天|days?|hours?|minutes?)\s*(?:前|ago)|(?<!\d)\d{1,2}[-/月]\d{1,2}日?\s\d{1,2}:\d\d"
)


def find_date(text: str) -> date | None:
    """The first date in the text that exists in the calendar, or None."""
    text = fold(text)
    found = [
        (match.start(), day)
        for form in _FORMS
        for match in form.finditer(text)
        if (day := _day(match))
    ]
    return min(found)[1] if found else None


def is_dated(text: str) -> bool:
    """True of a text with a date, a time of day beside month and day, or a mark such as "3小时前"."""
    return any(form.search(fold(text)) for form in (*_FORMS, _AGO))


def without_date(text: str) -> str:
    """The text folded, without its dates and times and the punctuation around them."""
    text = fold(text)
    for form in (*_FORMS, _AGO, _CLOCK):
        text = form.sub(" ", text)
    return text.strip(" ()[]【】|/·,:-—")


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(*(_number(match[part]) for part in ("y", "m", "d")))
    except ValueError:
        return None


def _number(text: str) -> int:
    """The value of "2020", "二〇二〇", "二十五" or "December"."""
    if text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    if "十" in text:
        tens, ones = text.split("十", 1)
        text = (tens or "1") + (ones or "0")
    return int(text.translate(_DIGITS))
