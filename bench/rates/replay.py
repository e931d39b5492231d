# SPDX-License-Identifier: Apache-2.0
"""What `launcher/hotbus bench replay` runs."""
import sys

sys.dont_write_bytecode = True

from beside.replay import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
