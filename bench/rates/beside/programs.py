# SPDX-License-Identifier: Apache-2.0
"""Runs hotbus or a program beside it, types commands into its shell, and reads the rate that it shows."""
from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Iterator

from beside.rows import Row

TOP = Path(__file__).resolve().parents[3]
_RATE = re.compile(r"[RT]x-pps: +(\d+)")
_MBUFS = 8192
_FREE_HUGEPAGES = Path("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages")
_HUGEPAGES = 128
# The forwarding threads have to be compiled.
WARM_UP = 8.0
_START = 4.0
_END = 20.0


class RunFailed(Exception):
    """A program did not show a rate. The text says why, as far as the program did."""


def hotbus(row: Row, tmp: Path, cpus: list[int]) -> list[str]:
    """The command line of hotbus."""
    return [str(TOP / "launcher/hotbus"), "shell", "-l", _ranges(cpus), *_devices(row, tmp),
            "--forward-mode", row.engine, "--burst", str(row.burst), "--nb-cores",
            str(row.lcores), "--total-num-mbufs", str(_MBUFS)]


def beside(row: Row, tmp: Path, cpus: list[int]) -> list[str]:
    """The command line of the other program. The main lcore of dpdk-testpmd runs the shell alone,
    on CPU 0."""
    if row.pcap4j:
        bench = TOP / "bench/target"
        return ["taskset", "-c", _ranges(cpus), *shlex.split(os.environ.get("HOTBUS_JAVA", "java")),
                "-cp", f"{bench}/*:{bench}/lib/*", "io.hotbus.bench.Pcap4j", row.pcap4j, "a0"]
    return _testpmd("rates", _devices(row, tmp), row.engine, row.burst, cpus, row.hugepages)


def _testpmd(prefix: str, devices: list[str], engine: str, burst: int, cpus: list[int],
             hugepages: bool = False) -> list[str]:
    # With --in-memory there is no prefix.
    memory = ["--in-memory", "--single-file-segments", "-m", "128"] if hugepages else [
        "--no-huge", "-m", "512", f"--file-prefix={prefix}"]
    lcores = ",".join(f"{i + 1}@{cpu}" for i, cpu in enumerate(cpus))
    return ["dpdk-testpmd", *memory, "--no-pci", "--lcores", f"0@0,{lcores}", *devices, "--", "-i",
            f"--total-num-mbufs={_MBUFS}", f"--forward-mode={engine}", f"--burst={burst}",
            f"--nb-cores={len(cpus)}", "--no-flush-rx"]


def _ranges(cpus: list[int]) -> str:
    return ",".join(map(str, cpus))


def _devices(row: Row, tmp: Path) -> list[str]:
    return [word for device in row.devices
            for word in ("--vdev", device.format(tmp=tmp))]


def rate(row: Row, command: list[str], tmp: Path, seconds: float) -> float:
    """Packets a second of the row's port, with the program that `command` starts."""
    if row.members and command[0] == "dpdk-testpmd":
        row = replace(row, port=row.members,
                      before=f"set portlist {row.members},{row.members + 1}")
    if row.hugepages and int(_FREE_HUGEPAGES.read_text()) < _HUGEPAGES:
        raise RunFailed(f"{_HUGEPAGES} free hugepages are needed: sysctl vm.nr_hugepages="
                        f"{_HUGEPAGES}")
    with _namespace(row) as inside, open(tmp / "printed", "wb") as printed, ExitStack() as stack:
        if row.peer and not row.peer_last:
            stack.enter_context(_peer(row, tmp, inside))
        process = subprocess.Popen([*inside, *command], stdin=subprocess.PIPE, stdout=printed,
                                   stderr=subprocess.STDOUT)
        if row.peer_last:
            time.sleep(_START)
            stack.enter_context(_peer(row, tmp, inside))
        _type(process, row, seconds)
    text = (tmp / "printed").read_text(errors="replace")
    rates = [int(found) for found in _RATE.findall(text)]
    if len(rates) < 4 or max(rates[-2:]) == 0:
        raise RunFailed(f"{command[0]} showed no rate: ...{text[-600:]}")
    return float(max(rates[-2:]))


@contextmanager
def _namespace(row: Row) -> Iterator[list[str]]:
    """A network namespace with the row's interfaces: what a command begins with that runs there."""
    with subprocess.Popen(["unshare", "-n", "bash", "-c", "echo; read"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        inside = ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]
        try:
            subprocess.run([*inside, "bash", "-ec", "\n".join(row.setup)], check=True)
            yield inside
        except subprocess.CalledProcessError as e:
            raise RunFailed(f"the interfaces could not be made: {e}") from e
        finally:
            holder.stdin.close()


def _type(process: subprocess.Popen, row: Row, seconds: float) -> None:
    start = f"start tx_first {row.first}" if row.first else "start"
    try:
        show = f"show port stats {row.port}"
        # The first packets would be lost before the interfaces are connected.
        settle = _START if row.first else 0
        for line, pause in ((row.before, settle), (start, WARM_UP), (show, seconds), (show, 0),
                            ("stop", 0), ("quit", 0)):
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            time.sleep(pause)
        process.stdin.close()
        process.wait(_END)
    except BrokenPipeError:
        pass  # what it printed says why
    except subprocess.TimeoutExpired:
        pass  # dpdk-testpmd 22.11 may hang at its end, as a client of memif; it has shown its rate
    finally:
        process.kill()
        process.wait()


@contextmanager
def _peer(row: Row, tmp: Path, inside: list[str]) -> Iterator[None]:
    device, engine = row.peer
    process = subprocess.Popen(
        [*inside, *_testpmd("peer", ["--vdev", device.format(tmp=tmp)], engine, row.burst, [0])],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.stdin.write(b"start\n")
        process.stdin.flush()
        time.sleep(2)
        # dpdk-testpmd dials once.
        end = time.monotonic() + _END
        while row.hugepages and not (tmp / "vhost.sock").exists() and time.monotonic() < end:
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()
