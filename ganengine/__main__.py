"""`python -m ganengine` is the same as the command `ganengine`."""

from ganengine.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
