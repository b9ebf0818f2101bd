"""The report of one run: an HTML page that needs nothing else."""
