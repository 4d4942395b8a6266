"""Every number with its unit, and every date, of a sentence stands in what it cites."""

from __future__ import annotations

from collections.abc import Iterable

from bot.llm.checks.amounts import Amount, Amounts
from bot.llm.checks.statement import Statement

_OWN_UNITS = frozenset({"年", "月", "日", "个月", "分钟", "工作日", "岁", "点", "%", "时刻"})
"""Units without which a number is another: 15 is no 15%."""

_PARTS = ("年", "月", "日")
"""The parts of a date, as one of them may stand alone: 22日 of 8月22日."""

_CONTRARY = ({"least", "most"}, {"before", "behind"})

_COUNTED = frozenset("人户件项条辆次处座所栋台")
"""What 个 may stand for."""


def lacks_value(claim: Statement, source: Statement) -> bool:
    """Whether a number, a date or an ordinal of the claim does not stand in the source."""
    wanted, held = claim.amounts, source.amounts
    if not all(_is_held(one, held, source) for one in wanted.told):
        return True
    if not all(_is_ranked(one, held) for one in wanted.ordinals):
        return True
    if not all(_is_rate(unit, source) for unit in wanted.rates):
        return True
    return not (wanted.telling <= held.bare and wanted.rough <= held.rough)


def _is_held(wanted: Amount, held: Amounts, source: Statement) -> bool:
    """Whether the source has an amount, a range by its ends, or an end by its range."""
    if wanted.date is not None:
        return _is_dated(wanted, held)
    if any(_equals(wanted, other, source) for other in held.amounts):
        return True
    if wanted.to is not None:
        ends = (wanted._replace(to=None), wanted._replace(number=wanted.to, to=None))
        return all(_is_held(end, held, source) for end in ends)
    if wanted.unit in _PARTS:
        part = _PARTS.index(wanted.unit)
        if any(other.date and other.date[part] == wanted.number for other in held.amounts):
            return True
    # 两 of 两个国家 stands as 两国, 3场 as 三场.
    is_bare = wanted.unit not in _OWN_UNITS and wanted.number in held.loose
    return is_bare and not any(wanted.number in other[:2] for other in held.amounts)


def _equals(wanted: Amount, other: Amount, source: Statement) -> bool:
    """Whether two numbers are the same, with no different units."""
    if other.number is None or wanted.number is None:
        return False
    if wanted.to is not None and (wanted.number, wanted.to) != (other.number, other.to):
        return False
    if wanted.to is None and not _is_end(wanted, other):
        return False
    if wanted.unit == other.unit:
        return True
    units = {wanted.unit, other.unit}
    if "" in units:
        # A cell of a table has its unit in the name of the column.
        return wanted.unit in source.everything or not units & _OWN_UNITS
    return "个" in units and bool(units & _COUNTED)


def _is_end(wanted: Amount, other: Amount) -> bool:
    """Whether a number is another, or that end of a range which its bound tells, and bounded alike."""
    if other.to is None:
        return wanted.number == other.number and not _are_contrary(wanted, other)
    ends = {"least": (other.number,), "most": (other.to,)}
    return wanted.number in ends.get(wanted.bound or "", (other.number, other.to))


def _are_contrary(one: Amount, other: Amount) -> bool:
    """Whether one is the least and the other the most, or one is before and the other behind."""
    return {one.bound, other.bound} in _CONTRARY


def _is_rate(unit: str, source: Statement) -> bool:
    """Whether something is told for each of what a claim says, 周 of 每周; in other words if in none like it."""
    rates = source.amounts.rates
    return unit in rates or (not rates and unit in source.everything)


def _is_dated(wanted: Amount, held: Amounts) -> bool:
    """Whether a date stands there; its year may stand apart from month and day, and be that of the text."""
    alike = [other for other in held.amounts if not _are_contrary(wanted, other)]
    for date in [other.date for other in alike if other.date is not None]:
        pairs = list(zip(wanted.date or (), date, strict=False))
        if all(own is None or own == part for own, part in pairs):
            return True
        year, rest = pairs[0], pairs[1:]
        is_told = year[1] is None and year[0] in _years(held)
        if is_told and all(own is None or own == part for own, part in rest):
            return True
    return False


def _years(held: Amounts) -> set[int]:
    bare: Iterable[int] = (int(value) for value in held.bare if 1000 <= value < 2200)
    return set(bare)


def _is_ranked(wanted: tuple[int, str], held: Amounts) -> bool:
    number, ranked = wanted
    return any(
        number == other and ("" in (ranked, kind) or ranked == kind)
        for other, kind in held.ordinals
    )
