"""`python -m tools.drukker`: the vendor as a program of its own."""

import sys

from tools.drukker.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
