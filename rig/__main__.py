# SPDX-License-Identifier: Apache-2.0
"""What `python3 rig` runs."""
import sys

sys.dont_write_bytecode = True

from hotrig.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
