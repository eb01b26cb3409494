"""What is said of a face that could not be compared, to the reviewer and to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DOCUMENT, VIDEO = "document_front", "liveness_video"


@dataclass(frozen=True, slots=True)
class FaceWords:
    """A sentence for the reviewer, a hint for the customer, and what has to be taken again."""

    sentence: str
    hint: str
    redo: tuple[str, ...]


# By the outcome of the comparison.
FACE_WORDS: Mapping[str, FaceWords] = {
    "no_face_document": FaceWords(
        "No face was found on the document.",
        "We could not see the photo on your document. Please photograph it again, sharp.",
        (DOCUMENT,),
    ),
    "no_face_selfie": FaceWords(
        "No usable face was found in the video.",
        "We could not see your face well. Please record again in good light.",
        (VIDEO,),
    ),
    "several_faces_selfie": FaceWords(
        "More than one face was seen.",
        "There was somebody else in the picture. Please record again, alone.",
        (VIDEO,),
    ),
    "tiny_face_selfie": FaceWords(
        "The face is too small in the picture.",
        "Your face was too far away. Please hold the camera closer and try again.",
        (VIDEO,),
    ),
    "blurred_face_selfie": FaceWords(
        "The face is blurred.",
        "The picture of your face was blurred. Please wipe the lens, hold still and try again.",
        (VIDEO,),
    ),
    "turned_face_selfie": FaceWords(
        "The face is turned away.",
        "Your face was turned away. Please look straight into the camera and try again.",
        (VIDEO,),
    ),
    "covered_eyes_selfie": FaceWords(
        "The eyes are covered or closed.",
        "We could not see both of your eyes. Please take off dark glasses, move your hair aside "
        "and try again with your eyes open.",
        (VIDEO,),
    ),
    "covered_mouth_selfie": FaceWords(
        "The mouth is covered.",
        "We could not see your mouth. Please take off your mask or scarf and try again.",
        (VIDEO,),
    ),
}
# Of faces that were compared and leave a doubt; what is not here is a plain no.
FACE_DOUBTS: Mapping[str, str] = {
    "match": "Most likely the same person, but not near enough to be left to a machine.",
    "unclear": "Faces could be the same.",
}
