# SPDX-License-Identifier: Apache-2.0
"""The product in the guest: started as `launcher/hotbus run` starts it."""
from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from hotrig import stats
from hotrig.errors import MissingError, RigError
from hotrig.events import EventLog
from hotrig.guest import Guest
from hotrig.kernel import Userland
from hotrig.nic import ADDRESS
from hotrig.progress import wait_for
from hotrig.qemu import Share

TOP = Path(__file__).resolve().parents[2]
LAUNCHER = TOP / "launcher"
EXPORT = LAUNCHER / "target" / "export"
IN_GUEST = "/mnt/launcher"
EXPORT_IN_GUEST = f"{IN_GUEST}/target/export"
ARCHIVE = LAUNCHER / "target" / "classes.jsa"
# The archive of classes was made with the class path of the host, which has the same name in the
# guest, unless a class path cannot have it.
CLASS_PATH = f"{EXPORT_IN_GUEST if ':' in str(EXPORT) else EXPORT}/lib"
TESTS = TOP / "bundles" / "itest" / "target"
TESTS_IN_GUEST = "/mnt/tests"
# The launcher's folder as the running product has it, and the folder of deployed bundles.
HOME_IN_GUEST = "/run/hotbus/home"
DEPLOY = "/run/hotbus/deploy"
# The NIC is port 0 and forwards from and to the first of these; the others forward to each other.
VIRTUAL_PORTS = ("net_null0", "net_null1", "net_null2")
OTHER_PORTS = VIRTUAL_PORTS[1:]
HUGEPAGES = 96
# What a JVM needs in this guest besides the product's own flags.
# - The first of its two compilers alone: the hand-over to the second rewrites code that another
#   processor is just executing, in steps that real processors see in order. QEMU's emulated ones
#   do not, and the JVM crashes (QEMU 7.2 within seconds under load; 10.0 after minutes).
# - The report of a crash to where it outlives the guest.
GUEST_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+ErrorFileToStderr")
START_SECONDS = 60.0
RETURN_SECONDS = 15.0
STOP_SECONDS = 20.0
STATISTICS_SECONDS = 5.0
FORWARD_SECONDS = 10.0


@dataclass(frozen=True)
class Build:
    """The product as it was built, and the JDK it runs on."""

    java_home: Path
    java_options: tuple[str, ...]

    @staticmethod
    def find() -> Build:
        """From the environment that launcher/hotbus sets."""
        home = os.environ.get("JAVA_HOME")
        if not home or not (Path(home) / "bin" / "java").exists():
            raise MissingError("JAVA_HOME names no JDK (run `launcher/hotbus rig`)")
        exported = (EXPORT / "hotbus", TESTS / "contract.jar")
        if not all(file.exists() for file in exported):
            raise MissingError("the product is not built (run `launcher/hotbus build`)")
        return Build(Path(home).resolve(), tuple(os.environ.get("HOTBUS_JAVA_OPTIONS", "").split()))

    def on(self, userland: Userland) -> Build:
        """The same on the JDK of that userland."""
        return replace(self, java_home=userland.java_home(self.java_home))

    def shares(self) -> list[Share]:
        shares = [Share("launcher", LAUNCHER, IN_GUEST), Share("tests", TESTS, TESTS_IN_GUEST)]
        if Path("/usr") not in self.java_home.parents:
            shares.append(Share("java", self.java_home, str(self.java_home)))
        return shares

    def java(self) -> list[str]:
        """The JVM, with its flags."""
        archive = _recipe("archive_flags", IN_GUEST) if ARCHIVE.exists() else ()
        return [f"{self.java_home}/bin/java", *_recipe("jvm_flags"), *archive, *self.java_options,
                *GUEST_OPTIONS]

    def bundle(self, name: str) -> Path:
        """Our jar whose name, without version and io.hotbus., is `name`."""
        return next((EXPORT / "hotbus").glob(f"io.hotbus.{name}-[0-9]*.jar"))

    def command(self, binding: str, vdevs: tuple[str, ...] = VIRTUAL_PORTS,
                options: tuple[str, ...] = (), nics: tuple[str, ...] = (ADDRESS,)) -> list[str]:
        """The command line of a product that forwards."""
        arguments = [word for port in vdevs for word in ("--vdev", port)]
        arguments += [word for nic in nics for word in ("-a", f"{nic},bind={binding}")]
        return self.run("run", *arguments, "--event-log", "/tmp/events.json",
                        "--stats-period", "1", *options)

    def by_files(self, etc: str, options: tuple[str, ...] = ()) -> list[str]:
        """The command line of a product that forwards as the files of that folder say."""
        return self.run("run", *options, etc=etc)

    def verb(self, line: str) -> list[str]:
        """The command line that executes a line of the product's shell."""
        return self.run("run", "--exec", line)

    def run(self, *command: str, etc: str = f"{IN_GUEST}/etc") -> list[str]:
        """The JVM's command line for a command of the launcher, built by functions of
        launcher/hotbus."""
        return [
            *self.java(),
            *_recipe("watch_words", etc, DEPLOY),
            *_recipe("product_words", HOME_IN_GUEST, "/run/hotbus/cache", CLASS_PATH),
            *command]


