"""Download one large file from the first of several addresses that answers."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S = 30
CHUNK_BYTES = 1 << 20
# deepface's largest face model is 512 MB; what is longer is no model.
MAX_BYTES = 1_000_000_000
# Told at every tenth, so that a slow line is seen to move.
STEPS = 10

Tell = Callable[[str], None]


class DownloadFailed(Exception):
    """No address gave the file: the last one's host, and why."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


class _Answer(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def download(urls: Sequence[str], target: Path, *, size_bytes: int, tell: Tell) -> None:
    """Write the file of the first address that gives it.

    Parameters
    ----------
    urls : sequence of str
        At least one; the next is tried when one fails. Proxies are taken from the environment.
    target : Path
        Written to; holds no more than a part when this raises.
    size_bytes : int
        What the file must measure, 0 when it is not known.
    tell : callable taking str
        Told of the start and of every tenth.

    Raises
    ------
    DownloadFailed
        With host and reason of the last address.
    """
    failed: DownloadFailed | None = None
    for url in urls:
        try:
            _download(url, target, size_bytes, tell)
        except DownloadFailed as error:
            failed = error
        else:
            return
    raise failed or DownloadFailed("nowhere", "no address is known")


def _download(url: str, target: Path, size_bytes: int, tell: Tell) -> None:
    host = urlsplit(url).hostname or url
    tell(f"downloading from {host}")
    try:
        # The addresses are ours, not a user's, and every file is held against its digest.
        with urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT_S) as answer:  # noqa: S310
            expected = size_bytes or int(answer.headers.get("Content-Length") or 0)
            received = _write(answer, target, expected, tell)
    except urllib.error.HTTPError as error:
        raise DownloadFailed(host, f"it answered {error.code}") from error
    except urllib.error.URLError as error:
        raise DownloadFailed(host, _reason(error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadFailed(host, _reason(error)) from error
    if expected and received != expected:
        raise DownloadFailed(host, f"it sent {received} bytes instead of {expected}")


def _write(answer: _Answer, target: Path, expected: int, tell: Tell) -> int:
    limit = expected or MAX_BYTES
    received = step = 0
    with target.open("wb") as stream:
        while received <= limit and (chunk := answer.read(CHUNK_BYTES)):
            stream.write(chunk)
            received += len(chunk)
            if expected and received * STEPS // expected > step:
                step = received * STEPS // expected
                tell(f"{step * 100 // STEPS} % of {expected / 1e6:.1f} MB")
    return received


def _reason(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
