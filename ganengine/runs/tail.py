"""The end of a file of JSON lines, read without the rest. Imports no torch."""

import json
from pathlib import Path
from typing import Any

_PORTION = 4096
_MOST = 1 << 20  # a last line longer than this is none of ours


def last_record(path: Path) -> tuple[dict[str, Any], bool]:
    """The newest whole record, or an empty one; and whether a line after it is cut off.

    A line without its line break counts as cut off, also where what is there could be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            portion = _PORTION
            while True:
                start = max(0, size - portion)
                file.seek(start)
                record, cut_off = _last_of(file.read(portion), starts_whole=start == 0)
                if record is not None or start == 0 or portion >= _MOST:
                    return record or {}, cut_off
                portion *= 16
    except OSError:
        return {}, False


def _last_of(data: bytes, *, starts_whole: bool) -> tuple[dict[str, Any] | None, bool]:
    lines = data.split(b"\n")
    cut_off = bool(lines.pop().strip())
    if not starts_whole:
        del lines[:1]
    for line in reversed(lines):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            return record, cut_off
    return None, cut_off
