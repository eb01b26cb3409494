"""Read pictures with one peer, inside that peer's own environment; imports nothing of the product.

    PYTHON read_with_peer.py {passporteye,fastmrz} TESSDATA < paths > readings

One path a line in, one JSON object a line out: lines read, whether the peer calls them valid, ms.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # as the product runs Tesseract

LENGTHS = {"TD1": 30, "TD2": 36, "MRVB": 36, "TD3": 44, "MRVA": 44}

Reading = dict[str, Any]
NOTHING: Reading = {"lines": [], "is_valid": False}


def passporteye(tessdata: str) -> Callable[[str], Reading]:
    """Return PassportEye's reader, told to use the same language model as the product."""
    # Only the one that is asked for is installed here.
    from passporteye import read_mrz  # noqa: PLC0415
    from passporteye.mrz.text import MRZOCRCleaner  # noqa: PLC0415

    def read(path: str) -> Reading:
        mrz = read_mrz(path, extra_cmdline_params=f"-l mrz --tessdata-dir {tessdata}")
        if mrz is None or mrz.mrz_type is None:
            return NOTHING
        length = LENGTHS[mrz.mrz_type]
        lines = MRZOCRCleaner.apply(mrz.aux["raw_text"])
        # Its parser fills short lines and ignores what stands behind the last position.
        return {
            "lines": [line[:length].ljust(length, "<") for line in lines],
            "is_valid": bool(mrz.valid),
        }

    return read


def fastmrz(tessdata: str) -> Callable[[str], Reading]:
    """Return FastMRZ's reader."""
    from fastmrz import FastMRZ  # noqa: PLC0415

    engine = FastMRZ(tessdata_path=tessdata)

    def read(path: str) -> Reading:
        found = engine.get_details(path)
        text = found.get("mrz_text", "")
        return {"lines": text.split(), "is_valid": found.get("status") == "SUCCESS"}

    return read


READERS = {"passporteye": passporteye, "fastmrz": fastmrz}


def readings(read: Callable[[str], Reading], paths: Iterable[str]) -> Iterable[Reading]:
    """Yield a reading of each picture; where the peer fails with an error, an empty one."""
    for path in paths:
        started = time.perf_counter()
        try:
            found = read(path)
        except Exception as error:  # noqa: BLE001 - a peer's crash counts as nothing read
            found = {**NOTHING, "error": type(error).__name__}
        yield {"path": path, **found, "ms": round(1000 * (time.perf_counter() - started), 1)}


if __name__ == "__main__":
    name, tessdata_folder = sys.argv[1:3]
    for reading in readings(READERS[name](tessdata_folder), map(str.strip, sys.stdin)):
        print(json.dumps(reading), flush=True)
