"""Articles made of lines, as text that someone copied, for the tests of cleaning."""

from corpus.intake.article import clean
from corpus.intake.plain_text import read_text

SENTENCE = (
    "城市治理要下绣花功夫，把工作做到群众心坎上，把问题解决在基层一线，这是多年实践得出的结论。"
)
_ENACTED = "2020年10月30日 某市第十一届人民代表大会常务委员会第三十三次会议通过"


def kept(lines: list[str]) -> list[str]:
    """The lines that cleaning keeps of a text."""
    return clean(read_text("\n".join(lines))).text.split("\n")


def law(*paragraphs: str) -> list[str]:
    """A regulation of six articles, with `paragraphs` below the second one."""
    lines = ["某市电梯安全管理条例", _ENACTED, "第一章 总则"]
    lines += ["第一条 为了加强电梯安全管理，制定本条例。", "第二条 本市的电梯适用本条例。"]
    lines += [*paragraphs, "第二章 使用"]
    for number in "三四五":
        lines.append(f"第{number}条 电梯使用单位应当履行第{number}项义务，接受监督。")
    return [*lines, "第六条 本条例自2021年3月1日起施行。"]
