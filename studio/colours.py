"""The colours of the light and of the dark theme: plain values, no Qt.

Real is blue, fake is orange, generator is green (Okabe-Ito, darkened or lightened until they stand out from their
background), everywhere. The accent is violet so that it is never taken for one of the three.
"""

from dataclasses import dataclass
from typing import Literal, cast

Role = Literal["real", "fake", "generator", "accent", "warning", "error", "muted"]


@dataclass(frozen=True)
class Scheme:
    """One theme's colours as ``#rrggbb``.

    Attributes:
        window: behind panels and tool bars.
        base: behind text that is typed, lists, plots and images.
        raised: buttons, menus, tooltips.
        hover, pressed: a button under the pointer, and held down or switched on.
        line: hairlines between panels.
        border: around things that can be typed into or pressed.
        text, muted, disabled: what is read, what explains it, and what is off for now.
        accent, accent_hover: the one colour for "this one" and for progress, and the same under the pointer.
        on_accent: text on the accent.
        selection, on_selection: selected text and rows.
        focus: ring around what has the keyboard.
        handle: sliders of scroll bars, boxes to tick.
        link: a link in text.
        real, fake, generator, warning, error: see `of`.
        warning_back, error_back, info_back: behind a message.
    """

    window: str
    base: str
    raised: str
    hover: str
    pressed: str
    line: str
    border: str
    handle: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    on_selection: str
    focus: str
    link: str
    real: str
    fake: str
    generator: str
    warning: str
    error: str
    warning_back: str
    error_back: str
    info_back: str

    def of(self, role: Role) -> str:
        """The colour that stands for `role`, readable on `window` and `base`."""
        # The accent itself is a ground for white text; drawn as a line or as text it needs the link's brightness.
        return self.link if role == "accent" else cast(str, getattr(self, role))


LIGHT = Scheme(
    window="#f3f3f5",
    base="#ffffff",
    raised="#ffffff",
    hover="#ebebee",
    pressed="#dedee3",
    line="#dcdce1",
    border="#c3c3cb",
    handle="#b4b4bd",
    text="#1d1d21",
    muted="#5f5f6a",
    disabled="#9d9da8",
    accent="#6450c8",
    accent_hover="#5643b5",
    on_accent="#ffffff",
    selection="#ddd8f8",
    on_selection="#1d1d21",
    focus="#7b68dc",
    link="#5643b5",
    real="#0072b2",
    fake="#c86400",
    generator="#008a63",
    warning="#8a5a00",
    error="#c0262d",
    warning_back="#fdf3d9",
    error_back="#fde8e8",
    info_back="#ebe8fb",
)

DARK = Scheme(
    window="#232327",
    base="#1a1a1d",
    raised="#303036",
    hover="#3a3a41",
    pressed="#45454e",
    line="#36363c",
    border="#4a4a53",
    handle="#5d5d68",
    text="#e6e6ea",
    muted="#a3a3af",
    disabled="#6c6c78",
    accent="#6c57d4",
    accent_hover="#7561da",
    on_accent="#ffffff",
    selection="#463c85",
    on_selection="#ffffff",
    focus="#9a8bf0",
    link="#b0a4f5",
    real="#56b4e9",
    fake="#f0a020",
    generator="#2dbd8e",
    warning="#e8b84a",
    error="#ff8078",
    warning_back="#3b321c",
    error_back="#44262a",
    info_back="#2f2b4a",
)
