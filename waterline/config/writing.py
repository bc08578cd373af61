"""From a tree back to YAML."""

from __future__ import annotations

from io import StringIO

from waterline.config.tree import Config


def as_yaml(config: Config) -> str:
    """The resolved configuration as YAML that reads back to the same digest."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel's stub says None only
    stream = StringIO()
    writer.dump(config.resolved(), stream)
    return stream.getvalue()
