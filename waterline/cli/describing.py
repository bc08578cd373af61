"""What a configuration may hold, for editors."""

from __future__ import annotations

import json

from waterline.cli.app import app


@app.command()
def schema() -> None:
    """Print the JSON schema of a configuration, by which an editor completes and checks it."""
    from waterline.config.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
