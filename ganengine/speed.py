"""How fast a training is, lately."""

import time


class Speedometer:
    """Images per second over the last few seconds, told at most `reports_per_s` times a second.

    Attributes:
        images_per_s: 0 until the first measurement.
    """

    _window_s = 3.0

    def __init__(self, reports_per_s: float = 10.0) -> None:
        self._interval = 1.0 / reports_per_s
        self.restart(0)

    def restart(self, images: int) -> None:
        """Begin anew, e.g. after a pause, which must not count."""
        self._points = [(time.perf_counter(), images)]
        self._last_report = self._points[0][0]
        self.images_per_s = 0.0

    def is_due(self, images: int) -> bool:
        """Whether it is time for another report; if so, the speed is up to date."""
        now = time.perf_counter()
        if now - self._last_report < self._interval:
            return False
        self._last_report = now
        self._points.append((now, images))
        while len(self._points) > 2 and now - self._points[0][0] > self._window_s:
            del self._points[0]
        began, images_then = self._points[0]
        self.images_per_s = (images - images_then) / (now - began)
        return True
