"""Has a step compiled in a process of its own, while the training goes on."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock
from typing import IO

import psutil

from ganengine.graph import store
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.spec import StepSpec

_running: dict[str, "Preparation"] = {}
_lock = Lock()


class Preparation:
    """One compilation. It goes on when a training ends before it, for the next one, but not beyond this process.

    Attributes:
        is_wanted: whether a training waits for it, or did.
    """

    @classmethod
    def of(cls, spec: StepSpec) -> "Preparation":
        """The one that is under way for this step in this process, or a new one.

        Raises:
            GraphUnusable: it cannot be started.
        """
        key = spec.key()
        with _lock:
            for ended in [name for name, running in _running.items() if running.has_ended and name != key]:
                _running.pop(ended)._finish()
            if key not in _running:
                _running[key] = cls(key, spec)
            return _running[key]

    @classmethod
    def under_way(cls, key: str) -> "Preparation | None":
        """The one of a step in this process that was begun and not fetched yet."""
        return _running.get(key)

    def __init__(self, key: str, spec: StepSpec) -> None:
        self._key = key
        self.is_wanted = False
        with ExitStack() as undo:
            try:
                store.root().mkdir(parents=True, exist_ok=True)
                self._folder = Path(tempfile.mkdtemp(prefix=f"{key}.", suffix=".tmp", dir=store.root()))
                undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
                source = self._folder / "spec.json"
                source.write_text(json.dumps(spec.to_json()), encoding="utf-8")
                self._errors: IO[bytes] = undo.enter_context((self._folder / "errors.txt").open("wb"))
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "ganengine.graph.build", str(source), str(self._folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    env=os.environ | _environment(self._folder),
                )
            except OSError as error:
                raise GraphUnusable(f"it cannot be started: {error}") from error
            undo.pop_all()

    @property
    def has_ended(self) -> bool:
        """Whether `result` answers at once."""
        return self._process.poll() is not None

    def result(self) -> Path:
        """The entry that was made; waits for it.

        Raises:
            GraphUnusable: with the reason.
        """
        code = self._process.wait()
        _running.pop(self._key, None)
        if self._errors.closed:  # it was fetched before, by another training
            if (found := store.find(self._key)) is None:
                raise GraphUnusable("it could not be compiled")
            return found
        self._errors.close()
        try:
            if code == 0:
                return store.add(self._key, self._cleared())
            lines = (self._folder / "errors.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError as error:
            raise GraphUnusable(str(error)) from error
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        raise GraphUnusable(lines[-1] if lines else f"the compiler's process ended with {code}")

    def end(self) -> None:
        """Give it up."""
        _running.pop(self._key, None)
        _kill(self._process.pid)
        self._process.wait()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _finish(self) -> None:
        """Nobody waits for it any more: keep what it made for later."""
        with suppress(GraphUnusable):
            self.result()

    def _cleared(self) -> Path:
        """The folder without what was only needed to make it."""
        (self._folder / "errors.txt").unlink()
        shutil.rmtree(self._folder / "work", ignore_errors=True)
        return self._folder


def _kill(pid: int) -> None:
    """With what it started: the C++ compiler would go on by itself."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                one.kill()


def _environment(folder: Path) -> dict[str, str]:
    """One core, and everything that the compiler writes in one place."""
    return {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_CACHE_DIR": str(folder / "work")}


@atexit.register
def _end_all() -> None:
    for preparation in list(_running.values()):
        if preparation.has_ended:
            preparation._finish()
        else:
            preparation.end()
