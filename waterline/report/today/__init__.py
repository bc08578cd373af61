"""What an experiment says today, on a page and for a terminal."""
