"""ISO 4217: which currencies there are, and how many decimals each has."""

from __future__ import annotations

from types import MappingProxyType

# ISO 4217 list one (table A.1), the minor units that are not 2; maintained by SIX Group,
# https://www.six-group.com/en/products-services/financial-information/data-standards.html
_OTHER_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# The same table, the rest of what people are paid in. Left out: metals, bond market units, test and
# "no currency" codes, for which the table names no minor unit or nobody pays.
_TWO_DECIMALS = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS = MappingProxyType(
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | {code: digits for digits, codes in _OTHER_EXPONENTS.items() for code in codes.split()}
)


def exponent_of(currency: str) -> int | None:
    """Return how many decimals a currency has, None for a code that nobody pays in.

    Parameters
    ----------
    currency : str
        ISO 4217 alphabetic code, in capitals.

    References
    ----------
    ISO 4217:2015, list one.

    Examples
    --------
    >>> exponent_of("EUR"), exponent_of("JPY"), exponent_of("KWD"), exponent_of("eur")
    (2, 0, 3, None)
    """
    return EXPONENTS.get(currency)
