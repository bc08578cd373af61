"""The results of a study: its folder, its page and its words, in the look of a run's."""
