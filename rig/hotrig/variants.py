# SPDX-License-Identifier: Apache-2.0
"""Other versions of our bundles: code that says of itself which version it is."""
from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from hotrig.errors import RigError

MANIFEST = "META-INF/MANIFEST.MF"
_VERSION = re.compile(rb"^(Bundle-Version: [^\r\n]*)", re.MULTILINE)
_UTF8 = 1  # the tag of a text in a class file's constant pool (JVM specification, 4.4.7)


def mark(number: int) -> str:
    """What the `number`th variant adds to its version and to what it logs."""
    return f"rig{number}"


def build(jar: Path, number: int, texts: tuple[str, ...], target: Path) -> Path:
    """A bundle with the code of `jar`, of a higher version, in which each of `texts`, constants of
    its code, ends with the mark in brackets."""
    pending = {_constant(text): _constant(f"{text} ({mark(number)})") for text in texts}
    missing = set(pending)
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(target, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == MANIFEST:
                content = _VERSION.sub(rb"\1." + mark(number).encode(), content)
            elif entry.filename.endswith(".class"):
                for old, new in pending.items():
                    if old in content:
                        content = content.replace(old, new)
                        missing.discard(old)
            made.writestr(entry, content, zipfile.ZIP_DEFLATED)
    if missing:
        raise RigError(f"{jar.name} has no constant {', '.join(map(repr, missing))}")
    return target


def _constant(text: str) -> bytes:
    content = text.encode()
    return struct.pack(">BH", _UTF8, len(content)) + content
