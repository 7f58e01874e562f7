"""What the bundle starts: the app, or the command line where there are arguments."""

from __future__ import annotations

import sys

from ar_preview.cli import main

if sys.argv[1:2] == ["-c"]:
    # The doctor asks ``sys.executable``, which is this program here, to try the driver apart.
    exec(sys.argv[2], {"__name__": "__main__"})
else:
    if len(sys.argv) == 1:
        sys.argv.append("app")
    main()
