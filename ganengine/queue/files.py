"""The queue's files: what stands in them, and how they are put together again where one is damaged."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, QueueError, RunError, StorageError
from ganengine.events import RunStatus
from ganengine.queue.items import Item, ItemStatus, item_of, number_of
from ganengine.runs.directory import RunDirectory, list_runs
from ganengine.runs.files import write_text

FORMAT = 1
FOLDER = ".queue"
_PATIENCE_S = 20.0
_MANY = 20
_HEADER = "# item: "
_FROZEN = ("id", "title", "preset", "group", "added")


@dataclass
class Content:
    """What stands in `queue.json`.

    Attributes:
        items: in their order.
        next: the next item's number.
        notices: what was damaged, and what was done about it.
    """

    items: list[Item] = field(default_factory=list)
    paused: bool = False
    next: int = 1
    notices: list[str] = field(default_factory=list)

    def place_of(self, item_id: str) -> int:
        """Where an item stands.

        Raises:
            QueueError: it is not there.
        """
        for place, item in enumerate(self.items):
            if item.id == item_id:
                return place
        raise QueueError(f"There is no run {number_of(item_id) or item_id} in the queue.")

    def as_text(self) -> str:
        """As JSON."""
        values = {"format": FORMAT, "paused": self.paused, "next": self.next, "notices": self.notices}
        return json.dumps(values | {"items": [item.as_record() for item in self.items]}, indent=1) + "\n"


class QueueFiles:
    """`queue.json` with the order and the states; for each item `<id>.toml` with the settings and `<id>.lock`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER
        self.path = self.folder / "queue.json"

    @contextmanager
    def changing(self) -> Iterator[Content]:
        """The content, which nobody else can change meanwhile; written where it is another afterwards.

        Raises:
            QueueError: it cannot be used, or somebody holds it for very long.
            StorageError: it could not be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError("the queue", self.folder, error) from error
        with self._alone():
            content, before = self._read()
            yield content
            if content.as_text() != before:
                self._write(content)

    def clean(self) -> None:
        """Delete what a crash left half-written. To be asked only while `changing`."""
        for leftover in self.folder.glob(".*.tmp"):
            with suppress(OSError):
                leftover.unlink()

    def read(self, look: Callable[[Sequence[Item]], list[Item]] = list) -> Content:
        """The content as it is now.

        Args:
            look: sees the items while nobody changes them, and says how they stand.

        Raises:
            QueueError, StorageError: as `changing`.
        """
        if not self.folder.is_dir():
            return Content()
        if not os.access(self.folder, os.W_OK):
            return self._read()[0]
        with self._alone():
            content, before = self._read()
            if before is None:
                self._write(content)
            content.items = look(content.items)
        return content

    def is_held(self, item_id: str) -> bool:
        """Whether some process has this item. To be asked only while `changing`, so that nobody is disturbed."""
        lock = self.lock_of(item_id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        lock.release()
        return False

    def lock_of(self, item_id: str) -> FileLock:
        """Whoever holds this has the item; it goes with the process, however it ends."""
        return FileLock(self.folder / f"{item_id}.lock", thread_local=False)

    # -- the settings --------------------------------------------------------------------------------------------------

    def write_configs(self, runs: Sequence[tuple[Item, TrainConfig]]) -> None:
        """Freeze the settings of new items, each with what it takes to list it again. All, or none.

        They count only when the list names them, so that they need not be written atomically: to wait for the disk
        once for all is much quicker where there are hundreds.

        Raises:
            StorageError: they could not be written.
        """
        try:
            for item, config in runs:
                self._settings(item.id).write_text(_settings_text(item, config), encoding="utf-8")
            _force_to_disk([self._settings(item.id) for item, _ in runs])
        except OSError as error:
            for item, _ in runs:
                self.delete(item.id)
            raise StorageError("the settings of a queued run", self.folder, error) from error

    def read_config(self, item_id: str) -> TrainConfig:
        """An item's settings.

        Raises:
            ConfigError: the file is missing, damaged, or of another version.
        """
        try:
            return TrainConfig.load(self._settings(item_id))
        except ConfigError as error:
            path = self._settings(item_id)
            reason = str(error) if str(path) in str(error) else f"{path} cannot be used: {error}"
            raise ConfigError(error.path, reason) from error

    def delete(self, item_id: str) -> None:
        """Forget an item's settings."""
        for path in (self._settings(item_id), self.folder / f"{item_id}.lock"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _settings(self, item_id: str) -> Path:
        return self.folder / f"{item_id}.toml"

    # -- reading -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.folder / ".lock", timeout=_PATIENCE_S, poll_interval=0.005)
        try:
            lock.acquire()
        except Timeout:
            raise QueueError(f"The queue in {self.folder} is in use by another program that does not let go.") from None
        except OSError as error:
            raise StorageError("the queue", self.folder, error) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, content: Content) -> None:
        write_text(self.path, content.as_text(), "the queue")

    def _read(self) -> tuple[Content, str | None]:
        """The content, and the text that it was read from; None where it was put together again, and is to be kept."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            lost = self._recovered({})
            if lost:
                notice = "The list of the queue was gone; it was put together again from the settings of its runs."
                return _with_notice(Content(lost), notice), None
            return Content(), ""
        except UnicodeDecodeError:
            return self._repaired(), None
        except OSError as error:
            raise QueueError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        try:
            values = json.loads(text)
            if not (isinstance(values, dict) and isinstance(values.get("items"), list) and _is_whole(values["format"])):
                raise ValueError("not a queue")
        except (ValueError, KeyError):
            return self._repaired(), None
        if values["format"] > FORMAT:
            raise QueueError(f"{self.path} was written by a newer version of GAN Studio; update to use this queue.")
        content, is_whole = self._content(values)
        return content, text if is_whole else None

    def _content(self, values: dict[str, Any]) -> tuple[Content, bool]:
        """What a list says, and whether all of it could be read."""
        items, damaged = [], 0
        for record in values["items"]:
            try:
                items.append(item_of(record))
            except ValueError:
                damaged += 1
        number, notices = values.get("next"), values.get("notices")
        content = Content(
            items,
            paused=values.get("paused") is True,
            next=max([number if isinstance(number, int) else 1, *(item.number + 1 for item in items)]),
            notices=[str(notice) for notice in notices] if isinstance(notices, list) else [],
        )
        if damaged:
            back = self._recovered({item.id for item in items})
            content.items += back
            rest = "they are at the end now" if len(back) == damaged else f"{len(back)} could be found again"
            _with_notice(content, f"{damaged} of the queue's runs were damaged in the list; {rest}.")
        return content, not damaged

    def _repaired(self) -> Content:
        """The queue from its items' files, where the list itself is damaged; that is kept for whoever wants to look."""
        aside = self.path.with_name("queue.json.damaged")
        count = 1
        while aside.exists():
            count += 1
            aside = self.path.with_name(f"queue.json.damaged-{count}")
        try:
            self.path.replace(aside)
        except OSError as error:
            raise StorageError("the queue", self.path, error) from error
        notice = (
            f"The list of the queue was damaged (kept as {aside.name}); it was put together again from the settings of "
            "its runs, so their order may be another."
        )
        return _with_notice(Content(self._recovered({})), notice)

    def _recovered(self, known: "set[str] | dict[str, Any]") -> list[Item]:
        """The items that have a file and are not among the known ones, as their runs tell that they stand."""
        found = [item for path in self.folder.glob("*.toml") if (item := _item_in(path)) and item.id not in known]
        if not found:
            return []
        runs: dict[str, RunDirectory] = {}
        for run in list_runs(self.root):
            runs[item_tag(run).partition("/")[0]] = run  # the newest one of each counts
        return [self._as_its_run_says(item, runs.get(item.id)) for item in sorted(found, key=lambda item: item.id)]

    def _as_its_run_says(self, item: Item, run: RunDirectory | None) -> Item:
        if self.is_held(item.id):
            return replace(item, status=ItemStatus.RUNNING, run=run.name if run else "")
        return outcome(item, run) if run else item


