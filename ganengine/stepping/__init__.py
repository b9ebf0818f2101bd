"""How a training takes its steps: one operation after the other, or as one compiled graph; with how many threads."""
