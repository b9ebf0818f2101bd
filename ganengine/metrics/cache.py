"""Tensors kept in files that can be made again: what is missing, damaged or of another version is made anew."""

import hashlib
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganengine.errors import StorageError
from ganengine.places import cache_root
from ganengine.runs.files import write_atomically

_log = logging.getLogger(__name__)
Tensors = Mapping[str, Tensor]


def folder() -> Path:
    """Where they are."""
    return cache_root() / "extractors"


def digest(tensors: Tensors) -> str:
    """A short hash of names, shapes and values."""
    found = hashlib.blake2b(digest_size=12)
    for name, tensor in sorted(tensors.items()):
        values = tensor.detach().cpu().contiguous()
        found.update(f"{name} {values.dtype} {tuple(values.shape)};".encode())
        found.update(values.numpy().tobytes())
    return found.hexdigest()


def save(name: str, tensors: Tensors, facts: Mapping[str, Any]) -> None:
    """Keep tensors with some plain values. Where it cannot be written they are just not kept."""
    content = {"tensors": dict(tensors), "facts": dict(facts), "digest": digest(tensors)}
    file = io.BytesIO()
    torch.save(content, file)

    try:
        folder().mkdir(parents=True, exist_ok=True)
        write_atomically(folder() / name, lambda target: _write(target, file), "the feature extractor's cache")
    except (OSError, StorageError) as error:
        _log.warning("%s is not kept: %s", name, error)


def load(name: str, facts: Mapping[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """What was saved, on the CPU; None if it is missing, damaged, or differs in one of `facts`."""
    path = folder() / name
    if not path.is_file():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        tensors, kept = content["tensors"], content["facts"]
        whole = digest(tensors) == content["digest"] and all(kept[key] == value for key, value in facts.items())
    except Exception as error:  # torch raises a good dozen of kinds
        _log.info("%s is damaged: %s", name, error)
        return None
    return (tensors, kept) if whole else None


def _write(target: Any, file: io.BytesIO) -> None:
    target.write(file.getbuffer())
