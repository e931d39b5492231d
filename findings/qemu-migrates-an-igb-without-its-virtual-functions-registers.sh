#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# QEMU 10.0.2 (Debian 12's backports): a machine with an igb, of which a virtual function (VF) is switched on, migrates without
# a word ("completed"). At the destination the igb still has VF Enable and NumVFs = 1, and the VF is there, but its configuration space is that
# after a reset: bus mastering, which the guest had turned on, is off, so the VF reaches no memory any more. The guest is told nothing.
#
# What helps: write 0 to sriov_numvfs before the migration, and the number again after it.
#
# Needs qemu-system-x86_64 of that version, installed or named by QEMU=... and QEMU_OPTIONS=... (-L); no guest runs in it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export QEMU=${QEMU:-qemu-system-x86_64}
"$QEMU" --version | head -1
cat >"$work/migrate.py" <<'PYTHON'
import json
import os
import socket
import subprocess
import sys
import time

ECAM = 0xb0000000
PF, VF = ECAM + (1 << 20), ECAM + (1 << 20) + (0x80 << 12)
SRIOV_CONTROL, NUM_VFS, PAGE_SIZE = 8, 0x10, 0x20
ON = 9  # VF Enable, VF MSE
COMMAND, BUS_MASTER = 4, 4
folder = sys.argv[1]


class Machine:
    """A machine whose processor stands still; its registers are accessed by qtest."""

    def __init__(self, number, *options):
        self.process = subprocess.Popen([
            os.environ["QEMU"], *os.environ.get("QEMU_OPTIONS", "").split(), "-nodefaults", "-display", "none",
            "-machine", "q35", "-accel", "tcg", "-S", "-m", "64", "-qtest-log", "none",
            "-qmp", f"unix:{folder}/qmp{number},server=on,wait=off",
            "-qtest", f"unix:{folder}/qtest{number},server=on,wait=off",
            "-device", "pcie-root-port,id=rp0,addr=10,chassis=1", "-netdev", "hubport,id=n0,hubid=0",
            "-device", "igb,bus=rp0,netdev=n0,romfile=", *options], stderr=subprocess.DEVNULL)
        self.qmp, self.qtest = (self.connect(f"{folder}/{name}{number}") for name in ("qmp", "qtest"))
        self.qmp.readline()
        self.execute("qmp_capabilities")

    def connect(self, path):
        for _ in range(600):
            client = socket.socket(socket.AF_UNIX)
            try:
                client.connect(path)
                return client.makefile("rw")
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"QEMU makes no {path}")

    def execute(self, command, **arguments):
        self.qmp.write(json.dumps({"execute": command, "arguments": arguments}))
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "error" in answer:
                raise SystemExit(answer)
            if "return" in answer:
                return answer["return"]

    def access(self, *words):
        self.qtest.write(" ".join(map(str, words)) + "\n")
        self.qtest.flush()
        answer = self.qtest.readline().split()
        return int(answer[1], 16) if len(answer) > 1 else 0


here, there = Machine(1), Machine(2, "-incoming", "defer")
try:
    for address, value in ((0x80000000 | 0x10 << 11 | 0x18, 0x00020100), (0x80000000 | 0x60, ECAM | 1)):
        here.access("outl", 0xcf8, address)  # the root port's buses; where configuration space is
        here.access("outl", 0xcfc, value)
    capability = 0x100
    while here.access("readl", PF + capability) & 0xffff != 0x10:
        capability = here.access("readl", PF + capability) >> 20
    sriov = PF + capability
    here.access("writel", sriov + PAGE_SIZE, 1)
    here.access("writew", sriov + NUM_VFS, 1)
    here.access("writew", sriov + SRIOV_CONTROL, ON)
    here.access("writew", VF + COMMAND, BUS_MASTER)

    def seen(machine):
        return {"control": machine.access("readw", sriov + SRIOV_CONTROL), "VFs": machine.access("readw", sriov + NUM_VFS),
                "COMMAND of the VF": machine.access("readw", VF + COMMAND)}

    print("before:", seen(here))
    assert seen(here) == {"control": ON, "VFs": 1, "COMMAND of the VF": BUS_MASTER}
    there.execute("migrate-incoming", uri=f"unix:{folder}/migration")
    here.execute("migrate", uri=f"unix:{folder}/migration")
    for _ in range(600):
        status = here.execute("query-migrate").get("status")
        if status in ("completed", "failed"):
            break
        time.sleep(0.1)
    print("migration:", status)
    print("after: ", seen(there))
    assert status == "completed"
    assert seen(there) == {"control": ON, "VFs": 1, "COMMAND of the VF": 0}
finally:
    for machine in (here, there):
        machine.process.kill()
        machine.process.wait()
PYTHON
timeout 120 python3 "$work/migrate.py" "$work"
echo 'as described'
