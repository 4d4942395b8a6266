"""`chengwen index build`, `verify` and `info`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.output import note, pick, show, show_json
from bot.index_build import build_index, find_network, is_stale, recorded_corpus
from bot.index_location import IndexLocation, locate_index, variant_of
from bot.settings import load_settings
from corpus import IndexDamaged
from corpus.intake.decode import shown
from index.manifest import Generation
from index.store import Store


def run(arguments: Namespace) -> int:
    """Builds, verifies or describes the index. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    place = locate_index(
        arguments.corpus or recorded_corpus(arguments.index), arguments.index, variant_of(settings)
    )
    if arguments.action == "build":
        opened = build_index(settings, arguments.corpus, arguments.index)
        # So that the first question need not wait for the network to be converted.
        _, unread = find_network(settings)
        for zh, en in (*opened.notices, *unread):
            note(pick(zh, en))
        result = _facts(opened.generation)
    elif arguments.action == "verify":
        whole = _present(Store(place.root).verify(), place)
        result = {
            "index": shown(place.root),
            "generations": [generation.name for generation in whole],
            "whole": True,
        }
    else:
        found, damages = Store(place.root).open()
        for damage in damages:
            note(pick(damage.zh, damage.en))
        [generation] = _present([found] if found else [], place)
        result = {**_facts(generation), "fresh": not is_stale(generation, place, settings, None)}
    if arguments.json:
        show_json(result)
    else:
        for name, value in result.items():
            show(f"{name}: {value}")
    return 0


def _present(generations: list[Generation], place: IndexLocation) -> list[Generation]:
    if not generations:
        raise IndexDamaged(
            f"{shown(place.root)} 中还没有索引：请运行 {place.command}",
            f"there is no index in {shown(place.root)}: run `{place.command}`",
        )
    return generations


def _facts(generation: Generation) -> dict[str, Any]:
    facts: Mapping[str, Any] = generation.facts
    for zh, en in facts["left_out"]:
        note(pick(f"没有收录：{zh}", f"left out: {en}"))
    counts = {
        name: facts[name] for name in ("corpus", "documents", "characters", "passages", "sentences")
    }
    encoder = facts["encoder"]
    return {
        "index": shown(Path(generation.folder)),
        "generation": generation.name,
        "made": generation.made,
        **counts,
        "encoder": encoder["name"] if encoder else None,
        "fingerprint": facts["fingerprint"],
    }
