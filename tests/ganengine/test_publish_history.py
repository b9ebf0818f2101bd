"""TensorBoard event files, read by TensorBoard itself, and the report, read by an HTML parser."""

import io
import re
import shutil
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganengine.errors import Cancelled, PublishError
from ganengine.launch import fork_run
from ganengine.publish.base import publication
from ganengine.publish.source import Source
from ganengine.runs.about import RunAbout, write_about
from ganengine.runs.directory import RunDirectory
from tests.ganengine.helpers import run_of
from tests.ganengine.publishing import files_in, pixels, tiny_run

VOID = {"meta", "img", "br", "line", "path", "polyline"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    made = tiny_run(tmp_path_factory.mktemp("runs"), {"optimizer_g.lr": 0.00037})
    made.append_event({"step": 2, "event": "edit", "changes": {"optimizer_g.lr": [0.001, 0.00037]}})
    return made


# -- TensorBoard -------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # TensorBoard's own imports
def test_tensorboard_reads_the_event_files(run: RunDirectory, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    out = publication("tensorboard", {"samples": 3}).write(Source(run), tmp_path / "events")
    found = EventAccumulator(str(out), size_guidance={"scalars": 0, "images": 0})
    found.Reload()
    history = run.metrics()
    assert set(found.Tags()["scalars"]) == {key for point in history for key in point.values}
    scalars = found.Scalars("loss/g")
    assert [event.step for event in scalars] == [1, 2, 3, 4, 5, 6]
    assert [event.value for event in scalars] == pytest.approx([point.values["loss/g"] for point in history])
    assert [event.wall_time - scalars[0].wall_time for event in scalars] == pytest.approx(
        [point.seconds - history[0].seconds for point in history], abs=1e-3
    )
    images = found.Images("samples")
    assert [event.step for event in images] == [0, 3, 6]
    with Image.open(io.BytesIO(images[-1].encoded_image_string)) as picture:
        assert (np.asarray(picture) == pixels(run.sample_path(6))).all()
        assert picture.size == (images[-1].width, images[-1].height)
    (settings,) = found.Tensors("settings/text_summary")
    assert b"lr = 0.00037" in settings.tensor_proto.string_val[0]


def test_event_files_up_to_a_step_or_given_up(run: RunDirectory, tmp_path: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event  # noqa: F401  # its import must not warn either

    made = publication("tensorboard", {})

    def stop(*_: object) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        made.write(Source(run), tmp_path / "events", stop)
    assert not files_in(tmp_path)
    early = made.write(Source(run, step=2), tmp_path / "early")
    late = made.write(Source(run), tmp_path / "late")
    sizes = [next(folder.iterdir()).stat().st_size for folder in (early, late)]
    assert sizes[0] < sizes[1]
    with pytest.raises(PublishError, match="needs a run"):
        made.write(Source(checkpoint=run.checkpoints.path(3)), tmp_path / "none")


# -- the report --------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What is in a page: its tags with their attributes, its text, and whether each tag that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def report(run: RunDirectory, tmp_path: Path, **values: object) -> tuple[Page, str]:
    html = publication("report", values).write(Source(run), tmp_path / "a").read_text(encoding="utf-8")
    return Page(html), html


def test_the_report_needs_no_other_file(run: RunDirectory, tmp_path: Path) -> None:
    page, html = report(run, tmp_path)
    assert not page.of("script")
    assert not page.of("link")
    assert not page.of("a")
    for _, attributes in page.tags:
        for name, value in attributes.items():
            if name in {"src", "href", "srcset", "data", "action", "background"}:
                assert (value or "").startswith("data:image/png;base64,"), (name, value)
            assert not name.startswith("on")
    assert "url(" not in html
    assert "@import" not in html
    assert not re.findall(r"https?://", html)
    policy = next(entry["content"] for entry in page.of("meta") if entry.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_the_report_shows_images_curves_and_settings(run: RunDirectory, tmp_path: Path) -> None:
    page, _ = report(run, tmp_path)
    pictures = [Image.open(io.BytesIO(b64decode((image["src"] or "").split(",")[1]))) for image in page.of("img")]
    assert len(pictures) == 2, "the newest sample, and a strip"
    assert all(image["alt"] for image in page.of("img"))
    curves = [attributes for attributes in page.of("polyline") if "curve" in (attributes["class"] or "")]
    roles = {role for attributes in curves for role in (attributes["class"] or "").split()}
    assert {"real", "fake", "generator"} <= roles
    assert all(len((attributes["points"] or "").split()) == 6 for attributes in curves), "a point for each step"
    for text in ("Losses", "Answers of D", "optimizer_g.lr", "3.7e-4", "0.001 → 3.7e-4", "torch", "Batch size"):
        assert text in page.text, text
    labels = [attributes["aria-label"] or "" for attributes in page.of("svg")]
    assert any("Losses, by step: D on real ends at" in label for label in labels)


def test_the_report_is_light_or_dark(run: RunDirectory, tmp_path: Path) -> None:
    assert "prefers-color-scheme: dark" in report(run, tmp_path)[1]
    for theme, ground in (("light", "#ffffff"), ("dark", "#1a1a1d")):
        html = report(run, tmp_path, theme=theme)[1]
        assert "prefers-color-scheme" not in html
        assert f"--ground: {ground}" in html


def test_texts_from_files_are_only_texts(run: RunDirectory, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    copied = RunDirectory(tmp_path / "runs" / run.name)
    shutil.copytree(run.path, copied.path)
    write_about(copied, RunAbout(evil, (evil,), evil))
    copied.update_info({"message": evil, "device": evil, "parent": {"run": evil, "step": 3}, "data": evil})
    copied.append_event({"step": 1, "event": "alert", "message": evil})
    copied.append_event({"step": 1, "event": "edit", "changes": {evil: [evil, evil]}})
    page, html = report(copied, tmp_path)
    assert page.text.count("<script>alert(1)</script>") >= 6
    assert "<script" not in html
    assert len(page.of("img")) == 2


def test_the_report_of_a_fork_says_where_it_comes_from(run: RunDirectory, tmp_path: Path) -> None:
    trainer = fork_run(run.checkpoints.path(3), run.path.parent, changes={"training.steps": 8})
    trainer.run()
    page, _ = report(run_of(trainer), tmp_path)
    assert f"was forked from {run.name} at step 3." in page.text


def test_the_report_of_half_a_run(run: RunDirectory, tmp_path: Path) -> None:
    """What cannot be read is missing or said; the rest is there."""
    import shutil

    damaged = RunDirectory(tmp_path / "runs" / run.name)
    shutil.copytree(run.path, damaged.path)
    (damaged.path / "config.toml").write_text("[generator]\nkind = 'of tomorrow'\n")
    damaged.sample_path(6).write_bytes(b"no picture")
    (damaged.path / "run.json").write_text("{")
    page, _ = report(damaged, tmp_path)
    assert "They cannot be read" in page.text
    assert "is not a sample of a run" in page.text
    assert "Losses" in page.text
    empty = RunDirectory.create(tmp_path / "empty", run.config())
    page, _ = report(empty, tmp_path)
    assert "no samples yet" in page.text
    assert "Nothing was measured yet" in page.text


def test_the_report_up_to_a_step(run: RunDirectory, tmp_path: Path) -> None:
    html = publication("report", {}).write(Source(run, step=3), tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(html)
    curves = [attributes for attributes in page.of("polyline") if "curve" in (attributes["class"] or "")]
    assert all(len((attributes["points"] or "").split()) == 3 for attributes in curves)
    assert "Step 3" in page.text
