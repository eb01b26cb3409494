"""What customers type and choose in the wizard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kyc.choices import CaptureSource, DocumentType
from kyc.countries import country_choices
from kyc.details import PersonDetails

OLDEST_AGE_YEARS = 120


class ConsentForm(forms.Form):
    """Yes or no, each as good as the other."""

    choice = forms.ChoiceField(choices=[("grant", "I agree"), ("refuse", "I do not agree")])

    @property
    def is_granted(self) -> bool:
        """Whether the answer was yes."""
        return bool(self.cleaned_data["choice"] == "grant")


class DetailsForm(forms.Form):
    """The declared identity, as on the document."""

    given_names = forms.CharField(
        max_length=100,
        label="Given names",
        help_text="All of them, as on your document.",
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    surname = forms.CharField(
        max_length=100,
        label="Surname",
        help_text="As on your document.",
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    birth_date = forms.DateField(
        label="Date of birth",
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )
    nationality = forms.ChoiceField(label="Nationality", choices=country_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nationality"].choices = [("", "Choose…"), *country_choices()]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_birth_date(self) -> date:
        """Refuse dates that nobody alive was born on."""
        birth_date: date = self.cleaned_data["birth_date"]
        today = timezone.now().date()
        if birth_date > today:
            raise ValidationError("This date is in the future. Check the year.", code="in_future")
        if birth_date.year < today.year - OLDEST_AGE_YEARS:
            raise ValidationError("This date is too long ago. Check the year.", code="too_old")
        return birth_date

    def details(self) -> PersonDetails:
        """Return what was entered; only after the form was found valid."""
        cleaned = self.cleaned_data
        return PersonDetails(
            surname=cleaned["surname"],
            given_names=cleaned["given_names"],
            birth_date=cleaned["birth_date"],
            nationality=cleaned["nationality"],
        )


class DocumentForm(forms.Form):
    """Which document, and who issued it."""

    document_type = forms.ChoiceField(
        label="Document", choices=DocumentType.choices, widget=forms.RadioSelect
    )
    issuing_country = forms.ChoiceField(label="Issued by", choices=country_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuing_country"].choices = [("", "Choose…"), *country_choices()]  # type: ignore[attr-defined]  # a ChoiceField


class CaptureFields(forms.Form):
    """What every capture says about itself."""

    source = forms.ChoiceField(
        choices=CaptureSource.choices[:2], required=False, widget=forms.HiddenInput
    )
    camera_label = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    capture_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean_source(self) -> CaptureSource:
        """A form sent without script is an upload."""
        return CaptureSource(self.cleaned_data["source"] or CaptureSource.UPLOAD)


PICTURES = "image/jpeg,image/png,image/webp,image/heic"
# What a page refuses before it is sent: of a body that is too large the server reads no more, and a
# browser then shows a page of its own. The limit itself is `kyc.vision.images.ImageLimits`.
MAX_MEGABYTES = 15


class ImageForm(CaptureFields):
    """One picture."""

    image = forms.FileField(
        label="Photo",
        error_messages={
            "required": "Choose a photo first.",
            "empty": "This file is empty. Choose another photo.",
        },
        widget=forms.FileInput(attrs={"accept": PICTURES, "data-max-megabytes": MAX_MEGABYTES}),
    )


class DocumentSideForm(ImageForm):
    """One side of a document, or a PDF with its sides as pages."""

    image = forms.FileField(
        label="Photo or PDF",
        error_messages={
            "required": "Choose a photo or a PDF first.",
            "empty": "This file is empty. Choose another one.",
        },
        widget=forms.FileInput(attrs={"accept": f"{PICTURES},application/pdf"}),
    )


class VideoForm(CaptureFields):
    """The video that answers a challenge."""

    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)
    video = forms.FileField(
        label="Video",
        error_messages={
            "required": "Record the video first.",
            "empty": "The video is empty. Please record it again.",
        },
        widget=forms.FileInput(attrs={"accept": "video/webm,video/mp4"}),
    )


class DeviceForm(forms.Form):
    """A coarse fingerprint, made in the browser."""

    fingerprint = forms.RegexField(r"^[0-9a-f]{64}$")
