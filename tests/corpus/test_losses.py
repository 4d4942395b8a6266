"""What a document lacks of the text of its file, and how that is told."""

from corpus.losses import Loss, compared, loss_notes, losses

TEXT = "一、总则\n城市治理要下绣花功夫，管理服务要像绣花一样精细。\n东城街道 | 112 |  | 230"


def test_layout_is_not_compared_and_punctuation_is() -> None:
    assert compared("## **治理** | 2020，好。 ") == "治理2020，好。"
    assert compared("好。") != compared("好，")


def test_blocks_in_any_order_and_in_other_lines_lack_nothing() -> None:
    blocks = [
        "东城街道112230",
        "城市治理要下绣花功夫，管理服务\n要像绣花一样精细。",
        "一、总则",
        "",
    ]
    assert losses(blocks, TEXT) == [
        Loss(blocks[0], 10, 0),
        Loss(blocks[1], 24, 0),
        Loss(blocks[2], 4, 0),
        Loss("", 0, 0),
    ]


def test_what_is_missing_is_counted() -> None:
    # 城市治理要下绣花功夫， stands there, the eleven characters behind it do not.
    block = "城市治理要下绣花功夫，而不是大水漫灌撒胡椒面"
    assert losses([block, "附件二"], TEXT) == [Loss(block, 22, 11), Loss("附件二", 3, 3)]


def test_a_note_quotes_what_is_missing() -> None:
    found = [
        Loss("附件二：各街道床位统计表，单位为张，截至去年年底的数字", 27, 27),
        Loss("一", 1, 0),
    ]
    ((zh, en),) = loss_notes(found)
    assert zh == (
        "有 1 段没有完整读入，例如「附件二：各街道床位统计表，单位为张，截至去年年底…」。请对照原件检查。"
    )
    assert en.startswith("1 paragraphs were not read whole, such as “附件二：各街道")


def test_two_of_a_hundred_characters_are_not_told() -> None:
    assert loss_notes([Loss("字" * 100, 100, 2)]) == []
    assert len(loss_notes([Loss("字" * 100, 100, 3)])) == 1


def test_a_short_block_is_not_found_in_a_longer_number() -> None:
    rows = ["二〇一二年建成", "12", "2012", "3", "12"]
    assert [loss.missing for loss in losses(rows, "\n".join(rows))] == [0, 0, 0, 0, 0]
    assert [loss.missing for loss in losses(rows, "二〇一二年建成\n2012\n3\n12")] == [0, 2, 0, 0, 0]
    assert [loss.missing for loss in losses(rows, "二〇一二年建成\n12\n3\n12")] == [0, 0, 4, 0, 0]


def test_short_blocks_in_another_order_lack_nothing() -> None:
    assert [loss.missing for loss in losses(["1", "12", "3"], "12\n3\n1")] == [0, 0, 0]
