# SPDX-License-Identifier: Apache-2.0
"""What `python3 bench/rates` runs: `launcher/hotbus bench rates`."""
import sys

sys.dont_write_bytecode = True

from beside.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
