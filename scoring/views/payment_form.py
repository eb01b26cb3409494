"""What a customer fills in to pay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from transactions.models import Account
from transactions.money import AmountRefused, Money, exponent_of, looks_like_pan, parse_money
from transactions.services.payees import compact, is_own_account
from transactions.views.amounts import account_number_text, amount_text

# What a text may not be made of: it would show otherwise than it is.
UNSHOWABLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
DECIMAL_COMMA = re.compile(r"([0-9]+),([0-9]{1,2})")
EXAMPLES = {0: "1200", 2: "12.34 or 12,34", 3: "12.345", 4: "12.3456"}
# So many accounts are shown side by side with their balances; more fold into a list.
MOST_SHOWN = 4
CARD_NUMBER = (
    "This looks like a card number. We never need one here: enter an account number, or none."
)


class PaymentForm(forms.Form):
    """From which account, to whom, how much. Whether it may be paid is the service's to say."""

    account = forms.ChoiceField(
        label="From",
        error_messages={
            "required": "Choose the account to pay from.",
            "invalid_choice": "You cannot pay from this account. Choose one of the list.",
        },
    )
    payee_name = forms.CharField(
        label="To",
        max_length=70,
        help_text="A person or company. Names you have paid before are suggested.",
        error_messages={"required": "Enter the name of the person or company you want to pay."},
        widget=forms.TextInput(attrs={"list": "payees", "autocomplete": "off"}),
    )
    payee_account = forms.CharField(
        label="Their account number",
        max_length=40,
        required=False,
        help_text="For somebody new, if you have it. It keeps people with the same name apart.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = forms.CharField(
        label="Amount",
        max_length=40,
        error_messages={"required": "Enter the amount you want to pay."},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = {str(account.pk): account for account in accounts}
        choices = [(key, _account_label(account)) for key, account in self._accounts.items()]
        if len(choices) <= MOST_SHOWN:
            self.fields["account"].widget = forms.RadioSelect()
        self.fields["account"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["amount"].help_text = _amount_help(accounts)

    def clean_payee_name(self) -> str:
        """Refuse what cannot be shown, and card numbers."""
        return _text(self.cleaned_data["payee_name"])

    def clean_payee_account(self) -> str:
        """Refuse what holds nothing of a number, card numbers, and the customer's own accounts."""
        number = _text(self.cleaned_data["payee_account"])
        if not number:
            return ""
        if len(compact(number)) < 4:
            raise ValidationError("An account number has at least four letters or digits.")
        if is_own_account(self._owner, number):
            raise ValidationError(
                "This is an account of your own. Enter the number of the person you pay."
            )
        return number

    def clean(self) -> dict[str, Any]:
        """Read the amount in the account's currency."""
        cleaned = super().clean() or {}
        account = self._accounts.get(cleaned.get("account", ""))
        if account is None or "amount" not in cleaned:
            return cleaned
        try:
            money = amount_read(cleaned["amount"], account.currency)
        except ValidationError as error:
            self.add_error("amount", error)
            return cleaned
        if money.minor > account.balance_minor:
            self.add_error("amount", f"There is not enough in this account: {_holds(account)}.")
        cleaned["money"] = money
        return cleaned

    @property
    def payer(self) -> Account:
        """The account that was chosen; only after the form was found valid."""
        return self._accounts[self.cleaned_data["account"]]

    @property
    def money(self) -> Money:
        """The exact amount; only after the form was found valid."""
        money: Money = self.cleaned_data["money"]
        return money

    @property
    def _owner(self) -> Any:
        return next(iter(self._accounts.values())).customer_id


def amount_read(text: str, currency: str) -> Money:
    """Return the amount that somebody typed. Raises `ValidationError` with what to type instead.

    A comma counts as a decimal comma where it can be nothing else: before one or two digits, of a
    currency that has as many.
    """
    exponent = exponent_of(currency) or 0
    plain = text.strip()
    by_comma = DECIMAL_COMMA.fullmatch(plain)
    if by_comma and len(by_comma[2]) <= exponent:
        plain = f"{by_comma[1]}.{by_comma[2]}"
    try:
        return parse_money(plain, currency)
    except AmountRefused as refused:
        raise ValidationError(_amount_sentence(refused, currency), code=refused.code) from None


def _amount_sentence(refused: AmountRefused, currency: str) -> str:
    exponent = exponent_of(currency) or 0
    example = EXAMPLES.get(exponent, "12.34")
    if refused.code == "not_above_zero":
        return "The amount must be more than zero."
    if refused.code == "too_large":
        return "This is more than can be paid at once. Check the number of digits."
    if refused.code == "too_many_decimals":
        places = f"has {exponent} decimals" if exponent else "has no decimals"
        return f"{currency} {places}. Write the amount like this: {example}."
    return (
        f"Write the amount in digits only, like this: {example}. Leave out spaces, signs and "
        "separators of thousands."
    )


def _amount_help(accounts: Sequence[Account]) -> str:
    currencies = {account.currency for account in accounts}
    if len(currencies) != 1:
        return "In the account's currency, such as 12.34 or 12,34."
    currency = currencies.pop()
    return f"In {currency}, such as {EXAMPLES.get(exponent_of(currency) or 0, '12.34')}."


def _account_label(account: Account) -> str:
    number = account_number_text(account.external_id)
    return f"{account.get_kind_display()} {number}: {_amount_of(account)}"


def _holds(account: Account) -> str:
    return f"it holds {_amount_of(account)}"


def _amount_of(account: Account) -> str:
    return amount_text(account.balance_minor, account.currency)


def _text(typed: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if any(unicodedata.category(character) in UNSHOWABLE for character in text):
        raise ValidationError("This holds characters that cannot be shown. Type it anew.")
    if looks_like_pan(text):
        raise ValidationError(CARD_NUMBER, code="card_number_refused")
    if text and not compact(text):
        raise ValidationError("Enter letters or digits.")
    return text
