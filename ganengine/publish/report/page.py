"""A page without scripts and without links, light or dark, and the plain pieces that it is put together from."""

import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from PIL import Image

from ganengine.export.grid import Images

Theme = Literal["auto", "light", "dark"]

_LIGHT = """--text: #1d1d21; --muted: #5f5f6a; --ground: #ffffff; --card: #f6f6f8; --line: #dcdce1;
  --real: #0072b2; --fake: #c86400; --generator: #008a63; --plain: #5b3fb8; --error: #c0262d;"""
_DARK = """--text: #e6e6ea; --muted: #a3a3af; --ground: #1a1a1d; --card: #232327; --line: #36363c;
  --real: #56b4e9; --fake: #f0a020; --generator: #2dbd8e; --plain: #a996ff; --error: #ff8078;"""
_STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); margin: 32px auto;
  max-width: 1160px; padding: 0 24px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.2em; } h2 { font-size: 1.15rem; margin: 2.2em 0 0.7em; }
p { margin: 0.4em 0; max-width: 46em; } .note, figcaption, small { color: var(--muted); }
.notes { white-space: pre-wrap; overflow-wrap: anywhere; }
.tag { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1px 9px; margin-right: 6px;
  font-size: 0.85em; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 1.2em 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 9px 13px;
  overflow-wrap: anywhere; }
.facts dt { color: var(--muted); font-size: 0.82em; } .facts dd { margin: 0; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 18px; align-items: flex-start; }
figure { margin: 0; max-width: 100%; } figcaption { margin-bottom: 5px; }
figure img { display: block; max-width: 100%; image-rendering: pixelated; border: 1px solid var(--line); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 16px; }
.plot { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--text); } svg .heading { font-size: 13px; font-weight: 600; }
svg .muted, svg .tick { fill: var(--muted); } svg .tick.y { text-anchor: end; } svg .middle { text-anchor: middle; }
.axis { fill: none; stroke: var(--muted); } .mark { fill: none; stroke: var(--line); }
.curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.curve.real { stroke: var(--real); } .curve.fake { stroke: var(--fake); } .curve.generator { stroke: var(--generator); }
.curve.plain { stroke: var(--plain); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 4px 16px 4px 0;
  vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; } td { font-variant-numeric: tabular-nums; } td:first-child { width: 36%; }
tr.changed td:nth-child(2) { font-weight: 700; } .settings td:nth-child(3) { color: var(--muted); }
tr.group th { padding-top: 1.1em; }
.failed { color: var(--error); } .scroll { overflow-x: auto; }
@media print { body { margin: 0; } h2, figure, .plot { break-inside: avoid; } }
"""


def document(title: str, sections: Iterable[str], theme: Theme = "auto") -> str:
    """The whole page.

    Args:
        title: plain text.
        sections: HTML; empty ones are left out.
        theme: "auto" is light or dark as whoever reads it has set.
    """
    head = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        # Whatever a run's files hold, the page runs nothing and loads nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>\n<style>\n{_colours(theme)}{_STYLE}</style>\n</head>\n<body>",
    ]
    return "\n".join([*head, *filter(None, sections), "</body>\n</html>\n"])


def section(title: str, *content: str) -> str:
    """A heading with what follows it; nothing where there is nothing."""
    return "\n".join([f"<h2>{escape(title)}</h2>", *content]) if any(content) else ""


def paragraph(text: str, kind: str = "") -> str:
    """Plain text as a paragraph; nothing for an empty text."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def facts(entries: Sequence[tuple[str, str]]) -> str:
    """Cards with a name and a value each, in plain text; those without a value are left out."""
    cards = [f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in entries if value]
    return '<dl class="facts">\n' + "\n".join(cards) + "\n</dl>"


def picture(image: Images, caption: str, alt: str) -> str:
    """An image [H, W, C] within the page; both texts are plain."""
    data = b64encode(_png(image)).decode("ascii")
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}"></figure>'
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts."""
    first = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "\n".join(row(cells) for cells in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{first}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def row(cells: Sequence[str], kind: str = "") -> str:
    """One row of plain texts."""
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _png(image: Images) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _colours(theme: Theme) -> str:
    if theme != "auto":
        return f":root {{ color-scheme: {theme}; {_LIGHT if theme == 'light' else _DARK} }}\n"
    return (
        f":root {{ color-scheme: light dark; {_LIGHT} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}\n"
    )
