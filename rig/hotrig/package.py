# SPDX-License-Identifier: Apache-2.0
"""The Debian packages under a real NIC: dkms builds the module, systemd runs the service, the NIC
is torn out and plugged in, and the journal tells of it."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

from hotrig import dmesg
from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import ADDRESS, Nic, Peer
from hotrig.product import GUEST_OPTIONS, HUGEPAGES, IN_GUEST, LAUNCHER
from hotrig.progress import Progress, wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario
from hotrig.traffic import PYTHON

REMOVAL = "surprise"
METRICS = 9111
START_SECONDS = 60.0
BUILD_SECONDS = 120.0
RETURN_SECONDS = 20.0
# What is no concern of the service: it would load modules, rename interfaces, or ask for a login.
MASKED = ("systemd-udevd.service", "systemd-udevd-control.socket", "systemd-udevd-kernel.socket",
          "systemd-udev-trigger.service", "systemd-modules-load.service", "console-getty.service",
          "getty.target", "systemd-logind.service", "networking.service")

# Executes a command beside that systemd: from outside of its process namespace it lets nobody in.
INSIDE = "nsenter -t $(pgrep -x systemd | head -n 1) -m -p --"

# A systemd of its own process namespace, as in a container, that sees all of this machine.
_SYSTEMD = f"""\
mkdir -p /sys/fs/cgroup /etc/systemd/system/hotbus.service.d /var/lib/dkms /var/cache
mount -t cgroup2 cgroup2 /sys/fs/cgroup
: >/etc/machine-id
for unit in {" ".join(MASKED)}; do ln -s /dev/null /etc/systemd/system/$unit; done
env -i container=rig PATH=$PATH setsid unshare --fork --pid --mount --mount-proc \\
  /usr/lib/systemd/systemd --system --unit=multi-user.target >/run/systemd.log 2>&1 </dev/null &
disown"""

# dpkg knows nothing of what /usr has, so that it must not ask for it; the service is not started
# before it has a configuration.
_INSTALL = f"""\
mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates
: >/var/lib/dpkg/status
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
dpkg --force-depends -i {IN_GUEST}/target/packages/hotbus_*.deb 2>&1
dpkg --force-depends --unpack {IN_GUEST}/target/packages/hotbus-dkms_*.deb 2>&1"""

_MODULE = """\
release=$(uname -r)
version=$(sed -n 's/^PACKAGE_VERSION="\\(.*\\)"/\\1/p' /usr/src/hotbus-kmod-*/dkms.conf)
dkms build hotbus-kmod/$version -k $release --kernelsourcedir {headers} 2>&1
modprobe uio
insmod /var/lib/dkms/hotbus-kmod/$version/$release/x86_64/module/igb_uio.ko"""

_CONFIGURE = f"""\
echo {HUGEPAGES} >/proc/sys/vm/nr_hugepages
printf '%s\\n' '-a {ADDRESS},bind=igb_uio' '--vdev net_null0' '--metrics {METRICS}' \\
  >/etc/hotbus/hotbus.conf
echo 'HOTBUS_JAVA_OPTS={" ".join(GUEST_OPTIONS)}' >>/etc/default/hotbus
cp /usr/share/doc/hotbus/examples/devices.conf /etc/systemd/system/hotbus.service.d/
printf '[Service]\\nTimeoutStartSec=300\\nWatchdogSec=120\\n' \\
  >/etc/systemd/system/hotbus.service.d/slow.conf
{INSIDE} systemctl daemon-reload
{INSIDE} systemctl start --no-block hotbus"""

_RECEIVED = f"""\
{PYTHON} -c 'import re, urllib.request
page = urllib.request.urlopen("http://127.0.0.1:{METRICS}/metrics", timeout=20).read().decode()
print(re.findall(r"hotbus_port_receive_packets_total.device=\\"{ADDRESS}\\".* (\\S+)$", page,
                 re.MULTILINE)[0])'"""


