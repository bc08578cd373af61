"""Where data comes from: a closed union on ``kind``. A live source joins by adding its class to ``SourceConfig``."""

from typing import Annotated

from pydantic import Field

from waterline.sources.base import Loaded, Request, Source
from waterline.sources.classic import ClassicSource
from waterline.sources.files import FilesSource
from waterline.sources.store import StoreSource

SourceConfig = Annotated[ClassicSource | FilesSource | StoreSource, Field(discriminator="kind")]

__all__ = ["ClassicSource", "FilesSource", "Loaded", "Request", "Source", "SourceConfig", "StoreSource"]
