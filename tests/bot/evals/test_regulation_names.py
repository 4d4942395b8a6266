"""The names of regulations: the parts of a title, the full one, and how it is broken."""

from bot.evals.regulation_names import Title, broken_name, full_name, read_title


def test_a_title_has_a_place_a_subject_and_a_genre() -> None:
    assert read_title("江城市养犬管理条例") == Title(
        "江城市养犬管理条例", "江城市", "养犬管理", "养犬", "条例"
    )
    for text, place, short in (
        ("洛阳市市区养犬管理规定", "洛阳", "养犬"),
        ("上海市浦东新区停车场规划建设和管理规定", "上海浦东新区", "停车场"),
        ("宁波市城市绿化条例(2018年修正本)", "宁波", "绿化"),
        ("上海市城市更新条例", "上海", "城市更新"),
        ("日照市城市管理条例", "日照", "城市管理"),
        ("清远市住宅小区物业管理条例", "清远", "物业"),
        ("浙江省实施《中华人民共和国道路交通安全法》办法", "浙江", "道路交通安全"),
    ):
        title = read_title(text)
        assert title is not None and (title.short_place, title.short_subject) == (place, short)
    for text in ("养犬管理条例", "江城市养犬情况", "江城市条例", "关于养犬的条例说明", ""):
        assert read_title(text) is None


def test_a_full_name_may_have_title_marks_and_those_within_are_single() -> None:
    title = read_title("浙江省实施《中华人民共和国道路交通安全法》办法")
    assert title is not None
    assert full_name(title) in (title.full, "《浙江省实施〈中华人民共和国道路交通安全法〉办法》")


def test_a_title_is_broken_in_four_ways() -> None:
    dogs, town = read_title("江城市养犬管理条例"), read_title("日照市城市管理条例")
    assert dogs is not None and town is not None
    assert {broken_name(dogs, str(n)) for n in range(40)} == {
        "江城市那个养犬的规定",
        "江城那个养犬的规定",
        "江城的养犬条例",
        "江城养犬管理规定",
    }
    assert "日照城市管理规定" in {broken_name(town, str(n)) for n in range(40)}
