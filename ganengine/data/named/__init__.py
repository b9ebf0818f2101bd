"""What the named data sets share: finding, downloading and reading the files they are published as."""
