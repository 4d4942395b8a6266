"""Runs an ONNX graph that takes token ids, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

TokenIds = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

# Errors only.
_LOG_SEVERITY = 3


class Session:
    """A graph from `input_ids` (1, length) to arrays whose first axis is the text.

    Threads may run it at once. A text runs on one thread, and the texts of a batch on `threads` of
    them. Compared with all threads on each text, a batch is as fast on an idle machine and twice as
    fast on a busy one, where threads wait for each other.
    """

    def __init__(self, graph: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = _LOG_SEVERITY
        # `write_graph` draws it as ONNX Runtime would make it.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encoder")

    def run(self, texts: Sequence[TokenIds]) -> list[list[Floats]]:
        """Returns the outputs for each of `texts`, (length,) each, without the axis of the text."""
        if len(texts) == 1:
            # A question, as a rule: it does not wait behind the batches of others.
            return [self._outputs(texts[0])]
        return list(self._pool.map(self._outputs, texts))

    def width(self) -> int:
        """Returns the length of the last axis of the first output."""
        return int(self._session.get_outputs()[0].shape[-1])

    def _outputs(self, ids: TokenIds) -> list[Floats]:
        outputs = self._session.run(None, {"input_ids": ids[None]})
        return [output[0] for output in outputs]
