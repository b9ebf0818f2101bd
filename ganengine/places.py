"""Where things are kept. Imports no torch, so that a window can know it early."""

import os
from pathlib import Path

import platformdirs


def default_runs_root() -> Path:
    """`$GAN_STUDIO_RUNS`, or the folder "GAN Studio" among the user's documents."""
    chosen = os.environ.get("GAN_STUDIO_RUNS")
    return Path(chosen) if chosen else Path(platformdirs.user_documents_dir()) / "GAN Studio"


def user_presets_folder() -> Path:
    """Where the user's own presets are: `$GAN_STUDIO_PRESETS` or the platform's place for a program's data."""
    chosen = os.environ.get("GAN_STUDIO_PRESETS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("gan-studio", appauthor=False)) / "presets"


def data_root() -> Path:
    """Where named data sets are: `$GAN_STUDIO_DATA` or the platform's place for a program's data."""
    chosen = os.environ.get("GAN_STUDIO_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("gan-studio", appauthor=False)) / "data"


def cache_root() -> Path:
    """Where decoded images and trained feature extractors are kept: `$GAN_STUDIO_CACHE` or the platform's place."""
    chosen = os.environ.get("GAN_STUDIO_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("gan-studio", appauthor=False))
