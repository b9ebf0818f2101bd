"""How far long work is, in words and for a progress bar."""

from PySide6.QtWidgets import QProgressBar

STEPS = 1000  # of a progress bar; what is counted may be more bytes than Qt's numbers hold
_MEGABYTE = 10**6


def progress_text(what: str, done: int, total: int) -> str:
    """``Reading pictures: 1,200 of 5,000``; of what is downloaded, megabytes."""
    if not total:
        return f"{what}…"
    if what.startswith("Downloading"):
        return f"{what}: {done / _MEGABYTE:.1f} of {total / _MEGABYTE:.1f} MB"
    return f"{what}: {done:,} of {total:,}"


def show_progress(bar: QProgressBar, done: int, total: int) -> None:
    """Let a bar stand where it should; where no total is known, it only moves."""
    bar.setRange(0, STEPS if total else 0)
    if total:
        bar.setValue(round(STEPS * min(done, total) / total))
