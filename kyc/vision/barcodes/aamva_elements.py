"""Which elements a North American licence has to carry, by version of its standard.

References
----------
AAMVA DL/ID Card Design Standard, annex D ("Mandatory PDF417 bar code"): editions DL/ID-2000
(version 01), 2003 (02), 2005 (03), 2009 (04), 2010 (05), 2011 (06), 2012 (07), 2013 (08), 2016 (09)
and 2020 (10). A later edition is held against the list of the latest known one.
"""

from __future__ import annotations

# DAA holds the whole name; some states wrote its parts instead, which `missing_elements` permits.
_ADDRESS = ("DAG", "DAI", "DAJ", "DAK")
# Of editions before DL/ID-2000 no list is known: who the holder is, and until when.
_BEFORE_2000 = ("DAA", "DAQ", "DBA", "DBB")
_DL_ID_2000 = ("DAA", *_ADDRESS, "DAQ", "DBA", "DBB", "DBC", "DBD")
_SINCE_2003 = (
    "DBA", "DCS", "DBD", "DBB", "DBC", "DAY", "DAU", *_ADDRESS, "DAQ", "DCF", "DCG",
)  # fmt: skip
# Since 2009 first and middle names stand apart, and each part says whether it was cut off.
_SINCE_2009 = (*_SINCE_2003, "DAC", "DAD", "DDE", "DDF", "DDG")

# What only a licence to drive carries: class, restrictions, endorsements.
_DRIVING_2000 = ("DAR", "DAS", "DAT")
_DRIVING_2003 = ("DCA", "DCB", "DCD", "DCH")
_DRIVING_2009 = ("DCA", "DCB", "DCD")


def mandatory_elements(version: int, *, is_driving_licence: bool) -> tuple[str, ...]:
    """Return the elements that a card of this version has to carry.

    All that came before DL/ID-2000 is version 0.

    Examples
    --------
    >>> "DCT" in mandatory_elements(3, is_driving_licence=True)
    True
    >>> "DCA" in mandatory_elements(10, is_driving_licence=False)
    False
    >>> mandatory_elements(0, is_driving_licence=True)
    ('DAA', 'DAQ', 'DBA', 'DBB')
    """
    if version <= 0:
        return _BEFORE_2000
    if version == 1:
        return _DL_ID_2000 + _DRIVING_2000 * is_driving_licence
    if version <= 3:
        return (*_SINCE_2003, "DCT") + _DRIVING_2003 * is_driving_licence
    return _SINCE_2009 + _DRIVING_2009 * is_driving_licence
