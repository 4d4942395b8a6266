"""Eight short documents that are alike but for their names and numbers."""

from corpus import Document

NAMES = ("梅", "兰", "竹", "菊", "松", "柏", "桐", "柳")


def _park(name: str, number: int) -> Document:
    lines = (
        f"截至2019年年底，{name}园的银杏树数量达到{number}40棵。",
        f"{name}园占地{number}公顷。",
        f"{name}园每天{number - 6}点开门，全年开放。",
        f"“{name}园三好”是指花好、路好、人好。",
    )
    title, date = f"{name}园简介", f"20{number}-01-01"
    return Document(name, title, "\n".join(lines), "园林局", published=date)


PARKS = [_park(name, number) for number, name in enumerate(NAMES, start=11)]
"""梅园 has 11 hectares, 兰园 12, and so on; each is suggested at least one question."""
