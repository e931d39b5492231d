# SPDX-License-Identifier: Apache-2.0
"""What is measured."""
from __future__ import annotations

from dataclasses import dataclass

_VETH = ("ip link add a0 type veth peer name a1", "ip link set a0 up", "ip link set a1 up",
         # The kernel's own packets would be forwarded, too.
         "sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
_NULL = ("net_null0", "net_null1")


@dataclass(frozen=True)
class Row:
    """One comparison. Both programs get the same devices, engine, burst and CPUs.

    setup: commands that make interfaces, in the network namespace of the run.
    before: a command before the start.
    first: bursts that are sent at first, for devices that pass packets around in a circle.
    port: the port whose rate counts, in the direction that is faster.
    members: devices that are members of two bonds. Their ports have the lowest numbers in
        dpdk-testpmd, which would forward between them, too.
    peer: devices of a dpdk-testpmd at the other end, and its engine.
    peer_last: whether the peer starts last, because it dials once.
    hugepages: whether both programs need memory that the peer can map, from hugepages.
    pcap4j: "send" or "receive": beside pcap4j instead of dpdk-testpmd.
    """
    name: str
    what: str
    devices: tuple[str, ...] = _NULL
    engine: str = "io"
    burst: int = 32
    lcores: int = 1
    setup: tuple[str, ...] = ()
    before: str = ""
    first: int = 0
    port: int = 0
    members: int = 0
    peer: tuple[str, str] | None = None
    peer_last: bool = False
    hugepages: bool = False
    seconds: float | None = None
    pcap4j: str | None = None


def _engine(name: str) -> Row:
    return Row(name, f"{name} between two null ports", engine=name)


def _burst(size: int) -> Row:
    return Row(f"burst-{size}", f"io between two null ports, bursts of {size}", burst=size)


def _vhost(name: str, what: str, engine: str, peer: str, args: str = "") -> Row:
    return Row(f"vhost-{name}", what, ("net_virtio_user0,path={tmp}/vhost.sock" + args,),
               engine=engine, first=8 if engine == "io" else 0, hugepages=True,
               peer=("net_vhost0,iface={tmp}/vhost.sock", peer))


ROWS = (
    *map(_engine, ("io", "mac", "macswap", "rxonly", "txonly", "flowgen", "csum", "icmpecho",
                   "5tswap", "noisy")),
    *map(_burst, (1, 4, 8, 16, 64, 128, 256)),
    Row("two-lcores", "io between two null ports, a CPU for each direction", lcores=2),
    Row("failsafe", "io between two failsafe ports, each on a null port",
        ("net_failsafe0,dev(net_null0)", "net_failsafe1,dev(net_null1)")),
    Row("bonding-active-backup", "io between two bonds in mode 1, each on a null port",
        (*_NULL, "net_bonding0,mode=1,slave=net_null0", "net_bonding1,mode=1,slave=net_null1"),
        members=2),
    Row("bonding-l34", "io between two bonds in mode 2, each on two null ports",
        (*_NULL, "net_null2", "net_null3",
         "net_bonding0,mode=2,xmit_policy=l34,slave=net_null0,slave=net_null1",
         "net_bonding1,mode=2,xmit_policy=l34,slave=net_null2,slave=net_null3"), members=4),
    Row("bonding-lacp", "flowgen between two bonds in mode 4, on two veth pairs, packet sockets",
        ("net_af_packet0,iface=a0", "net_af_packet1,iface=b0", "net_af_packet2,iface=a1",
         "net_af_packet3,iface=b1",
         "net_bonding0,mode=4,xmit_policy=l34,slave=net_af_packet0,slave=net_af_packet1",
         "net_bonding1,mode=4,xmit_policy=l34,slave=net_af_packet2,slave=net_af_packet3"),
        engine="flowgen", setup=(*_VETH, "ip link add b0 type veth peer name b1",
                                 "ip link set b0 up", "ip link set b1 up"),
        before="set promisc all on", members=4),
    Row("ring", "io around a ring", ("net_ring0",), first=8),
    Row("pcap-in", "a capture file, again and again",
        ("net_pcap0,rx_pcap={tmp}/in.pcap,infinite_rx=1",), engine="rxonly"),
    Row("pcap-out", "frames into a capture file", ("net_null0", "net_pcap0,rx_pcap={tmp}/none.pcap,"
        "tx_pcap={tmp}/out.pcap"), port=1, seconds=2),
    Row("af_packet", "io around a veth pair, packet sockets",
        ("net_af_packet0,iface=a0", "net_af_packet1,iface=a1"), setup=_VETH, first=16),
    Row("af_xdp", "io around a veth pair, AF_XDP",
        ("net_af_xdp0,iface=a0", "net_af_xdp1,iface=a1"), setup=_VETH, first=16),
    Row("tap", "io around two taps on a bridge", ("net_tap0,iface=t0", "net_tap1,iface=t1"),
        setup=("sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
               "ip link add br0 type bridge", "ip link set br0 up",
               "(for i in {1..300}; do ip link set t0 master br0 && ip link set t1 master br0 &&"
               " break; sleep 0.1; done) 2>/dev/null &"), first=16),
    Row("memif-server", "receive from a client of dpdk-testpmd",
        ("net_memif0,role=server,socket={tmp}/memif.sock",), engine="rxonly",
        peer=("net_memif0,role=client,socket={tmp}/memif.sock", "txonly"), peer_last=True),
    Row("memif-client", "receive from a server of dpdk-testpmd",
        ("net_memif0,role=client,socket={tmp}/memif.sock",), engine="rxonly",
        peer=("net_memif0,role=server,socket={tmp}/memif.sock", "txonly")),
    Row("memif-send", "send to a server of dpdk-testpmd",
        ("net_memif0,role=client,socket={tmp}/memif.sock",), engine="txonly",
        peer=("net_memif0,role=server,socket={tmp}/memif.sock", "rxonly")),
    _vhost("io", "io with a net_vhost of dpdk-testpmd, split rings", "io", "io"),
    _vhost("receive", "receive from a net_vhost of dpdk-testpmd, split", "rxonly", "txonly"),
    _vhost("send", "send to a net_vhost of dpdk-testpmd, split", "txonly", "rxonly"),
    _vhost("io-packed", "io with a net_vhost of dpdk-testpmd, packed rings", "io", "io",
           ",packed_vq=1"),
    _vhost("receive-packed", "receive from a net_vhost of dpdk-testpmd, packed", "rxonly",
           "txonly", ",packed_vq=1"),
    _vhost("send-packed", "send to a net_vhost of dpdk-testpmd, packed", "txonly", "rxonly",
           ",packed_vq=1"),
    Row("pcap4j-send", "send on a veth, beside pcap4j", ("net_af_packet0,iface=a0",),
        engine="txonly", setup=_VETH, pcap4j="send"),
    Row("pcap4j-receive", "receive what dpdk-testpmd sends on a veth, beside pcap4j",
        ("net_af_packet0,iface=a0",), engine="rxonly", setup=_VETH,
        before="set promisc all on", peer=("net_af_packet0,iface=a1", "txonly"), pcap4j="receive"),
)


def named(names: list[str]) -> list[Row]:
    """The rows of these names, or all.

    Raises ValueError: there is no such row.
    """
    by_name = {row.name: row for row in ROWS}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"there is no row '{unknown[0]}' (rows: {', '.join(by_name)})")
    return [by_name[name] for name in names] or list(ROWS)
