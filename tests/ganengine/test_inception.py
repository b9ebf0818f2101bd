"""Inception features: from a weights file only, and never downloaded."""

from pathlib import Path

import pytest
import torch

from ganengine.errors import ConfigError
from ganengine.metrics import cache
from ganengine.metrics.evaluator import Evaluator
from ganengine.metrics.extractors.inception import FILE, Inception
from tests.ganengine.metric_data import CPU, small


def test_inception_is_never_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    with pytest.raises(ConfigError) as caught:
        Evaluator(small(), CPU, features="inception")
    assert caught.value.path == "evaluation.features"
    assert FILE in str(caught.value)
    assert str(tmp_path / "data") in str(caught.value)
    assert not list(tmp_path.rglob("*.pth"))


def test_a_damaged_weights_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path))
    for content in ({"fc.weight": torch.zeros(3)}, 5):
        torch.save(content, tmp_path / FILE)
        with pytest.raises(ConfigError, match="is not the weights file of Inception"):
            Inception(CPU)


@pytest.mark.slow
def test_inception_is_read_from_either_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3 as Library

    with monkeypatch.context() as patch:
        patch.setattr(Library, "load_state_dict", lambda *_: None)
        patch.setattr(torch, "load", lambda *_, **__: {})
        untrained = Library("inception", ["2048"], feature_extractor_weights_path="any")
    place = tmp_path / "torch" / "hub" / "checkpoints"
    place.mkdir(parents=True)
    torch.save(untrained.state_dict(), place / FILE)
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    before = torch.get_rng_state()
    for channels in (1, 3):
        images = small(channels, 8, count=3).images
        found = Inception(CPU).features(images)
        assert torch.allclose(found.vectors, untrained(images.expand(-1, 3, -1, -1))[0])
        assert found.probabilities is None
    assert torch.equal(before, torch.get_rng_state())
    evaluator = Evaluator(small(count=12), CPU, features="inception", samples=12)
    assert set(evaluator.measure([small(count=4).images])) == {
        f"eval/{name}_inception" for name in ("fid", "kid", "precision", "recall")
    }
    assert any("inception" in path.name for path in cache.folder().iterdir())