def _recipe(function: str, *arguments: str) -> list[str]:
    """The lines that a function of the launcher prints."""
    script = 'launcher=$1; . "$launcher/lib/run.sh"; shift; "$@"'
    done = subprocess.run(["bash", "-euc", script, "bash", LAUNCHER, function, *arguments],
                          check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def lay_out(build: Build, deployed: tuple[str, ...] = ()) -> str:
    """A guest's script that fills HOME_IN_GUEST and DEPLOY."""
    moves = "\n".join(f"mv {HOME_IN_GUEST}/target/export/hotbus/{build.bundle(name).name}"
                      f" {DEPLOY}/{name}.jar" for name in deployed)
    return f"""\
mkdir -p /run/hotbus/cache {DEPLOY} {HOME_IN_GUEST}/target/export {shlex.quote(str(EXPORT.parent))}
[ -e {shlex.quote(CLASS_PATH)} ] || ln -s {EXPORT_IN_GUEST} {shlex.quote(str(EXPORT))}
ln -s {IN_GUEST}/etc {HOME_IN_GUEST}/etc
ln -s {EXPORT_IN_GUEST}/watch {HOME_IN_GUEST}/target/export
ln -s {EXPORT_IN_GUEST}/lib {HOME_IN_GUEST}/target/export
ln -s {EXPORT_IN_GUEST}/shell {HOME_IN_GUEST}/target/export
cp {"-r" if deployed else "-rs"} {EXPORT_IN_GUEST}/hotbus {HOME_IN_GUEST}/target/export
{moves}"""


class Product:
    """A running product. What it prints is in the transcript `app`, its events in `events`."""

    def __init__(self, guest: Guest, build: Build, binding: str,
                 deployed: tuple[str, ...] = (), vdevs: tuple[str, ...] = VIRTUAL_PORTS,
                 options: tuple[str, ...] = (), nics: tuple[str, ...] = (ADDRESS,),
                 etc: str = "") -> None:
        """`deployed`: our bundles that lie in DEPLOY as NAME.jar and are watched there. `vdevs`:
        the ports besides the `nics`. Most methods look at the first NIC, or else
        at the first of them. `options`:
        further words of the command line. `etc`: a folder of the guest whose files say all but
        the `options` instead of the command line."""
        self._guest = guest
        self._address = (nics or vdevs)[0].partition(",")[0]
        self.events = EventLog(guest.transcript("events"))
        self._printed_from = self._printed_size()
        command = shlex.join(build.by_files(etc, options) if etc
                             else build.command(binding, vdevs, options, nics))
        guest.check(f"""\
echo {HUGEPAGES} >/proc/sys/vm/nr_hugepages
rm -rf /run/hotbus && cd /tmp
{lay_out(build, deployed)}
ln -sf /run/ports/events /tmp/events.json
(set +e; {command} </dev/null; echo $? >/run/hotbus/status) >/run/ports/app 2>&1 &
disown""")

    def await_port(self, nic: str = "") -> float:
        """Waits until the port of the NIC exists. Returns the seconds it took."""
        nic = nic or self._address
        began = time.monotonic()
        wait_for(lambda: self.events.find(nic, "NEW") or not self.alive(), START_SECONDS)
        if not self.alive():
            raise RigError(f"the product ended: {self.last_words()}")
        if not self.events.find(nic, "NEW"):
            raise RigError(f"the product did not attach {nic} in time")
        return time.monotonic() - began

    def await_forwarding(self) -> None:
        """Waits until the product says that it forwards."""
        if not wait_for(lambda: "forwarding started: " in self.printed().rpartition("rehearsed")[2],
                        FORWARD_SECONDS):
            raise RigError(f"the product does not forward: {self.last_words()}")

    def await_return(self, nic: str = "") -> bool:
        """Waits; returns whether the NIC was attached again in time."""
        nic = nic or self._address
        return bool(wait_for(lambda: self.events.find(nic, "REATTACHED"), RETURN_SECONDS))

    def last_words(self) -> str:
        """Why the product ended: the JVM's crash report, or the last line printed."""
        printed = self.printed()
        crash = re.search(r"^# +(SIG\w+).*?^# Problematic frame:\n# ([^\n]*)", printed,
                          re.MULTILINE | re.DOTALL)
        return " in ".join(crash.groups()) if crash else (printed.splitlines() or [""])[-1]

    def forwards(self) -> bool:
        """Whether the NIC's port goes on receiving and sending. What it receives comes from the
        peer, by way of the hub; and what it sends is completed, else its ring would be full soon.
        """
        before = len(self._counts())

        def moved() -> bool:
            since = self._counts()[before:]
            return len(since) > 1 and all(last > first for first, last in zip(since[0], since[-1]))

        return wait_for(moved, FORWARD_SECONDS)

    def moves(self, nic: str) -> bool:
        """Whether the NIC's port receives or sends."""
        before = len(stats.counts(self.printed(), nic))

        def moved() -> bool:
            since = stats.counts(self.printed(), nic)[before:]
            return len(since) > 1 and any(
                last > first for first, last in zip(since[0], since[-1]))

        return wait_for(moved, FORWARD_SECONDS)

    def _counts(self) -> list[tuple[int, int]]:
        return stats.counts(self.printed(), self._address)

    def alive(self) -> bool:
        return self._guest.run("[ ! -e /run/hotbus/status ]").status == 0

    def others_went_on(self) -> bool:
        """Whether the other ports received packets in each second since `begin_scenario`."""
        def prints() -> bool:
            return all(len(stats.counts(self.printed(), port)) > 1 for port in OTHER_PORTS)
        wait_for(prints, STATISTICS_SECONDS)
        return all(stats.went_on(self.printed(), port) for port in OTHER_PORTS)

    def begin_scenario(self) -> None:
        self.events.forget()
        self._printed_from = self._printed_size()

    def printed(self) -> str:
        """The output since the scenario began."""
        with self._guest.transcript("app").open("rb") as log:
            log.seek(self._printed_from)
            return log.read().decode(errors="replace")

    def stop(self) -> bool:
        """Stops the product; returns whether it ended when asked, otherwise kills it."""
        self._guest.run("pkill -TERM -x java")
        in_order = wait_for(lambda: not self.alive(), STOP_SECONDS)
        if not in_order:
            self._guest.run("pkill -KILL -x java")
        return in_order

    def _printed_size(self) -> int:
        log = self._guest.transcript("app")
        return log.stat().st_size if log.exists() else 0
