"""What can go wrong with a graph; training goes on without it."""

from ganengine.errors import GanEngineError


class NotTraceable(GanEngineError):
    """These settings have something in a step that one graph cannot hold."""


class GraphUnusable(GanEngineError):
    """A graph that cannot be built, loaded or trusted here."""
