"""Studies of worlds whose truth is known, as a page and as JSON."""
