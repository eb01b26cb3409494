from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from fraudsite.core.crypto.blind_index import blind_index
from fraudsite.core.crypto.envelope import OVERHEAD_BYTES, SealBroken, open_sealed, seal
from fraudsite.core.crypto.keyring import KeyRing, KeyRingError, generate_key

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


def written(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_is_sealed_opens_again_with_the_same_key_and_context(
    plaintext: bytes, context: str
) -> None:
    sealed = seal(KEY, plaintext, context)

    assert open_sealed(KEY, sealed, context) == plaintext
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES


@given(st.binary(min_size=1, max_size=100), st.data())
def test_any_changed_bit_breaks_the_seal(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plaintext, "file:1"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(SealBroken):
        open_sealed(KEY, bytes(sealed), "file:1")


@given(st.integers(0, OVERHEAD_BYTES + 4))
def test_any_cut_breaks_the_seal(kept: int) -> None:
    sealed = seal(KEY, b"12345", "file:1")

    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed[:kept], "file:1")


def test_another_key_or_context_does_not_open_it() -> None:
    sealed = seal(KEY, b"face", "file:1")

    with pytest.raises(SealBroken):
        open_sealed(OTHER_KEY, sealed, "file:1")
    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed, "file:2")


def test_the_same_bytes_are_never_sealed_the_same_way_twice() -> None:
    assert len({seal(KEY, b"face", "file:1") for _ in range(1000)}) == 1000


def test_the_format_is_read_by_an_independent_implementation_of_it() -> None:
    sealed = seal(KEY, b"face", "file:1")

    version, nonce, body, tag = sealed[:1], sealed[1:13], sealed[13:-16], sealed[-16:]
    decryptor = Cipher(algorithms.AES(KEY), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(version + b"file:1")
    assert decryptor.update(body) + decryptor.finalize() == b"face"


def test_the_first_key_of_the_ring_is_the_primary() -> None:
    ring = KeyRing.parse(f" {written('2026', KEY)} , {written('2025', OTHER_KEY)},")

    assert ring.primary_id == "2026"
    assert ring.keys == {"2026": KEY, "2025": OTHER_KEY}
    assert ring.wrap(b"k" * 32, "data-key:1").master_key_id == "2026"


def test_a_rotated_ring_still_opens_what_the_old_primary_wrapped() -> None:
    data_key = generate_key()
    wrapped = KeyRing.parse(written("2025", OTHER_KEY)).wrap(data_key, "data-key:1")

    rotated = KeyRing.parse(f"{written('2026', KEY)},{written('2025', OTHER_KEY)}")

    assert rotated.unwrap(wrapped, "data-key:1") == data_key


def test_a_ring_without_the_key_says_which_one_is_missing() -> None:
    wrapped = KeyRing.parse(written("2025", OTHER_KEY)).wrap(generate_key(), "data-key:1")

    with pytest.raises(KeyRingError, match="The master key 2025 is not in the ring"):
        KeyRing.parse(written("2026", KEY)).unwrap(wrapped, "data-key:1")


def test_another_key_under_the_same_id_is_told_from_a_missing_one() -> None:
    wrapped = KeyRing.parse(written("2025", OTHER_KEY)).wrap(generate_key(), "data-key:1")

    with pytest.raises(KeyRingError, match="does not open this data key"):
        KeyRing.parse(written("2025", KEY)).unwrap(wrapped, "data-key:1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The master key ring is empty; it needs at least one id:base64 pair."),
        (" , ", "The master key ring is empty; it needs at least one id:base64 pair."),
        (base64.b64encode(KEY).decode(), "Master key 1 is not of the form id:base64"),
        ("a key:AAAA", "Master key 1 is not of the form id:base64"),
        ("2025:***", "Master key 1 (2025) is not valid base64."),
        ("2025:AAAA", "Master key 1 (2025) has 3 bytes and needs 32."),
        (
            f"{written('2025', KEY)},{written('2025', OTHER_KEY)}",
            "Master key 2 has the same id as an earlier one: 2025.",
        ),
    ],
)
def test_a_malformed_ring_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(KeyRingError) as refusal:
        KeyRing.parse(text)

    assert str(refusal.value).startswith(sentence)


def test_neither_a_ring_nor_its_errors_show_key_material() -> None:
    encoded = base64.b64encode(KEY).decode()
    ring = KeyRing.parse(f"2025:{encoded}")

    with pytest.raises(KeyRingError) as refusal:
        KeyRing.parse(f"2025:{encoded[:-4]}")

    assert encoded[:8] not in repr(ring)
    assert repr(KEY)[2:10] not in repr(ring)
    assert encoded[:8] not in str(refusal.value)


def test_a_blind_index_matches_rfc_constructions_made_by_hand() -> None:
    extracted = hmac.new(bytes(32), KEY, hashlib.sha256).digest()
    info = b"fraudsite blind index: document_number"
    derived = hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()

    expected = hmac.new(derived, b"L898902C3", hashlib.sha256).digest()
    assert blind_index(KEY, "L898902C3", "document_number") == expected


def test_a_blind_index_differs_by_value_purpose_and_key() -> None:
    indexes = {
        blind_index(KEY, "L898902C3", "document_number"),
        blind_index(KEY, "L898902C4", "document_number"),
        blind_index(KEY, "L898902C3", "phone"),
        blind_index(OTHER_KEY, "L898902C3", "document_number"),
    }

    assert len(indexes) == 4
