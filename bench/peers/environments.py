"""One virtual environment for each peer, apart from the product's: they are no dependency of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent
UV = CHECKOUT / ".venv/bin/uv"
READER = Path(__file__).with_name("read_with_peer.py")
INSTALL_TIMEOUT_S = 600


class PeerUnavailable(Exception):
    """The peer's environment cannot be made; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another reader of machine-readable zones.

    Attributes
    ----------
    name : str
        As `read_with_peer.py` knows it.
    requirement : str
        The release that is measured.
    licence : str
        Under which it comes; it is never part of the product.
    """

    name: str
    requirement: str
    licence: str

    @property
    def label(self) -> str:
        """Name and release for a table."""
        return self.requirement.replace("==", " ")


PEERS = (
    Peer("passporteye", "PassportEye==2.2.2", "MIT"),
    Peer("fastmrz", "fastmrz==2.1.2", "AGPL-3.0"),
)


def python_of(peer: Peer, folder: Path) -> Path:
    """Return the interpreter of the peer's environment, made if it is not there yet.

    Raises
    ------
    PeerUnavailable
        When it cannot be installed, as without a package index.
    """
    environment = folder / peer.name
    python = environment / "bin/python"
    _run(peer, "venv", "--quiet", "--allow-existing", "--python", "3.11", str(environment))
    _run(peer, "pip", "install", "--quiet", "--python", str(python), peer.requirement)
    return python


def _run(peer: Peer, *arguments: str) -> None:
    try:
        subprocess.run(
            [str(UV), *arguments],
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerUnavailable(
            f"{peer.label} cannot be installed here ({type(error).__name__}); "
            f"the package index has to be within reach."
        ) from error


def readings(
    peer: Peer, python: Path, tessdata: Path, pictures: Sequence[Path]
) -> Iterator[dict[str, Any]]:
    """Yield what the peer reads in each picture, in their order; see `read_with_peer.py`."""
    process = subprocess.Popen(
        [str(python), "-W", "ignore", str(READER), peer.name, str(tessdata)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write("".join(f"{picture}\n" for picture in pictures))
        process.stdin.close()
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise PeerUnavailable(f"{peer.label} stopped with exit code {process.returncode}.")
