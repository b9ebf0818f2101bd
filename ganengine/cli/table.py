"""Rows in columns as wide as they need."""

from collections.abc import Sequence


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows, which need not be equally long, on stdout."""
    columns = max(map(len, rows), default=0)
    widths = [max((len(row[index]) for row in rows if len(row) > index), default=0) for index in range(columns)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip())
