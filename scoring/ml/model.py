"""The model that is served: features in, probability of fraud out, and which feature did what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from scoring.ml import (
    autoencoder_layers,
    isolation_forest_trees,
    lightgbm_text,
    one_class_svm_vectors,
    random_forest_trees,
    xgboost_json,
)
from scoring.ml.artefact import (
    CALIBRATION,
    REFERENCE,
    Artefact,
    ModelDamaged,
    read_artefact,
)
from scoring.ml.calibration import BetaCalibration
from scoring.ml.forest import Features, Floats
from scoring.ml.manifest import Manifest, MemberEntry
from scoring.ml.members import Member
from scoring.ml.reference import Reference

# None of them needs the library that a member was trained with.
READERS: Mapping[str, Callable[[bytes], Member]] = {
    xgboost_json.KIND: xgboost_json.read_xgboost,
    lightgbm_text.KIND: lightgbm_text.read_lightgbm,
    random_forest_trees.KIND: random_forest_trees.read_random_forest,
    isolation_forest_trees.KIND: isolation_forest_trees.read_isolation_forest,
    autoencoder_layers.KIND: autoencoder_layers.read_autoencoder,
    one_class_svm_vectors.KIND: one_class_svm_vectors.read_one_class_svm,
}


@dataclass(frozen=True, slots=True, eq=False)
class FraudModel:
    """One or more members whose weighted margins are calibrated together.

    Nothing in it changes, so threads may share it.

    Attributes
    ----------
    members : tuple of (Member, float)
        With their weights.
    digest : str
        sha256 of the manifest it was read with; empty for one that was never stored.
    """

    members: tuple[tuple[Member, float], ...]
    calibration: BetaCalibration
    manifest: Manifest
    reference: Reference
    digest: str = ""

    @property
    def version(self) -> str:
        """Name and version as decisions keep them: ``payments@2026-11-21.1``."""
        return f"{self.manifest.name}@{self.manifest.version}"

    def margins(self, features: Features) -> Floats:
        """Return log-odds before calibration, shape (n,)."""
        total = np.zeros(len(features))
        for member, weight in self.members:
            total += weight * member.margins(features)
        return total

    def scores(self, features: Features) -> Floats:
        """Return the probability of fraud of each row.

        Parameters
        ----------
        features : ndarray of shape (n, d), dtype=float32
            In the order of `manifest.feature_names`; NaN where unknown.

        Returns
        -------
        ndarray of shape (n,), dtype=float64
            0…1, 1 is certain fraud; the same to the bit for a row alone and in any batch.

        Raises
        ------
        ValueError
            The table has another shape or type.
        """
        return self.calibration.probabilities(self.margins(features))

    def contributions(self, features: Features) -> Floats:
        """Return each feature's part in the margin, in log-odds, shape (n, d + 1).

        The last column is what the model assumes of everybody; a row sums to its margin. Positive
        raises the suspicion.
        """
        total = np.zeros((len(features), len(self.manifest.feature_names) + 1))
        for member, weight in self.members:
            total += weight * member.contributions(features)
        return total


def load_model(folder: Path, schema_hash: str, *, digest: str | None = None) -> FraudModel:
    """Read a stored model, ready to serve.

    Raises
    ------
    ModelMissing, ModelDamaged, SchemaMismatch
        It cannot be used; callers then decide without a model and say so.
    """
    return _assembled(read_artefact(folder, schema_hash=schema_hash, digest=digest))


def _assembled(artefact: Artefact) -> FraudModel:
    manifest, files = artefact.manifest, artefact.files
    try:
        members = tuple((_member(entry, files), entry.weight) for entry in manifest.members)
        calibration = msgspec.json.decode(files[CALIBRATION], type=BetaCalibration)
        reference = msgspec.json.decode(files[REFERENCE], type=Reference)
        model = FraudModel(members, calibration, manifest, reference, artefact.digest)
        _try_out(model)
    except (LookupError, ArithmeticError, ValueError, msgspec.MsgspecError) as error:
        message = f"Model {manifest.name} {manifest.version} is not complete ({error})."
        raise ModelDamaged(message) from error
    return model


def _member(entry: MemberEntry, files: Mapping[str, bytes]) -> Member:
    if entry.kind not in READERS:
        message = f'it has a member "{entry.kind}", which is not known here'
        raise ValueError(message)
    return READERS[entry.kind](files[entry.file])


def _try_out(model: FraudModel) -> None:
    """Judge a row of which nothing is known.

    A member made for other columns shows here and not at a payment; and what is compiled is loaded
    here and not there.
    """
    nothing = np.full((1, len(model.manifest.feature_names)), np.nan, np.float32)
    found = model.scores(nothing), model.contributions(nothing)
    if not all(np.isfinite(values).all() for values in found):
        message = "it gives no score where nothing is known"
        raise ValueError(message)
