"""The form of a channel: its address goes in and never comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html, format_html_join
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from cases.models import NotificationChannel
from cases.notifications.addresses import HELP, MIN_SECRET_LENGTH, AddressInvalid, address_read
from cases.notifications.choices import ChannelKind
from cases.notifications.quiet_hours import QuietHours, QuietHoursInvalid, zone_named

if TYPE_CHECKING:
    ChannelModelForm = forms.ModelForm[NotificationChannel]
else:
    # Django's own class takes no parameter at run time.
    ChannelModelForm = forms.ModelForm

ADDRESS_HELP = format_html_join(
    "", "<br>{}: {}", ((kind.label, HELP[kind]) for kind in ChannelKind)
)
NEW_HELP = "Sealed, and never shown again."
KEPT_HELP = "Empty: the address stays as it is."


class ChannelForm(ChannelModelForm):
    """What somebody chooses of a channel; the service seals and saves it."""

    address = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label="Signing secret",
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=f"Webhooks only, at least {MIN_SECRET_LENGTH} characters; goes with an address",
    )

    class Meta:
        model = NotificationChannel
        fields = (
            "name",
            "kind",
            "max_messages",
            "window_minutes",
            "quiet_from",
            "quiet_until",
            "time_zone",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who may only look has no field to fill in.
        if "address" in self.fields:
            first = NEW_HELP if self.is_new else KEPT_HELP
            self.fields["address"].help_text = format_html("{}{}", first, ADDRESS_HELP)

    @property
    def is_new(self) -> bool:
        """Whether there is no channel yet."""
        return self.instance._state.adding  # noqa: SLF001 - documented API of Django

    @property
    def is_new_address(self) -> bool:
        """Whether an address is to be sealed: always for a new channel."""
        return self.is_new or bool(self.cleaned_data.get("address"))

    def clean(self) -> dict[str, Any]:
        """Say at its field what could never work."""
        data: dict[str, Any] = super().clean() or {}
        self._check_address(data)
        self._check_quiet_hours(data)
        return data

    def _check_address(self, data: dict[str, Any]) -> None:
        kind = data.get("kind") or self.instance.kind
        if not kind:
            return
        if not self.is_new_address:
            if data.get("secret"):
                self.add_error("secret", "Enter the address again with its secret.")
            return
        try:
            address_read(kind, data.get("address", ""), data.get("secret", ""))
        except AddressInvalid as invalid:
            self.add_error("address", str(invalid))

    def _check_quiet_hours(self, data: dict[str, Any]) -> None:
        begins, ends = data.get("quiet_from"), data.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until", "Quiet hours need a beginning and an end, or neither.")
            return
        try:
            zone = zone_named(data.get("time_zone", "")).key
        except QuietHoursInvalid as invalid:
            self.add_error("time_zone", str(invalid))
            return
        try:
            _ = begins is not None and ends is not None and QuietHours(begins, ends, zone)
        except QuietHoursInvalid as invalid:
            self.add_error("quiet_until", str(invalid))
