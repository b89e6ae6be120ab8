"""`python -m touchstone.cli`: the same as the `touchstone` command."""

from __future__ import annotations

import sys

from touchstone.cli import main

sys.exit(main())
