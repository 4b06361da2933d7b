#!/usr/bin/env python3
"""One command for each thing a developer does; each makes what it needs first.

    python3 dev.py demo     a picture from a layout, in a real ComfyUI
    python3 dev.py test     format, lint, types and tests
    python3 dev.py bench    what a grounded step costs beside a plain one
    python3 dev.py host     ComfyUI with this pack, for the browser
    python3 dev.py python   the environment's own Python: dev.py python ARGS

Needs Python 3.11 to 3.13 and pip. COMFYUI_PATH names a ComfyUI to use instead of fetching one.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)

if not OLDEST <= sys.version_info[:2] <= NEWEST:
    # Written for any Python 3, and before the first import that an old one would stumble over.
    sys.exit(
        "dev.py: this is Python {}.{}; expected 3.11, 3.12 or 3.13 (the host's wheels exist for "
        "these).\nRun it with one of them, for example: python3.12 dev.py {}".format(
            *sys.version_info[:2], " ".join(sys.argv[1:])
        )
    )

from devtools.commands import main  # noqa: E402 - only after the check above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
