"""The command line, as `python -m silktrade`."""

import sys

from silktrade.cli import main

if __name__ == "__main__":
    sys.exit(main())
