"""Strategies: what researchers edit. Each file starts with its idea and how it fails."""
