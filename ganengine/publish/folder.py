"""Folders that are there whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganengine.errors import PublishError, StorageError


@contextmanager
def new_folder(path: Path, what: str) -> Iterator[Path]:
    """A folder to fill, which takes the name `path` when all went well; else nothing of it stays.

    Raises:
        PublishError: there is something at `path` already that is not an empty folder.
        StorageError: it could not be written.
    """
    check_free(path)
    making = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        yield making
        if path.is_dir():
            path.rmdir()  # it is empty, and not every system lets a folder take another's place
        making.replace(path)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        raise StorageError(what, path, error) from error
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def check_free(path: Path) -> None:
    """See that a folder can be made there.

    Raises:
        PublishError: it would be in the way of what is there.
    """
    if path.is_dir() and any(path.iterdir()):
        raise PublishError(f"The folder {path} is not empty. Name a new one, or empty it.")
    if path.exists() and not path.is_dir():
        raise PublishError(f"{path} is a file. Name a new folder.")
