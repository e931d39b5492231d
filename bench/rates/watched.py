# SPDX-License-Identifier: Apache-2.0
"""What `launcher/hotbus bench watched` runs."""
import sys

sys.dont_write_bytecode = True

from beside.watched import main  # noqa: E402

sys.exit(main())
