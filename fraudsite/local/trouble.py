"""The one error of this package: a sentence a person can act on."""

from __future__ import annotations


class LocalTrouble(Exception):
    """Something on this machine stands in the way; the message says what to do."""


class ServerTrouble(LocalTrouble):
    """An embedded server cannot be started or reached."""
