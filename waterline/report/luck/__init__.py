"""Could it be luck: the evidence of a run as the page shows it."""
