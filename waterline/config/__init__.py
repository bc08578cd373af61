"""One YAML file is one experiment: the tree of its keys, how it is read, and how its mistakes are told."""

from waterline.config.reading import load
from waterline.config.tree import Config, PluginChoice

__all__ = ["Config", "PluginChoice", "load"]
