"""Why something a person asked for was not done: a stable code and one sentence for them."""

from __future__ import annotations


class Refusal(Exception):
    """The request was understood and refused; nothing was changed.

    Attributes
    ----------
    code : str
        Stable, for scripts.
    sentence : str
        For the person: what happened and what to do.
    field : str
        The form field it belongs to, empty for the whole.
    url : str
        Where to go instead, empty for nowhere.
    """

    status = 422

    def __init__(self, code: str, sentence: str, *, field: str = "", url: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.url = url


class ChangedElsewhere(Refusal):
    """Another tab, device or person was faster."""

    status = 409

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            "changed_elsewhere",
            sentence
            or "This verification was continued in another tab or on another device. "
            "Go on from where it stands now.",
        )


class NothingStored(Refusal):
    """The disk is full or gone."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "nothing_stored",
            "We cannot store anything at the moment, and nothing was kept. Please try again later.",
        )
