"""Where a training gets its compiled step from: from those made before, or made while it goes on."""

from pathlib import Path

from ganengine.graph import store
from ganengine.graph.preparation import Preparation
from ganengine.graph.spec import StepSpec

# A training must have lasted so long, and have so much before it, that a compiler on another core is worth its while.
PATIENCE_S = 2.0
WORTH_S = 20.0


class GraphSource:
    """Gives the folder of the compiled step once, when it is there."""

    def __init__(self, spec: StepSpec) -> None:
        self._spec = spec
        self._key = spec.key()
        self._preparation: Preparation | None = None
        self._looked = False
        self._is_done = False

    def made_before(self) -> Path | None:
        """The one that lies ready."""
        self._looked = True
        found = store.find(self._key)
        self._is_done = found is not None
        return found

    def poll(self, trained_s: float, left_s: float) -> Path | None:
        """The folder, if it is there now; called between any two steps.

        Raises:
            GraphUnusable: it cannot be made; the following calls give None.
        """
        if self._is_done:
            return None
        if not self._looked:
            if (under_way := Preparation.under_way(self._key)) is not None:
                self._await(under_way)
            return self.made_before()
        if self._preparation is None:
            if trained_s >= PATIENCE_S and left_s >= WORTH_S:
                self._is_done = True  # unless starting it succeeds
                self._await(Preparation.of(self._spec))
                self._is_done = False
            return None
        if not self._preparation.has_ended:
            return None
        self._is_done = True
        return self._preparation.result()

    def _await(self, preparation: Preparation) -> None:
        preparation.is_wanted = True
        self._preparation = preparation

    def wait(self) -> Path:
        """The folder, however long it takes to make it.

        Raises:
            GraphUnusable: it cannot be made.
        """
        found = self.made_before() or Preparation.of(self._spec).result()
        self._is_done = True
        return found
