# SPDX-License-Identifier: Apache-2.0
"""`launcher/hotbus doctor` on machines that lack things: each lack is named, with its cure."""
from __future__ import annotations

import shlex
from dataclasses import dataclass

from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import ADDRESS, DEVICE, Nic
from hotrig.product import HUGEPAGES, Build, lay_out
from hotrig.progress import Progress, wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario

SECONDS = 60.0
FOLDER = "/run/hotbus"
NO_DEVICE = "0000:7f:00.0"
_NO_PAGES = "echo 0 >/proc/sys/vm/nr_hugepages"
_PAGES = f"echo {HUGEPAGES} >/proc/sys/vm/nr_hugepages"
_UP = f"modprobe virtio_net && ip link set $(basename {DEVICE}/virtio*/net/*) up"
_DOWN = f"echo {ADDRESS} >{DEVICE}/driver/unbind"


@dataclass(frozen=True)
class Visit:
    """A state of the machine, and what the doctor has to say about it."""

    name: str
    script: str  # brings the state about
    says: tuple[str, ...]
    code: int = 0
    device: str = ADDRESS


WITHOUT_IOMMU = (
    Visit("nothing is prepared", _NO_PAGES, (
        "the module is not loaded", "there is no module igb_uio", "there is no IOMMU",
        "needs hugepages, and none is free", "sysctl vm.nr_hugepages", "no bind= works"), 1),
    Visit("an interface is up", f"{_PAGES}\n{_UP}", (
        "the kernel's virtio-pci drives it", "is up", "there is no IOMMU"), 1),
    Visit("hugepages and igb_uio", _DOWN + "\nmodprobe uio && insmod /mnt/box/igb_uio.ko", (
        "bind=igb_uio", f"-a {ADDRESS},bind=igb_uio", "Devices can be driven.")),
    Visit("a device that is not there", "true", (f"no PCI function {NO_DEVICE}",), 1, NO_DEVICE),
)
WITH_IOMMU = (
    Visit("vfio-pci", f"{_PAGES}\nmodprobe vfio-pci", (
        f"-a {ADDRESS},bind=vfio-pci", "Devices can be driven.")),
)


def judge(visit: Visit, code: int, said: str) -> str:
    """Why the answer is not as it has to be; empty if it is."""
    if code != visit.code:
        return f"{visit.name}: exit code {code}, not {visit.code}"
    missing = [text for text in visit.says if text not in said]
    return f"{visit.name}: it does not say '{missing[0]}'" if missing else ""


class Doctor:
    """Runs the command in one guest, in which nothing was loaded before."""

    def __init__(self, guest: Guest, hardware: Nic, build: Build, progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._build = build
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        visits = WITH_IOMMU if scenario.binding == "vfio-pci" else WITHOUT_IOMMU
        reasons = []
        for visit in visits:
            self._guest.check(visit.script, 30)
            code, said = self._ask(visit.device)
            wrong = judge(visit, code, said)
            self._progress.say(f"{scenario.name}: {visit.name}: exit code {code}"
                               f"{', ' + wrong if wrong else ''}\n{said.rstrip()}")
            reasons += [wrong] if wrong else []
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reasons, reason=", ".join(reasons))

    def _ask(self, device: str) -> tuple[int, str]:
        command = shlex.join(self._build.run("doctor", "-a", device))
        self._guest.check(f"""\
rm -rf {FOLDER} && cd /tmp
{lay_out(self._build)}
export HOTBUS_LOG=WARN
(set +e; {command} </dev/null; echo $? >{FOLDER}/status) >{FOLDER}/said 2>&1 &
disown""")
        ended = wait_for(lambda: self._guest.run(f"[ -e {FOLDER}/status ]").status == 0, SECONDS)
        said = self._guest.check(f"cat {FOLDER}/said")
        if not ended:
            self._guest.run("pkill -KILL -x java")
            raise RigError(f"the doctor did not end; the last it said: {said.strip()[-200:]}")
        return int(self._guest.check(f"cat {FOLDER}/status")), said
