"""Signals: what researchers edit. Each file starts with its economic story, its sources and how it fails."""
