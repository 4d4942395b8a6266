"""Questions on regulations: what is asked, what answers, and what is left out."""

import json
from pathlib import Path

import pytest

from bot.evals.datasets import Case, read_dataset
from bot.evals.datasets.native import native_row
from bot.evals.regulation_questions import (
    CITIES,
    Asked,
    definitions,
    effects,
    fines,
    main,
    make_questions,
)
from corpus import Document, UsageError
from corpus.load import load, load_folders

REGULATION = """# 江城市养犬管理条例

2016年8月1日 施行

## 第一章　总则

第一条 为了规范养犬行为，根据有关法律，制定本条例。

本条例所称养犬，是指饲养犬只的行为。犬只应当登记。

第二条 本条例第一条所称的重点管理区（含街道）是指主城区。

## 第二章　法律责任

第三条 违反本条例第九条第一款规定，在电梯中遗弃犬只的，由公安机关责令改正；\
拒不改正的，处二百元以上五百元以下的罚款；情节严重的，处五百元以上一千元以下罚款。

第四条 未给犬只登记的，处五十元以上一百元以下罚款；虐待登记犬只的，处每只1000元以上2万元以下罚款。

第五条 有下列行为之一的，按照下列规定处罚：

（一）放任犬只进入商场的，对单位处五百元以上一千元以下罚款，对个人处一百元以上二百元以下罚款；

（二）违反前条规定的，处一百元以上二百元以下罚款；

（三）携犬乘坐公共汽车的，处六十元以上九十元以下罚款。

## 第三章　附则

第六条 本条例下列用语的含义：

（一）犬牌，是指犬只的标牌。

（二）准养证是指登记后发给的证件；

第七条 本条例自2016年8月1日起施行。2001年的办法同时废止。
"""


@pytest.fixture
def regulation(tmp_path: Path) -> Document:
    return of_text(tmp_path, REGULATION)


def of_text(folder: Path, text: str, name: str = "江城市养犬管理条例.md") -> Document:
    path = folder / name
    path.write_text(text, "utf-8")
    return load(path)


def quotes(found: list[Asked]) -> list[tuple[str, list[str], tuple[str, ...]]]:
    return [(one.asked, [span.text for span in one.gold], one.answers) for one in found]


def test_words_are_asked_for_and_their_sentence_answers(regulation: Document) -> None:
    assert quotes(definitions(regulation)) == [
        ("养犬", ["本条例所称养犬，是指饲养犬只的行为。"], ()),
        ("重点管理区", ["第二条 本条例第一条所称的重点管理区（含街道）是指主城区。"], ()),
        ("犬牌", ["（一）犬牌，是指犬只的标牌。"], ()),
        ("准养证", ["（二）准养证是指登记后发给的证件；"], ()),
    ]


def test_the_day_of_effect_stands_in_a_sentence_and_in_the_head(regulation: Document) -> None:
    gold = ["第七条 本条例自2016年8月1日起施行。", "2016年8月1日 施行"]
    assert quotes(effects(regulation)) == [("", gold, ("2016年8月1日",))]


def test_a_fine_is_asked_for_where_act_and_range_are_one_each(regulation: Document) -> None:
    worse = (
        "第三条 违反本条例第九条第一款规定，在电梯中遗弃犬只的，由公安机关责令改正；拒不改正的，"
        "处二百元以上五百元以下的罚款；情节严重的，处五百元以上一千元以下罚款。"
    )
    assert quotes(fines(regulation)) == [
        ("在电梯中遗弃犬只", [worse], ("二百元以上五百元以下",)),
        (
            "未给犬只登记",
            ["第四条 未给犬只登记的，处五十元以上一百元以下罚款；"],
            ("五十元以上一百元以下",),
        ),
        (
            "虐待登记犬只",
            ["虐待登记犬只的，处每只1000元以上2万元以下罚款。"],
            ("1000元以上2万元以下",),
        ),
        (
            "携犬乘坐公共汽车",
            ["（三）携犬乘坐公共汽车的，处六十元以上九十元以下罚款。"],
            ("六十元以上九十元以下",),
        ),
    ]


UNCERTAIN = [
    "应当给犬只登记而不登记的，处五十元以上一百元以下罚款。",
    "影响市容环境卫生的，处五十元以上一百元以下罚款。",
    "拒不给犬只登记的，处五十元以上一百元以下罚款。",
    "未给犬只登记的，处一百元以下罚款。",
    "未给犬只登记的，责令改正，伤人的，处五十元以上一百元以下罚款。",
    "未给犬只登记的，警告后不改正的，或者伤人的，处五十元以上一百元以下罚款。",
    "未给犬只登记的，处五十元以上一百元以下罚款；对单位处五百元以上九百元以下罚款。",
    "未给犬只登记的，对个人处五十元以上一百元以下罚款。",
    "出售病犬只的，处所得一倍罚款，没有违法所得的，处五十元以上一百元以下罚款。",
]


