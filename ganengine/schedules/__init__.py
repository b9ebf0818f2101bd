"""Learning rate schedules, one a file. Each is a pure function of the step, so a training goes on exactly."""

from ganengine.schedules.base import Schedule as Schedule
