"""The gallery: one page that leads to every run and study in a folder."""
