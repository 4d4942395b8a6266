"""Serves a model on this machine as OpenAI's API, with a key and one thread, until a signal ends it.

It runs in the server's own environment, where nothing of the product is: `serve.py MODEL NAME PORT`,
port 0 for any that is free, the key in LLM_SERVER_KEY. Once it answers, it writes its address.
"""

import os
import signal
import sys

import xllamacpp

LONGEST = 4096
"""Tokens of a question with its answer: over twice what the product sends."""

MEMORY = 256
"""MiB of prompts that are kept, so that their beginning need not be read again: about 28 KiB a token."""


def parameters(model: str, name: str, port: int, key: str) -> xllamacpp.CommonParams:
    """One question at a time, on loopback, and nothing but the API."""
    chosen = xllamacpp.CommonParams()
    chosen.model.path = model
    chosen.model_alias = {name}
    chosen.offline = True
    chosen.n_ctx = LONGEST
    chosen.n_parallel = 1
    chosen.cache_ram_mib = MEMORY
    chosen.n_gpu_layers = 0
    chosen.cpuparams.n_threads = 1
    chosen.cpuparams_batch.n_threads = 1
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = port
    chosen.api_keys = [key]
    chosen.ui = False
    chosen.endpoint_slots = False
    return chosen


def main() -> None:
    """Serves for ever: a signal ends the process, whose threads have nothing to keep."""
    model, name, port = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = xllamacpp.Server(parameters(model, name, int(port), os.environ["LLM_SERVER_KEY"]))
    sys.stdout.write(f"{server.listening_address}/v1\n")
    sys.stdout.flush()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