@pytest.mark.parametrize("sentence", UNCERTAIN)
def test_a_fine_that_is_not_certain_is_not_asked_for(sentence: str) -> None:
    assert fines(Document("d", "江城市养犬管理条例", sentence)) == []


def test_what_is_said_twice_is_not_asked_for() -> None:
    text = (
        "本条例所称养犬，是指甲。\n前款所称养犬，是指乙。\n"
        "本条例自2016年8月1日起施行。\n本条例自2018年8月1日起施行。\n"
        "未给犬只登记的，处五十元以上一百元以下罚款。\n"
        "未给犬只登记的，处七十元以上一百元以下罚款。"
    )
    document = Document("d", "江城市养犬管理条例", text)
    assert (definitions(document), effects(document), fines(document)) == ([], [], [])


def test_the_day_of_publication_is_a_day_too() -> None:
    document = Document("d", "江城市养犬管理办法", "第九条 本办法自公布之日起施行。")
    assert effects(document)[0].answers == ("公布之日",)


def by_kind(cases: list[Case]) -> dict[str, list[Case]]:
    kinds: dict[str, list[Case]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case)
    return kinds


def test_words_of_the_title_are_asked_for_only_where_there_are_no_others(
    regulation: Document,
) -> None:
    questions = [case.question for case in by_kind(make_questions([regulation]))["definition"]]
    assert len(questions) == 3
    alone = Document("d", "江城市养犬管理条例", "本条例所称养犬，是指甲。")
    (definition, elsewhere) = make_questions([alone])
    assert definition.case_id == "definition-001" and "养犬" in definition.question
    assert (elsewhere.case_id, elsewhere.gold, elsewhere.outcome) == ("elsewhere-001", (), "absent")


def test_half_of_the_questions_give_the_full_title(regulation: Document) -> None:
    kinds = by_kind(make_questions([regulation]))
    assert {kind: len(cases) for kind, cases in kinds.items()} == {
        "definition": 3,
        "effect": 1,
        "fine": 4,
        "elsewhere": 1,
    }
    answered = [*kinds["definition"], *kinds["effect"], *kinds["fine"]]
    assert sum("江城市养犬管理条例" in case.question for case in answered) == 4
    assert all("江城" in case.question and case.outcome == "answered" for case in answered)


def test_no_more_than_four_words_and_four_fines_are_asked_for() -> None:
    lines = ["本条例所称甲乙，是指丙。".replace("甲", letter) for letter in "东南西北中上下"]
    for letter in "东南西北中上下":
        lines.append(f"在{letter}区商场放狗的，处五十元以上一百元以下罚款。")
    document = Document("d", "江城市养犬管理条例", "\n".join(lines))
    kinds = by_kind(make_questions([document]))
    assert (len(kinds["definition"]), len(kinds["fine"])) == (4, 4)


def test_elsewhere_is_a_city_that_no_document_names() -> None:
    cities = "、".join(CITIES[1:])
    document = Document("d", "江城市养犬管理条例", f"本条例自2016年8月1日起施行。\n{cities}")
    assert "昆明" in make_questions([document])[1].question
    everywhere = Document("d", "江城市养犬管理条例", f"{document.text}、昆明")
    assert [case.kind for case in make_questions([everywhere])] == ["effect"]


def test_two_subjects_that_would_be_the_same_stay_whole_and_equal_titles_are_left_out() -> None:
    text = "本条例自2016年8月1日起施行。"
    kept = Document("a", "江城市养犬管理条例", text)
    like = Document("b", "江城市养犬促进条例", text + "特此通知。")
    names = [case.question for case in make_questions([kept, like]) if case.kind == "effect"]
    assert "养犬管理" in names[0] and "养犬促进" in names[1]
    assert make_questions([kept, Document("c", "江城市养犬管理规定", text)]) == []


def test_the_file_reads_back_and_is_the_same_again(
    tmp_path: Path, regulation: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = tmp_path / "laws", tmp_path / "made.jsonl"
    folder.mkdir()
    of_text(folder, REGULATION)
    assert main([str(folder), "--output", str(output)]) == 0
    counts = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert counts == [["definition", "3"], ["effect", "1"], ["fine", "4"], ["elsewhere", "1"]]
    dataset = read_dataset(output, load_folders([folder]).documents)
    assert (len(dataset.cases), dataset.left_out, dataset.warnings) == (9, (), ())
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert rows == [native_row(case) for case in make_questions([regulation])]


def test_a_folder_without_regulations_is_an_error(tmp_path: Path) -> None:
    of_text(tmp_path, "# 江城的狗\n\n本条例自2016年8月1日起施行。\n", "狗.md")
    with pytest.raises(UsageError, match="出不了题"):
        main([str(tmp_path), "--output", str(tmp_path / "made.jsonl")])
    with pytest.raises(UsageError, match="无法写入"):
        of_text(tmp_path, REGULATION)
        main([str(tmp_path), "--output", str(tmp_path / "none" / "made.jsonl")])
