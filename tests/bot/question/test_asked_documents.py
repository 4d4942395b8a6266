"""Which questions ask for documents, and on what subject."""

import pytest

from bot.question.analysis import analyse
from bot.question.asked_documents import subject_of
from bot.question.forms import asked_form
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("哪些文章讲到停车？", "停车"),
        ("哪几部条例规定了保证金", "保证金"),
        ("有没有哪些文章提到海绵城市", "海绵城市"),
        ("讲台风的新闻有哪几条", "台风"),
        ("关于垃圾分类的条例有哪些", "垃圾分类"),
        ("哪些条例对志愿服务有规定", "志愿服务"),
        ("元旦闭馆的是哪几份材料", "元旦闭馆"),
        ("Which articles mention parking?", "parking"),
        ("除了养犬条例，还有哪些条例讲到古井保护", "古井保护"),
        ("我想找写糖画手艺的报道，给个篇名", "糖画手艺"),
        ("带“首次不罚”字样的文件有哪些", "首次不罚"),
    ],
)
def test_the_subject(asked: str, subject: str) -> None:
    assert subject_of(asked) == subject


@pytest.mark.parametrize(
    "asked",
    [
        "哪些文章讲到停车？",
        "哪几部条例规定了保证金",
        "讲台风的新闻有哪几条",
        "关于垃圾分类的条例有哪些",
        "哪些条例对志愿服务有规定",
        "元旦闭馆的是哪几份材料",
        "Which articles mention parking?",
    ],
)
def test_documents_are_asked_for(asked: str) -> None:
    assert asked_form(analyse(asked, SEGMENTER)) == "documents"


@pytest.mark.parametrize(
    "asked",
    [
        "办理居住证需要哪些材料",
        "养犬有哪些规定",
        "申请公租房要交哪些文件",
        "电梯安全管理有哪些办法",
    ],
)
def test_a_list_of_papers_is_no_question_for_documents(asked: str) -> None:
    assert asked_form(analyse(asked, SEGMENTER)) != "documents"
