"""A run's history as TensorBoard event files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from PIL import Image

from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError, PublishError
from ganengine.export.strip import moments
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication
from ganengine.publish.folder import new_folder

if TYPE_CHECKING:
    from ganengine.publish.source import Source
    from ganengine.runs.directory import RunDirectory

_FORMAT = "brain.Event:2"
_COLOUR_SPACES = {"L": 1, "RGB": 3}
_TELL_EVERY = 200


class TensorBoard(Publication):
    """All curves of a run, with samples and settings, for TensorBoard and what reads its event files."""

    title: ClassVar[str] = "History (TensorBoard)"
    suffix: ClassVar[str] = ""
    needs: ClassVar[Needs] = "run"
    order: ClassVar[int] = 90
    kind: Literal["tensorboard"] = "tensorboard"
    samples: int = setting(
        50,
        title="Samples at most",
        description="How many of the run's samples go along as images, evenly spread over the training.",
        ge=0,
        le=100_000,
    )

    def problem_with(self, source: Source) -> str:
        return super().problem_with(source) or ("" if _has_history(source) else f"{source.name} has no history yet.")

    def describe(self, source: Source) -> str:
        samples = min(self.samples, len(source.sample_steps))
        return f"All curves and {samples} samples in a new folder, to be opened with tensorboard --logdir"

    def write(self, source: Source, out: Path, tell: Tell = silent) -> Path:
        from tensorboardX.record_writer import RecordWriter  # type: ignore[import-untyped]

        if (problem := self.problem_with(source)) or source.run is None:
            raise PublishError(problem)
        began = _began(source.run)
        with new_folder(out, "the event files") as folder:
            writer = RecordWriter(str(folder / f"events.out.tfevents.{int(began)}.gan-studio"))
            try:
                for done, event in enumerate(self._events(source, source.run, began)):
                    writer.write(event.SerializeToString())
                    if done % _TELL_EVERY == 0:
                        tell("Writing events", done, 0)
            finally:
                writer.close()
        return out

    def file_name(self, source: Source) -> str:
        return f"{source.name}-tensorboard"

    def _events(self, source: Source, run: RunDirectory, began: float) -> Iterator[Any]:
        from tensorboardX.proto.event_pb2 import Event  # type: ignore[import-untyped]
        from tensorboardX.proto.summary_pb2 import Summary  # type: ignore[import-untyped]
        from tensorboardX.summary import scalar, text  # type: ignore[import-untyped]

        yield Event(wall_time=began, file_version=_FORMAT)
        try:
            settings = "\n".join(f"    {line}" for line in run.config().to_toml().splitlines())  # as it is, in Markdown
            yield Event(wall_time=began, step=0, summary=text("settings", settings))
        except ConfigError:
            pass  # of another version; the curves need no settings
        times = {0: began}
        for point in run.metrics():
            if source.step is not None and point.step > source.step:
                break
            times[point.step] = began + point.seconds
            for key, value in point.values.items():
                if isinstance(value, int | float):
                    yield Event(wall_time=times[point.step], step=point.step, summary=scalar(key, float(value)))
        for step in moments(source.sample_steps, self.samples) if self.samples else ():
            when = times[max(known for known in times if known <= step)]
            try:
                image = _image(Summary, run.sample_path(step))
            except OSError:
                continue  # thinned out by a training that goes on, or damaged
            yield Event(wall_time=when, step=step, summary=Summary(value=[Summary.Value(tag="samples", image=image)]))


def _image(summary: Any, path: Path) -> Any:
    """A sample's PNG as it is."""
    with Image.open(path) as picture:
        width, height, mode = *picture.size, picture.mode
    return summary.Image(
        height=height, width=width, colorspace=_COLOUR_SPACES.get(mode, 3), encoded_image_string=path.read_bytes()
    )


def _has_history(source: Source) -> bool:
    return source.run is not None and (source.run.path / "metrics.jsonl").is_file()


def _began(run: RunDirectory) -> float:
    """When the run began, in seconds since 1970."""
    try:
        return datetime.fromisoformat(str(run.known_info().get("created"))).timestamp()
    except ValueError:
        return (run.path / "metrics.jsonl").stat().st_mtime
