"""The queue: runs to be made one after the other, on disk, so that it outlives the program that carries it out."""
