"""MP4 films whose sample tables say what no camera would write; the pictures are JPEGs."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

import cv2
import numpy as np

IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
SUBSAMPLING_444 = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
SUBSAMPLING_420 = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420


def jpeg_of(size: tuple[int, int], grey: int, subsampling: int = SUBSAMPLING_420) -> bytes:
    width_px, height_px = size
    pixels = np.full((height_px, width_px, 3), grey, np.uint8)
    flags = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, subsampling, cv2.IMWRITE_JPEG_QUALITY, 50]
    return cv2.imencode(".jpg", pixels, flags)[1].tobytes()


def huge_jpeg(side_px: int) -> bytes:
    """A grey JPEG of many pixels whose every block is six bits long."""
    small = cv2.imencode(".jpg", np.full((64, 64), 128, np.uint8))[1].tobytes()
    size, scan = small.index(b"\xff\xc0") + 5, small.index(b"\xff\xda")
    head = bytearray(small[: scan + 2 + int.from_bytes(small[scan + 2 : scan + 4], "big")])
    head[size : size + 4] = struct.pack(">HH", side_px, side_px)
    blocks = ((side_px + 7) // 8) ** 2
    return bytes(head) + bytes.fromhex("28a28a") * (blocks * 6 // 24 + 1) + b"\xff\xd9"


def mp4_of(
    pictures: Sequence[bytes], order: Sequence[int], gaps_ms: Sequence[int], size: tuple[int, int]
) -> bytes:
    """A film of `size` that shows `pictures[n]` for each n of `order`, each for its gap."""
    first = _box(b"ftyp", b"isom\0\0\2\0isommp41")
    starts = list(accumulate(map(len, pictures), initial=len(first) + 8))
    lengths = [len(pictures[number]) for number in order]
    table = _box(
        b"stbl",
        _table(b"stsd", 1, _entry(*size)),
        _table(b"stts", len(order), *(struct.pack(">II", 1, gap) for gap in gaps_ms)),
        _table(b"stsc", 1, struct.pack(">III", 1, 1, 1)),
        _full(b"stsz", struct.pack(f">II{len(order)}I", 0, len(order), *lengths)),
        _table(b"stco", len(order), *(struct.pack(">I", starts[number]) for number in order)),
    )
    return first + _box(b"mdat", *pictures) + _track(table, sum(gaps_ms), size)


def _track(table: bytes, length_ms: int, size: tuple[int, int]) -> bytes:
    width_px, height_px = size
    movie = _full(
        b"mvhd",
        struct.pack(">IIIIIHHII", 0, 0, 1000, length_ms, 0x10000, 0x100, 0, 0, 0),
        IDENTITY + bytes(24) + struct.pack(">I", 2),
    )
    header = _box(
        b"tkhd",
        struct.pack(">IIIIIIIIHHHH", 3, 0, 0, 1, 0, length_ms, 0, 0, 0, 0, 0, 0),
        IDENTITY + struct.pack(">II", width_px << 16, height_px << 16),
    )
    media = _box(
        b"mdia",
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, length_ms, 0x55C4, 0)),
        _full(b"hdlr", bytes(4) + b"vide" + bytes(12) + b"v\0"),
        _box(
            b"minf",
            _box(b"vmhd", struct.pack(">I8x", 1)),
            _box(b"dinf", _table(b"dref", 1, _box(b"url ", struct.pack(">I", 1)))),
            table,
        ),
    )
    return _box(b"moov", movie, _box(b"trak", header, media))


def _entry(width_px: int, height_px: int) -> bytes:
    """That the samples are Motion-JPEG."""
    size = struct.pack(">HHIIIH", width_px, height_px, 0x480000, 0x480000, 0, 1)
    return _box(
        b"MJPG", bytes(6) + b"\0\1" + bytes(16), size, bytes(32) + struct.pack(">Hh", 24, -1)
    )


def _table(kind: bytes, count: int, *rows: bytes) -> bytes:
    return _full(kind, struct.pack(">I", count), *rows)


def _full(kind: bytes, *parts: bytes) -> bytes:
    return _box(kind, bytes(4), *parts)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body