def make_packages() -> None:
    """Makes the packages of the product as it is built, on this machine."""
    done = subprocess.run([LAUNCHER / "hotbus", "package"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RigError(f"the packages cannot be made: {done.stderr.strip()}")


def messages(journal: str) -> list[str]:
    """The lines of a journal in JSON."""
    return [str(json.loads(line).get("MESSAGE")) for line in journal.splitlines() if line]


class Package:
    """One scenario in a machine of its own, since it changes the guest's /usr and /etc."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, headers: Path,
                 progress: Progress) -> None:
        """`headers`: of the kernel, where the guest sees them."""
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._headers = headers
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._peer.start()
        self._guest.check(_SYSTEMD)
        self._guest.check(_INSTALL, 60)
        self._guest.check(_MODULE.format(headers=self._headers), BUILD_SECONDS)
        self._progress.say("packages are installed, and the module was built by dkms")
        wait_for(lambda: self._guest.run("[ -S /run/systemd/private ]").status == 0, START_SECONDS)
        self._guest.check(dmesg.begin_script(scenario.name))
        self._guest.check(_CONFIGURE, 30)
        if not wait_for(lambda: self._property("ActiveState") in ("active", "failed"),
                        START_SECONDS, 1.0) or self._property("ActiveState") != "active":
            raise RigError(f"the service does not start: {self._journal()[-1:]}")
        process = self._property("MainPID")
        self._progress.say(f"the service is ready: {self._property('StatusText')}")
        reasons = [] if self._receives() else ["it did not receive"]
        self._nic.take_away(REMOVAL)
        if not wait_for(lambda: self._told("detached"), RETURN_SECONDS):
            reasons.append("the journal has no record of the NIC that tells that it was detached")
        if not self._nic.await_gone(REMOVAL):
            reasons.append("the kernel's removal did not end")
        self._nic.bring_back(REMOVAL, scenario.binding)
        back = wait_for(lambda: self._told("attached again"), RETURN_SECONDS)
        if not back:
            reasons.append("the journal does not tell that the NIC was attached again")
        if not self._receives():
            reasons.append("it did not receive when the NIC was back")
        same = self._property("MainPID") == process
        self._guest.run(f"{INSIDE} systemctl stop hotbus", 60)
        if self._property("Result") != "success":
            reasons.append(f"it ended with {self._property('Result')}")
        left = self._guest.run("dpkg --purge --force-depends hotbus hotbus-dkms >/dev/null 2>&1; "
                               "ls -d /etc/hotbus /usr/share/hotbus /var/lib/hotbus "
                               "/usr/src/hotbus* 2>/dev/null", 60).output.splitlines()
        reasons += [f"purged, and left: {line}" for line in left]
        complaints = dmesg.complaints_of(self._guest, scenario.name)
        reasons += [f"dmesg: {line}" for line in complaints[:1]]
        reasons = ([] if same else ["the process died"]) + reasons
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reasons, reason=", ".join(reasons), survived=same,
                   replugged=bool(back), dmesgClean=not complaints)

    def _property(self, name: str) -> str:
        return self._guest.run(f"{INSIDE} systemctl show hotbus -P {name}").output.strip()

    def _journal(self, match: str = "") -> list[str]:
        return messages(self._guest.run(
            f"journalctl -u hotbus -o json --no-pager {match} 2>/dev/null", 30).output)

    def _told(self, what: str) -> bool:
        """Whether a record with the field of the NIC says so."""
        told = self._journal(f"HOTBUS_DEVICE={ADDRESS}")
        return any(f": {what}" in message for message in told)

    def _receives(self) -> bool:
        first = self._received()
        return bool(wait_for(lambda: self._received() > first, RETURN_SECONDS, 1.0))

    def _received(self) -> float:
        """Packets that the NIC has received; 0 if it has no port."""
        answer = self._guest.run(_RECEIVED, 30)
        return float(answer.output) if answer.status == 0 else 0.0
