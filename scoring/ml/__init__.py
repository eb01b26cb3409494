"""Models: training, calibration, storing, serving and their reasons, on plain arrays."""
