# SPDX-License-Identifier: Apache-2.0
"""What connects the machine's NICs: hubs inside QEMU, or tap interfaces on bridges of the host's
kernel, in a network namespace that QEMU has for itself. Only with these has a virtio NIC offloads
and several queues: packets cross a tap with the header of virtio, and the host's kernel does what
is left to do."""
from __future__ import annotations

# Of each root port: the hub, or bridge, that its NIC is on. The NIC of a scenario is in port 0,
# the peer in port 1; the others are empty, but where a scenario needs several NICs at once.
HUBS = (0, 0, 1, 0, 2, 1)
# The longest frames, without Ethernet's header, that pass through bridges.
MTU = 9000


def hubs() -> list[str]:
    """QEMU's options for hubs. Each has a port that always accepts frames; otherwise the peer
    stalls while the NIC is set up."""
    words = [f"hubport,id=n{port},hubid={hub}" for port, hub in enumerate(HUBS)]
    words += [f"hubport,id=sink{hub},hubid={hub}" for hub in sorted(set(HUBS))]
    return [word for netdev in words for word in ("-netdev", netdev)]


def taps(queues: list[int]) -> list[str]:
    """QEMU's options for taps. `queues`: of each root port."""
    return [word for port, count in enumerate(queues) for word in (
        "-netdev", f"tap,id=n{port},ifname=t{port},script=no,downscript=no,vhost=off"
        + (f",queues={count}" if count > 1 else ""))]


def in_namespace(queues: list[int], command: list[str]) -> list[str]:
    """The command in a new network namespace with these taps. The namespace ends with it."""
    lines = ["set -e", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"]
    for hub in sorted(set(HUBS)):
        lines.append(f"ip link add br{hub} type bridge mcast_snooping 0")
    lines.append("for file in /proc/sys/net/bridge/bridge-nf-call-*; do "
                 "[ ! -e $file ] || echo 0 >$file; done")
    for port, count in enumerate(queues):
        lines += [f"ip tuntap add dev t{port} mode tap vnet_hdr"
                  + (" multi_queue" if count > 1 else ""),
                  f"ip link set t{port} mtu {MTU} up master br{HUBS[port]}"]
    lines += [f"ip link set br{hub} up" for hub in sorted(set(HUBS))]
    return ["unshare", "--net", "sh", "-c", "\n".join([*lines, 'exec "$@"']), "sh", *command]
