"""``python -m waterline.cli``."""

from waterline.cli import main

main()
