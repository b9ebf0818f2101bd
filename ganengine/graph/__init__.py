"""One graph a step: the whole training step compiled into one library, prepared beside the training and swapped in."""
