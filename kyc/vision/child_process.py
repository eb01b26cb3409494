"""Opening a stranger's file in a process of its own: it may hang, swell or crash and harm nobody.

The file goes to the process's standard input. What comes back is one line of JSON and, after it,
pixels of pictures one after the other, BGR, a byte for each.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

PROJECT = Path(__file__).resolve().parents[2]
# One thread each: processor time is then waiting time, and no machine's number of processors
# decides how much address space their stacks take.
ENVIRONMENT = {
    "PATH": os.defpath,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FFMPEG_THREADS": "1",
}


class ChildKilled(Exception):
    """The process was killed at one of its limits, or crashed on the file."""


class ChildFailed(Exception):
    """The process did not start, broke down or got no time: the file need not be the cause."""


def run_child(
    module: str, data: bytes, *, wait_s: float, arguments: Sequence[str] = ()
) -> tuple[dict[str, Any], memoryview]:
    """What a worker module makes of a file: the JSON, and the pixels after it.

    Parameters
    ----------
    module : str
        Run with ``python -m``; its first act is `limit_process`.
    data : bytes
        The file.
    wait_s : float
        More than its processor time: a busy machine takes longer to grant it.
    arguments : sequence of str
        On its command line, where everybody on the machine may read them.

    Raises
    ------
    ChildKilled, ChildFailed
        Both are logged with the module and how it ended, and with nothing of the file.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wait_s,
            cwd=PROJECT,
            env=ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        _tell("child_got_no_time", module=module, wait_s=wait_s)
        raise ChildFailed from error
    if done.returncode < 0:
        _tell("child_killed", module=module, signal=-done.returncode)
        raise ChildKilled
    if done.returncode:
        _tell("child_failed", module=module, return_code=done.returncode)
        raise ChildFailed
    end = done.stdout.index(b"\n")
    return json.loads(done.stdout[:end]), memoryview(done.stdout)[end + 1 :]


def _tell(event: str, **facts: Any) -> None:
    # A tenth of a second that the child, which takes its limits from here, need not wait for.
    import structlog  # noqa: PLC0415

    structlog.get_logger(__name__).error(event, **facts)


def pixels_of(shapes: Iterable[tuple[int, int]], body: memoryview) -> list[Pixels]:
    """The pictures of those heights and widths, in their order; copies, so that `body` may go."""
    pictures, start = [], 0
    for height_px, width_px in shapes:
        size = height_px * width_px * 3
        part = np.frombuffer(body, np.uint8, size, start)
        pictures.append(part.reshape(height_px, width_px, 3).copy())
        start += size
    return pictures


def limit_process(*, cpu_s: int, memory_bytes: int) -> None:
    """Let the kernel hold this process to that, and to writing no file and leaving no core."""
    for limit, value in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def write_answer(head: dict[str, Any], pictures: Iterable[Pixels]) -> None:
    """Send the line of JSON and the pixels to the parent."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    for picture in pictures:
        sys.stdout.buffer.write(np.ascontiguousarray(picture).data)
