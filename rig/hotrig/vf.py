# SPDX-License-Identifier: Apache-2.0
"""A virtual function under the product, while the guest's kernel has the physical one."""
from __future__ import annotations

import shlex

from hotrig import dmesg, nic, rows, trace
from hotrig.errors import GuestError, RigError
from hotrig.guest import Guest
from hotrig.product import Build, Product, lay_out
from hotrig.progress import Progress, wait_for
from hotrig.rows import Observation, Row
from hotrig.scenarios import VF_REMOVALS, Scenario

ADDRESS = "0000:01:10.0"  # of the first one
DEVICE = f"/sys/bus/pci/devices/{ADDRESS}"
NUMBER = f"{nic.DEVICE}/sriov_numvfs"
MAC = "02:00:00:00:00:77"  # given by the administrator
# What is set by the product's verbs, and the lines of theirs and of ip that show it.
VERBS = (f" 0 mac {MAC}", " 0 spoofcheck off", " 0 trust on", " 0 vlan 7", "", " 0 vlan 0")
SHOWN = (f"0  {MAC}  vlan 7  spoof check off  trust on",
         f"vf 0     link/ether {MAC} brd ff:ff:ff:ff:ff:ff, spoof checking off, "
         "link-state auto, trust on")
REACTION_SECONDS = 60.0
VERB_SECONDS = 120.0

# What an operator does to the physical function, after which the virtual one is gone.
REMOVALS = {
    "numvfs": f"echo 0 >{NUMBER}",
    "pf-unbind": f"echo {nic.ADDRESS} >/sys/bus/pci/drivers/igb/unbind",
}
# What is done to the physical function, after which the port of the virtual one is set up again.
DISTURBANCES = {
    "pf-down": "ip link set {pf} vf 0 mac " + MAC + "\nip link set {pf} down\nsleep 1\n"
               "ip link set {pf} up",
}
# What the product has to say after that, besides.
SAID = {"pf-down": f"its address is {MAC} now"}


def judge(scenario: Scenario, kinds: list[str], said: bool, seen: Observation) -> Row:
    """After a disturbance: the port is set up again, and nothing counts as a removal."""
    reasons = [reason for wrong, reason in (
        (not seen.survived, f"the process died: {seen.last_words}"),
        ("INTR_RESET" not in kinds, f"the events were {' '.join(kinds) or 'none'}"),
        ("REMOVE" in kinds, "it counted as removed"),
        (not said, f"the product did not say '{SAID.get(scenario.removal)}'"),
        (not seen.replugged, "it did not forward afterwards"),
        (not seen.others_went_on, "the other ports did not go on"),
        (bool(seen.complaints), f"dmesg: {'; '.join(seen.complaints[:1])}"),
    ) if wrong]
    return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
               passed=not reasons, reason=", ".join(reasons), survived=seen.survived,
               replugged=seen.replugged, dmesgClean=not seen.complaints)


