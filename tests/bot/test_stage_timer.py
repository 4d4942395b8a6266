"""Stages follow one another, and their times make up the total."""

from bot.stage_timer import StageTimer


def test_each_stage_begins_where_the_one_before_ended() -> None:
    timer = StageTimer()
    for _ in range(3):
        sum(range(100_000))
    timer.finish("first")
    timer.finish("second")
    spent = timer.milliseconds()
    assert list(spent) == ["total", "first", "second"]
    assert spent["first"] > spent["second"] >= 0
    assert abs(spent["first"] + spent["second"] - spent["total"]) <= 0.15


def test_without_a_stage_no_time_is_spent() -> None:
    assert StageTimer().milliseconds() == {"total": 0.0}
