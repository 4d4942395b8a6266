"""What the author proposes, section by section."""

import pytest
from conftest import ARTICLE

from bot.service import Service
from bot.settings import Settings
from corpus.load import load
from index.encoder import TextEncoder
from index.snapshot import build


@pytest.mark.encoder
@pytest.mark.parametrize("asked", ["作者提了哪些建议", "文章给出了什么对策？"])
def test_each_section_has_the_sentences_that_propose(encoder: TextEncoder, asked: str) -> None:
    service = Service(build([load(ARTICLE)], encoder), encoder, Settings())
    answer = service.answer(asked)
    assert answer.form == "list"
    sections = {citation.section for citation in answer.citations}
    assert len(sections) == 4
    quoted = "".join(citation.quote for citation in answer.citations)
    for said in ("宏观、中观和微观三个层面的联动", "“三社联动”", "推动权责、资源、人力下沉到基层"):
        assert said in quoted


@pytest.mark.encoder
def test_a_subject_that_is_named_is_searched_for(encoder: TextEncoder) -> None:
    service = Service(build([load(ARTICLE)], encoder), encoder, Settings())
    assert len(service.answer("智慧城市建设有哪些对策？").citations) < 6
