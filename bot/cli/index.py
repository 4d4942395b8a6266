"""`chengwen index build`, `verify` and `info`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.output import note, pick, show, show_json
from bot.index_build import build_index, find_network, is_stale, recorded_corpus
from bot.index_location import IndexLocation, locate_index, variant_of
from bot.settings import Settings, load_settings
from corpus import IndexDamaged
from corpus.intake.decode import shown
from index.manifest import Generation
from index.store import Store


def run(arguments: Namespace) -> int:
    """Builds, verifies or describes the index. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    corpus = arguments.corpus or recorded_corpus(arguments.index)
    location = locate_index(corpus, arguments.index, variant_of(settings))
    if arguments.action == "build":
        result = _build(arguments, settings)
    elif arguments.action == "verify":
        result = _verify(location)
    else:
        result = _info(location, settings)
    if arguments.json:
        show_json(result)
    else:
        for name, value in result.items():
            show(f"{name}: {value}")
    return 0


def _build(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    opened = build_index(settings, arguments.corpus, arguments.index)
    # Converts the network, so that the first question need not wait for it.
    _, network_notices = find_network(settings)
    for zh, en in (*opened.notices, *network_notices):
        note(pick(zh, en))
    return _facts(opened.generation)


def _verify(location: IndexLocation) -> dict[str, Any]:
    generations = Store(location.root).verify()
    if not generations:
        raise _no_index(location)
    return {
        "index": shown(location.root),
        "generations": [generation.name for generation in generations],
        "whole": True,
    }


def _info(location: IndexLocation, settings: Settings) -> dict[str, Any]:
    generation, damages = Store(location.root).open()
    for damage in damages:
        note(pick(damage.zh, damage.en))
    if generation is None:
        raise _no_index(location)
    return {**_facts(generation), "fresh": not is_stale(generation, location, settings, None)}


def _no_index(location: IndexLocation) -> IndexDamaged:
    where = shown(location.root)
    return IndexDamaged(
        f"{where} 中还没有索引：请运行 {location.command}",
        f"there is no index in {where}: run `{location.command}`",
    )


def _facts(generation: Generation) -> dict[str, Any]:
    facts: Mapping[str, Any] = generation.facts
    for zh, en in facts["left_out"]:
        note(pick(f"没有收录：{zh}", f"left out: {en}"))
    encoder = facts["encoder"]
    return {
        "index": shown(Path(generation.folder)),
        "generation": generation.name,
        "made": generation.made,
        "corpus": facts["corpus"],
        "documents": facts["documents"],
        "characters": facts["characters"],
        "passages": facts["passages"],
        "sentences": facts["sentences"],
        "encoder": encoder["name"] if encoder else None,
        "fingerprint": facts["fingerprint"],
    }
