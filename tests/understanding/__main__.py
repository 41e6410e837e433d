"""`make understand`: how well utterances are heard, with confidence intervals."""

from __future__ import annotations

import sys

from understanding.command import main

if __name__ == "__main__":
    sys.exit(main())