class VirtualFunction:
    """Scenarios in one guest. One product lives through all of one binding."""

    def __init__(self, guest: Guest, hardware: nic.Nic, peer: nic.Peer, build: Build,
                 progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._progress = progress
        self._binding = ""
        self._product: Product | None = None

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. GuestError if the guest died; other failures are in the row."""
        try:
            product = self._product_under(scenario.binding, scenario.removal == "numvfs")
            row = (self._removed if scenario.removal in VF_REMOVALS else self._disturbed)(
                scenario, product)
        except GuestError:
            raise
        except RigError as failure:
            row = rows.failed(scenario, str(failure))
        if not row.passed:
            self.end()
        return row

    def end(self) -> None:
        """Ends the product; kills it if it does not end."""
        if self._product is not None:
            product, self._product = self._product, None
            if not product.stop():
                self._progress.say("hotbus did not end on SIGTERM and was killed")

    def _product_under(self, binding: str, by_verb: bool) -> Product:
        if self._product is not None and self._binding == binding and self._product.alive():
            return self._product
        self.end()
        self._nic.ensure_present()
        self._nic.load_driver(binding)
        self._peer.start()
        self._physical_up()
        self._guest.check(f"echo 0 >{NUMBER}", 30)
        self._make(by_verb)
        self._binding = binding
        self._product = Product(self._guest, self._build, binding, nics=(ADDRESS,))
        seconds = self._product.await_port()
        if not self._product.forwards():
            raise RigError("the product attached the virtual function, but does not forward")
        self._progress.say(f"{binding}: hotbus had the virtual function after {seconds:.1f} s, "
                           "and forwards")
        return self._product

    def _make(self, by_verb: bool) -> None:
        """Makes one virtual function: by the product's verbs, which take a start of the product,
        or as an operator does."""
        if not by_verb:
            self._guest.check(f"echo 1 >{NUMBER}", 30)
            return
        verbs = shlex.join(self._build.verb("; ".join(
            (f"pci sriov {nic.ADDRESS} 1", *(f"pci vf {nic.ADDRESS}{words}" for words in VERBS)))))
        said = self._guest.check(f"""\
rm -rf /run/hotbus && cd /tmp
{lay_out(self._build)}
{verbs} </dev/null
ip -d link show dev $(ls {nic.DEVICE}/net)""", VERB_SECONDS)
        for words in (f"{nic.ADDRESS} has 1 virtual functions", *SHOWN):
            if words not in said:
                raise RigError(f"the verbs, and ip after them, did not say: {words}")

    def _physical_up(self) -> str:
        """Gives the physical function to the kernel's driver. Returns its interface, which is
        up."""
        self._guest.check("modprobe igb", 30)
        self._nic.bind("igb")
        interface = self._guest.check(f"ls {nic.DEVICE}/net").strip()
        self._guest.check(f"ip link set {interface} up", 30)
        return interface

    def _removed(self, scenario: Scenario, product: Product) -> Row:
        seen = Observation(ADDRESS)
        self._begin(scenario, product)
        if scenario.removal == "surprise":
            self._nic.take_away("surprise")
        else:
            self._guest.check(f"{trace.CLEAR_SCRIPT}\n"
                              f"(set +e; exec >/dev/null 2>&1; {trace.MARK_SCRIPT}; "
                              f"{REMOVALS[scenario.removal]}) &")
        wait_for(lambda: product.events.find(ADDRESS, "DETACHED"), REACTION_SECONDS)
        seen.kernel_done = bool(wait_for(
            lambda: self._guest.run(f"[ ! -e {DEVICE} ]").status == 0, REACTION_SECONDS))
        seen.began_nanos = trace.began_nanos(self._guest.check(trace.READ_SCRIPT), False)
        seen.events = list(product.events.events())
        if seen.kernel_done and product.alive():
            self._bring_back(scenario)
            seen.replugged = product.await_return() and product.forwards()
        self._finish(scenario, product, seen)
        return rows.judge(scenario, seen)

    def _bring_back(self, scenario: Scenario) -> None:
        if scenario.removal == "surprise":
            self._nic.await_gone("surprise")
            self._nic.plug_in()
            self._nic.await_present()
        self._physical_up()
        self._make(False)

    def _disturbed(self, scenario: Scenario, product: Product) -> Row:
        seen = Observation(ADDRESS)
        interface = self._physical_up()
        self._begin(scenario, product)
        self._guest.check(DISTURBANCES[scenario.removal].format(pf=interface), 30)
        wait_for(lambda: "set up again with its configuration" in product.printed(),
                 REACTION_SECONDS)
        seen.replugged = product.forwards()
        kinds = [event.kind for event in product.events.events() if event.device == ADDRESS]
        self._finish(scenario, product, seen)
        said = SAID.get(scenario.removal, "").lower() in product.printed().lower()
        return judge(scenario, kinds, said, seen)

    def _begin(self, scenario: Scenario, product: Product) -> None:
        self._guest.check(dmesg.begin_script(scenario.name))
        product.begin_scenario()

    def _finish(self, scenario: Scenario, product: Product, seen: Observation) -> None:
        seen.survived = product.alive()
        if seen.survived:
            seen.others_went_on = product.others_went_on()
        else:
            seen.last_words = product.last_words()
        seen.complaints = dmesg.complaints_of(self._guest, scenario.name)
