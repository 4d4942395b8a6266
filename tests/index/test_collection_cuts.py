"""An index that is built with the cuts of another is the one that is built without."""

import json
from pathlib import Path

import numpy as np

from corpus import Document
from index.cuts import CUTS_FILE, CollectionCuts
from index.snapshot import Counting, Snapshot, build

LIGHTS = Document("lights", "路灯", "“梧桐路灯”在立春那天换了新灯泡，换灯泡的是陈师傅。")
BOILER = Document("boiler", "锅炉", "幸福里的锅炉房在冬至那天换了新锅炉。")
BULBS = Document("bulbs", "灯泡", "梧桐路灯的灯泡由街道更换，“新锅炉”由区里更换。")


def cuts_of(*documents: Document) -> CollectionCuts:
    cuts = CollectionCuts()
    build(documents, None, counting=Counting(cuts))
    return cuts


def same(one: Snapshot, other: Snapshot) -> bool:
    scores = (snapshot.lexical._bm25.scores for snapshot in (one, other))
    first, second = scores
    return (
        one.words == other.words
        and one.glossary == other.glossary
        and one.segmenter.terms == other.segmenter.terms
        and all(np.array_equal(first[name], second[name]) for name in ("data", "indices"))
    )


def test_documents_come_and_go_and_the_index_is_as_if_built_anew(tmp_path: Path) -> None:
    """Each brings terms that cut the others anew: 新锅炉, 梧桐路灯."""
    cuts = cuts_of(LIGHTS, BOILER)
    for documents in ([LIGHTS, BOILER, BULBS], [BULBS, BOILER], [LIGHTS]):
        cuts.save(tmp_path)
        cuts = CollectionCuts.load(tmp_path)
        again = build(documents, None, counting=Counting(cuts))
        assert same(again, build(documents, None))
        assert cuts == cuts_of(*documents)


def test_nothing_is_left_of_a_document_that_has_gone(tmp_path: Path) -> None:
    cuts = cuts_of(LIGHTS, BOILER)
    build([LIGHTS], None, counting=Counting(cuts))
    cuts.save(tmp_path)
    stored = (tmp_path / CUTS_FILE).read_text("utf-8").replace(" ", "")
    assert "梧桐路灯" in stored and "幸福里" not in stored


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    assert CollectionCuts.load(tmp_path) == CollectionCuts()
    cuts = cuts_of(LIGHTS)
    cuts.save(tmp_path)
    assert CollectionCuts.load(tmp_path) == cuts
    assert json.loads((tmp_path / CUTS_FILE).read_text("utf-8"))["terms"] == list(cuts.terms)
