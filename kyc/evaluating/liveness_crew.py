"""Rendered presentations judged by two processes at once: one does not keep two cores busy."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import cv2

from kyc.evaluating.liveness_cases import LivenessCase
from kyc.evaluating.liveness_people import Person, people_of
from kyc.evaluating.liveness_renders import judge_renders
from kyc.evaluating.report import Order, Progress
from kyc.vision.liveness.engines import NO_ENGINES, LivenessEngines, available_engines

Which = Literal["available", "none"]
# Beyond two the memory goes: each process holds its own models, 0.6 GB.
PROCESSES = 2
# Fewer are done before a second process has loaded its models.
_WORTH_A_PROCESS = 4


def cast_of(order: Order) -> tuple[Person, ...]:
    """Whose portraits are rendered: the built-in ones and those of the folder's `faces/`."""
    return _people(_faces_folder(order))


def judge_all_renders(
    order: Order, engines: LivenessEngines, progress: Progress
) -> list[LivenessCase]:
    """Every rendered presentation that is ordered, in the order of their numbers.

    Parameters
    ----------
    order : Order
        How many, of which seed, and the folder whose faces are rendered.
    engines : LivenessEngines
        What the judge may use.
    progress : callable
    """
    cases: list[LivenessCase] = []
    for done, found in enumerate(_judged(order, engines)):
        progress("rendered presentations", done, order.simulated)
        cases += found
    return cases


def _judged(order: Order, engines: LivenessEngines) -> Iterator[list[LivenessCase]]:
    if order.simulated < _WORTH_A_PROCESS:
        people = cast_of(order)
        for number in range(order.simulated):
            yield list(judge_renders(number, order.seed, engines, people))
        return
    # Started anew: what MediaPipe has loaded does not survive a fork.
    context = multiprocessing.get_context("spawn")
    # By name: a loaded network cannot be sent to another process.
    which: Which = "none" if engines == NO_ENGINES else "available"
    judge = partial(_judge_number, order.seed, _faces_folder(order), which)
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_begin) as crew:
        yield from crew.map(judge, range(order.simulated))


def _begin() -> None:
    # Threads that wait for each other cost time.
    cv2.setNumThreads(1)


def _judge_number(
    seed: int,
    faces: Path | None,
    engines: Which,
    number: int,
) -> list[LivenessCase]:
    used = _engines() if engines == "available" else NO_ENGINES
    return list(judge_renders(number, seed, used, _people(faces)))


def _faces_folder(order: Order) -> Path | None:
    folder = order.subfolder("faces")
    return folder if folder.is_dir() else None


@lru_cache(maxsize=1)
def _engines() -> LivenessEngines:
    return available_engines()


@lru_cache(maxsize=2)
def _people(faces: Path | None) -> tuple[Person, ...]:
    return people_of(faces)
