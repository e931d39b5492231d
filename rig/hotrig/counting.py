# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of each emulated processor, by a plugin of QEMU's (rig/plugin)."""
from __future__ import annotations

import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "plugin" / "instructions.c"
# The transcript with the numbers.
NAME = "instructions"
# As in the plugin.
_SLOT = 64


def options(folder: Path, qemu: tuple[int, int]) -> list[str]:
    """Builds the plugin in a folder of transcripts, for that version of QEMU. Returns the words of
    QEMU's command line."""
    plugin = folder / "instructions.so"
    version = 1 if qemu < (9, 0) else 2
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC",
                    f"-DPLUGIN_VERSION={version}", "-o", str(plugin), str(SOURCE)], check=True)
    return ["-plugin", f"file={plugin},counts={folder}/{NAME}.log"]


def read(file: Path, processor: int) -> int:
    """What that processor has executed so far."""
    number: int = struct.unpack_from("<Q", file.read_bytes(), processor * _SLOT)[0]
    return number