def outcome(item: Item, run: RunDirectory) -> Item:
    """The item as its run ended, where that says so; else as it is, with the run."""
    try:
        info = run.info()
    except RunError:
        return replace(item, run=run.name)
    ends = {RunStatus.FINISHED: ItemStatus.FINISHED, RunStatus.FAILED: ItemStatus.FAILED}
    status = ends.get(info.get("status", ""), item.status)
    reason = str(info.get("message") or "") if status != item.status else item.reason
    return replace(item, run=run.name, status=status, reason=reason)


def item_tag(run: RunDirectory) -> str:
    """What a run was made for: ``<item id>/<attempt>``; nothing for a run that was not queued."""
    try:
        return str(json.loads((run.path / "run.json").read_text(encoding="utf-8")).get("queued", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _force_to_disk(paths: Sequence[Path]) -> None:
    if len(paths) > _MANY and hasattr(os, "sync"):
        os.sync()  # waits once, rather than for each of hundreds
        return
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _settings_text(item: Item, config: TrainConfig) -> str:
    record = item.as_record()
    return f"{_HEADER}{json.dumps({name: record[name] for name in _FROZEN})}\n\n{config.to_toml()}"


def _item_in(path: Path) -> Item | None:
    try:
        with path.open(encoding="utf-8") as file:
            line = file.readline()
        item = item_of(json.loads(line.removeprefix(_HEADER)))
    except (OSError, ValueError):
        return None
    return item if item.id == path.stem else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _with_notice(content: Content, notice: str) -> Content:
    content.next = max([content.next, *(item.number + 1 for item in content.items)])
    content.notices.append(notice)
    return content
