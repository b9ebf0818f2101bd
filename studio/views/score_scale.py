"""What D thinks of one image, among its answers to real and to generated ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.colours import Role
from studio.theme import colour, theme_notifier

_BINS = 24
_LABELS = 16  # points, above the hills
_FOOT = 3


class ScoreScale(QWidget):
    """Two hills, blue for real and orange for generated images, over D's answers, and a line for this image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorScale")
        self.setAccessibleName("D's answer among others")
        self.setToolTip(
            "D's answers to some hundred real images (blue) and generated ones (orange), from unreal on the left to "
            "real on the right. The line is this image."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hills: dict[Role, NDArray[np.float64]] = {}
        self._range = (0.0, 1.0)
        self._logit: float | None = None
        theme_notifier().themeChanged.connect(self.update)
        self.hide()

    def show_answers(self, real: Sequence[float], fake: Sequence[float]) -> None:
        """D's answers to others."""
        known = np.asarray([*real, *fake])
        low, high = (float(np.quantile(known, share)) for share in (0.01, 0.99))
        margin = 0.08 * (high - low) or 1.0
        self._range = low - margin, high + margin
        self._hills = {"real": self._hill(real), "fake": self._hill(fake)}
        self.show()
        self.update()

    def show_answer(self, logit: float | None) -> None:
        """D's answer to this image."""
        self._logit = logit
        self.update()

    def forget(self) -> None:
        """Know nothing of others."""
        self._hills = {}
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(200, 62)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 62)

    def _hill(self, answers: Sequence[float]) -> NDArray[np.float64]:
        inside = np.clip(np.asarray(answers), *self._range)
        counts = np.histogram(inside, _BINS, self._range)[0].astype(np.float64)
        smooth: NDArray[np.float64] = np.convolve(np.pad(counts, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        hill: NDArray[np.float64] = smooth / max(1e-9, float(smooth.max()))
        return hill

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(0, _LABELS, self.width(), self.height() - _LABELS - _FOOT)
        for role, hill in self._hills.items():
            outline = QPolygonF([ground.bottomLeft()])
            for place, height in enumerate(hill):
                x = (place + 0.5) / _BINS * ground.width()
                outline.append(QPointF(x, ground.bottom() - height * ground.height()))
            outline.append(ground.bottomRight())
            fill = colour(role)
            fill.setAlpha(70)
            painter.setBrush(fill)
            painter.setPen(QPen(colour(role), 1.5))
            painter.drawPolygon(outline)
        painter.setPen(QPen(QColor(theme_notifier().scheme.border), 1))
        painter.drawLine(ground.bottomLeft(), ground.bottomRight())
        self._paint_labels(painter)
        if self._logit is not None:
            self._paint_answer(painter, ground, self._logit)
        painter.end()

    def _paint_labels(self, painter: QPainter) -> None:
        for role, text, side in (
            ("fake", "generated", Qt.AlignmentFlag.AlignLeft),
            ("real", "real", Qt.AlignmentFlag.AlignRight),
        ):
            painter.setPen(colour(role))  # type: ignore[arg-type]
            painter.drawText(QRectF(0, 0, self.width(), _LABELS), side | Qt.AlignmentFlag.AlignTop, text)

    def _paint_answer(self, painter: QPainter, ground: QRectF, logit: float) -> None:
        low, high = self._range
        x = min(max((logit - low) / (high - low), 0.0), 1.0) * (ground.width() - 2) + 1
        painter.setPen(QPen(QColor(theme_notifier().scheme.text), 2))
        painter.drawLine(QPointF(x, ground.top() - 2), QPointF(x, ground.bottom()))
