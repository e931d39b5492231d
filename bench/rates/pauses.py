# SPDX-License-Identifier: Apache-2.0
"""What `launcher/hotbus bench pauses` runs."""
import sys

sys.dont_write_bytecode = True

from beside.pauses import main  # noqa: E402

sys.exit(main())
