"""Records to blobs and back, as bytes."""

from __future__ import annotations

from typing import Any

from scoring.features.blobs import DAMAGED, HEADER_BYTES, OTHER_LAYOUT, READ, sections_of
from scoring.features.kernel import compiled, whole
from scoring.features.layout import CUSTOMER, INSTRUMENT, LAYOUT_VERSION, MERCHANT

CUSTOMER_SECTIONS = sections_of(CUSTOMER)
MERCHANT_SECTIONS = sections_of(MERCHANT)
INSTRUMENT_SECTIONS = sections_of(INSTRUMENT)


@compiled
def _sections(kind: int) -> Any:
    if kind == 1:
        return CUSTOMER_SECTIONS
    if kind == 2:
        return MERCHANT_SECTIONS
    return INSTRUMENT_SECTIONS


@compiled
def pack_row(kind: int, record: Any, out: Any, start: int) -> int:
    """Write a record's blob and return where it ends.

    Parameters
    ----------
    kind : int
    record : ndarray of uint8
    out : ndarray of uint8
    start : int
    """
    sections = _sections(kind)
    end = start + HEADER_BYTES
    for section in range(sections.shape[0]):
        offset, length = sections[section, 0], _length(sections, section, record)
        for place in range(length):
            out[end + place] = record[offset + place]
        end += length
    plain, weighted = _check_sums(out, start + HEADER_BYTES, end)
    _put(out, start, 2, LAYOUT_VERSION)
    _put(out, start + 2, 2, kind)
    _put(out, start + 4, 4, plain)
    _put(out, start + 8, 4, weighted)
    return end


@compiled
def unpack_row(kind: int, blob: Any, start: int, end: int, record: Any) -> int:
    """Read a blob into a record of zeros, and return READ, DAMAGED or OTHER_LAYOUT."""
    if end - start < HEADER_BYTES:
        return DAMAGED
    if _get(blob, start, 2) != LAYOUT_VERSION:
        return OTHER_LAYOUT
    plain, weighted = _check_sums(blob, start + HEADER_BYTES, end)
    is_whole = _get(blob, start + 4, 4) == plain and _get(blob, start + 8, 4) == weighted
    if not is_whole or _get(blob, start + 2, 2) != kind:
        return DAMAGED
    return _fill(_sections(kind), blob, start + HEADER_BYTES, end, record)


@compiled
def _fill(sections: Any, blob: Any, start: int, end: int, record: Any) -> int:
    # The first section holds the counts that the others need.
    for section in range(sections.shape[0]):
        offset, length = sections[section, 0], _length(sections, section, record)
        if length < 0 or start + length > end:
            return DAMAGED
        for place in range(length):
            record[offset + place] = blob[start + place]
        start += length
    return READ if start == end else DAMAGED


@compiled
def _length(sections: Any, section: int, record: Any) -> int:
    width, most = whole(sections[section, 1]), whole(sections[section, 2])
    count_at = sections[section, 3]
    if count_at < 0:
        return width * most
    used = whole(record[count_at])
    return width * used if used <= most else -1


@compiled
def _check_sums(data: Any, start: int, end: int) -> tuple[int, int]:
    # Found are all single altered bytes and all swaps of neighbours. Two plain sums, because they
    # are computed many bytes at a time.
    plain, weighted = 0, 0
    for place in range(end - start):
        value = whole(data[start + place]) + 1
        plain += value
        weighted += value * (place + 1)
    return plain & 0xFFFFFFFF, weighted & 0xFFFFFFFF


@compiled
def _put(out: Any, start: int, width: int, value: int) -> None:
    for place in range(width):
        out[start + place] = (value >> (8 * place)) & 0xFF


@compiled
def _get(data: Any, start: int, width: int) -> int:
    value = 0
    for place in range(width):
        value |= whole(data[start + place]) << (8 * place)
    return value
