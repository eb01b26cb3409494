"""Which engines a worker has, asked of the apps that bring them.

An app registers a named probe in its `probes.py` or when it is ready; the worker runs the probes
with every heartbeat, and /readyz shows what they said. So this package knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import structlog
from django.core.cache import cache

# A worker may run for weeks after it loaded its engines; the next one to start writes anew.
OUTCOME_KEEP_S = None

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EngineState:
    """What a probe found. `detail` is a sentence for the operator, without paths or secrets."""

    is_ready: bool
    version: str = ""
    detail: str = ""


Probe = Callable[[], EngineState]


@dataclass(frozen=True, slots=True)
class Engine:
    """A registered probe; the site is not ready while a required engine is not."""

    name: str
    probe: Probe
    is_required: bool


class EngineRegistry:
    """The engines of this process, by name."""

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}

    def add(self, engine: Engine) -> None:
        """Register an engine; the same name again replaces it."""
        self._engines[engine.name] = engine

    def remove(self, name: str) -> None:
        """Forget an engine."""
        self._engines.pop(name, None)

    def all(self) -> list[Engine]:
        """Return the engines in order of their names."""
        return [self._engines[name] for name in sorted(self._engines)]


engines = EngineRegistry()


def register_engine(name: str, probe: Probe, *, is_required: bool = True) -> None:
    """Have every heartbeat run `probe` under this name. It should be cheap: it runs each time."""
    engines.add(Engine(name, probe, is_required))


def probe_engines() -> dict[str, dict[str, str | bool]]:
    """Run every probe; one that raises counts as an engine that is not ready."""
    return {engine.name: _probe(engine) for engine in engines.all()}


@dataclass(frozen=True, slots=True)
class EngineOutcome:
    """Whether an engine really loaded when a worker last tried; `detail` as in EngineState."""

    is_ready: bool
    detail: str = ""


def engine_outcome_write(name: str, *, is_ready: bool, detail: str = "") -> None:
    """Leave in the cache, for other processes, whether the engine really loaded.

    A probe is cheap and so only looks whether files are there; loading takes seconds and is done
    once, by the process that needs the engine.
    """
    cache.set(_outcome_key(name), asdict(EngineOutcome(is_ready, detail)), OUTCOME_KEEP_S)


def engine_outcome_read(name: str) -> EngineOutcome | None:
    """Return what was left last; None if no process has tried, or the cache was emptied."""
    stored = cache.get(_outcome_key(name))
    return EngineOutcome(**stored) if stored else None


def _outcome_key(name: str) -> str:
    return f"core.engine_outcome.{name}"


def _probe(engine: Engine) -> dict[str, str | bool]:
    try:
        state = engine.probe()
    except Exception as error:  # noqa: BLE001 - a broken probe is the finding, not a failure
        logger.warning("engine_probe_failed", engine=engine.name, error_type=type(error).__name__)
        state = EngineState(is_ready=False, detail=f"The probe failed: {type(error).__name__}.")
    return {
        "is_ready": state.is_ready,
        "is_required": engine.is_required,
        "version": state.version,
        "detail": state.detail,
    }
