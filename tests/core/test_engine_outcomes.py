from __future__ import annotations

from fraudsite.core.engines import EngineOutcome, engine_outcome_read, engine_outcome_write


def test_the_outcome_of_the_last_load_is_found_by_name() -> None:
    engine_outcome_write("dlib", is_ready=True)
    engine_outcome_write("face_mesh", is_ready=True)
    engine_outcome_write("face_mesh", is_ready=False, detail="The weights do not open.")

    assert engine_outcome_read("dlib") == EngineOutcome(is_ready=True)
    assert engine_outcome_read("face_mesh") == EngineOutcome(
        is_ready=False, detail="The weights do not open."
    )


def test_an_engine_that_nobody_loaded_has_no_outcome() -> None:
    assert engine_outcome_read("tesseract") is None
