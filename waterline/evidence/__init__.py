"""Is it luck? Numbers that put a result beside chance, episode by episode."""

from waterline.evidence.episodes import Episode, episodes

__all__ = ["Episode", "episodes"]
