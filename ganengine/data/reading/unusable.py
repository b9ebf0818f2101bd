"""Why a file is not used, and the limits that files must keep."""

MAX_PIXELS = 100_000_000  # a phone's largest photos; beyond, one picture alone would take gigabytes
MAX_FILE_BYTES = 256 * 2**20  # of one picture, unpacked
MIN_SIDE = 8  # pixels; what is smaller shows nothing


class Unusable(Exception):
    """One file cannot be used; the text is the reason in plain words, e.g. "empty file".

    Attributes:
        is_image: False where the file is no image at all.
    """

    def __init__(self, reason: str, *, is_image: bool = True) -> None:
        super().__init__(reason)
        self.is_image = is_image


def file_too_large(size: int) -> Unusable:
    """The refusal of a file that is larger than any sensible picture."""
    return Unusable(f"too large: {plain_bytes(size)} in one file, at most {plain_bytes(MAX_FILE_BYTES)} are read")


def plain_bytes(size: int) -> str:
    """A number of bytes for people, e.g. ``1.5 GB``."""
    amount, units = float(size), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        del units[0]
    return f"{amount:.1f} {units[0]}" if amount < 10 and size >= 1000 else f"{amount:,.0f} {units[0]}"
