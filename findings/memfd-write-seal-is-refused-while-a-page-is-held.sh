#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Linux 6.18.44 (x86-64): fcntl(F_ADD_SEALS) with F_SEAL_WRITE fails with EBUSY, after about 150 ms, while anything in the
# kernel holds a reference to a page of the memfd. fcntl(2) names one cause, a writable shared mapping. The kernel looks
# at the reference counts of all pages (mm/memfd.c), to find writes by I/O that is under way, and cannot tell readers
# from writers: a page that waits to be read in a pipe (splice, sendfile) is enough. The kernel takes references for its
# own ends as well, so that a program that fills a memfd with write(2) and seals it can fail at one start of thousands.
#
# What helps: F_SEAL_FUTURE_WRITE (since Linux 5.1), before anything maps the file for writing. It refuses the same later
# writes and mappings, and does not look at pages. Or the same call again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
uname -r
cat >"$work/seal.py" <<'PYTHON'
import errno
import fcntl
import mmap
import os

PAGE = mmap.PAGESIZE
SEALS = {"F_SEAL_WRITE": 0x8, "F_SEAL_FUTURE_WRITE": 0x10}


def outcome(call) -> str:
    try:
        call()
        return "done"
    except OSError as e:
        return errno.errorcode[e.errno]


for name, seal in SEALS.items():
    for held in (False, True):
        fd = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
        os.write(fd, b"\xff" * PAGE)
        reader, writer = os.pipe()
        if held:
            os.splice(fd, writer, PAGE, offset_src=0)
        sealed = outcome(lambda: fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seal))
        said = f"{name}, {'a page in a pipe' if held else 'no page held'}: {sealed}"
        if sealed == "done":
            said += (f"; write: {outcome(lambda: os.pwrite(fd, b'x', 0))}"
                     f"; shared mapping: {outcome(lambda: mmap.mmap(fd, PAGE))}"
                     f"; private mapping: {outcome(lambda: mmap.mmap(fd, PAGE, flags=mmap.MAP_PRIVATE))}")
        print(said)
PYTHON
python3 "$work/seal.py" | tee "$work/printed"
cmp "$work/printed" - <<'END'
F_SEAL_WRITE, no page held: done; write: EPERM; shared mapping: EPERM; private mapping: done
F_SEAL_WRITE, a page in a pipe: EBUSY
F_SEAL_FUTURE_WRITE, no page held: done; write: EPERM; shared mapping: EPERM; private mapping: done
F_SEAL_FUTURE_WRITE, a page in a pipe: done; write: EPERM; shared mapping: EPERM; private mapping: done
END
echo 'as described'
