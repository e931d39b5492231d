// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.ethdev.MacAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How packets are forwarded. A change takes effect with the next start of forwarding; one of the
 * queues, with the next start of a port.
 *
 * @param lcores   CPUs for forwarding threads; empty: chosen from those available
 * @param nbCores  how many of them forward
 * @param ports    ids of the forwarding ports, in their order; empty: all ports
 * @param topology which port forwards to which
 * @param queues   the queues of each port
 * @param burst    packets taken at a time; 0: as the first port's device recommends
 * @param flushRx  whether a start first drops what is in the receive queues
 * @param verbose  whether received packets are printed: 0 no, more yes
 * @param frames   the frames that are generated
 * @param flows    flows of the engine {@code flowgen}
 * @param clones   how often {@code flowgen} sends each packet again
 * @param noise    what the engine {@code noisy} does
 * @param peers    addresses of the stations at the other end, by port id
 */
public record FwdConfig(List<Integer> lcores, int nbCores, List<Integer> ports, Topology topology,
        QueueSetup queues, int burst, boolean flushRx, int verbose, TxFrames frames, int flows,
        int clones, Noise noise, Map<Integer, MacAddress> peers) {
    /** The largest burst. */
    public static final int MAX_BURST = 512;
    /** The flows of {@code flowgen} unless asked for otherwise. */
    public static final int DEFAULT_FLOWS = 1024;
    /** The addresses of peers unless asked for otherwise, plus the port's id. Source: DPDK. */
    private static final long PEER = 0x0200_0000_0000L;
    /** What is done unless asked for otherwise. */
    public static final FwdConfig DEFAULT = new FwdConfig(List.of(), 1, List.of(), Topology.PAIRED,
            QueueSetup.DEFAULT, 32, false, 0, TxFrames.DEFAULT, DEFAULT_FLOWS, 0, Noise.NONE,
            Map.of());

    /** Copies the collections. */
    public FwdConfig {
        lcores = List.copyOf(lcores);
        ports = List.copyOf(ports);
        peers = Map.copyOf(peers);
    }

    /** The address of the station at the other end of the port with that id. */
    public MacAddress peer(int port) {
        return peers.getOrDefault(port, new MacAddress(PEER + port));
    }

    /** Returns a copy with other CPUs. */
    public FwdConfig withLcores(List<Integer> cpus, int count) {
        return new FwdConfig(cpus, count, ports, topology, queues, burst, flushRx, verbose, frames,
                flows, clones, noise, peers);
    }

    /** Returns a copy with other forwarding ports. */
    public FwdConfig withPorts(List<Integer> ids) {
        return new FwdConfig(lcores, nbCores, ids, topology, queues, burst, flushRx, verbose,
                frames, flows, clones, noise, peers);
    }

    /** Returns a copy with other queues. */
    public FwdConfig withQueues(QueueSetup setup) {
        return new FwdConfig(lcores, nbCores, ports, topology, setup, burst, flushRx, verbose,
                frames, flows, clones, noise, peers);
    }

    /** Returns a copy with another burst. */
    public FwdConfig withBurst(int packets) {
        return new FwdConfig(lcores, nbCores, ports, topology, queues, packets, flushRx, verbose,
                frames, flows, clones, noise, peers);
    }

    /** Returns a copy that drains the receive queues at a start, or does not. */
    public FwdConfig withFlushRx(boolean on) {
        return new FwdConfig(lcores, nbCores, ports, topology, queues, burst, on, verbose, frames,
                flows, clones, noise, peers);
    }

    /** Returns a copy that prints received packets, or does not. */
    public FwdConfig withVerbose(int level) {
        return new FwdConfig(lcores, nbCores, ports, topology, queues, burst, flushRx, level,
                frames, flows, clones, noise, peers);
    }

    /** Returns a copy that generates other frames. */
    public FwdConfig withFrames(TxFrames generated) {
        return new FwdConfig(lcores, nbCores, ports, topology, queues, burst, flushRx, verbose,
                generated, flows, clones, noise, peers);
    }

    /** Returns a copy with {@code flowgen}'s flows. */
    public FwdConfig withFlows(int count) {
        return new FwdConfig(lcores, nbCores, ports, topology, queues, burst, flushRx, verbose,
                frames, count, clones, noise, peers);
    }

    /** Returns a copy with another address at the other end of a port. */
    public FwdConfig withPeer(int port, MacAddress address) {
        Map<Integer, MacAddress> more = new HashMap<>(peers);
        more.put(port, address);
        return new FwdConfig(lcores, nbCores, ports, topology, queues, burst, flushRx, verbose,
                frames, flows, clones, noise, more);
    }
}
