"""What leaves the house: pictures, films, networks, histories and whole runs, each in a format that others can read."""
