// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.Pcaps;

/**
 * Sends or receives frames of 64 bytes with pcap4j, as fast as one thread can. Obeys the commands
 * of a forwarding program that the comparison types: {@code start} begins, {@code show} prints the
 * rate since the last {@code show}, and the end of the input ends it.
 */
public final class Pcap4j {
    private static final byte[] FRAME = HexFormat.of()
            .parseHex("020000000001" + "020000000002" + "0800" + "00".repeat(50));
    private static final int SNAP_LENGTH = 65536;
    private static final int TIMEOUT_MILLIS = 10;

    private final PcapHandle handle;
    private final boolean sends;
    private final AtomicLong frames = new AtomicLong();
    private volatile boolean ended;

    private Pcap4j(PcapHandle handle, boolean sends) {
        this.handle = handle;
        this.sends = sends;
    }

    /** @param args {@code send} or {@code receive}, and an interface */
    public static void main(String[] args) throws Exception {
        try (PcapHandle handle = Pcaps.getDevByName(args[1])
                .openLive(SNAP_LENGTH, PromiscuousMode.PROMISCUOUS, TIMEOUT_MILLIS)) {
            new Pcap4j(handle, args[0].equals("send")).obey();
        }
    }

    private void obey() throws IOException, InterruptedException {
        BufferedReader commands = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Thread worker = new Thread(this::work, "pcap4j");
        long since = System.nanoTime();
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            if (line.startsWith("start")) {
                worker.start();
            } else if (line.startsWith("show")) {
                long now = System.nanoTime();
                show(frames.getAndSet(0) * 1e9 / (now - since));
                since = now;
            }
        }
        ended = true;
        worker.join();
    }

    private void show(double rate) {
        System.out.printf("  Rx-pps: %12.0f%n  Tx-pps: %12.0f%n",
                sends ? 0 : rate, sends ? rate : 0);
    }

    private void work() {
        try {
            while (!ended) {
                if (sends) {
                    handle.sendPacket(FRAME);
                    frames.incrementAndGet();
                } else if (handle.getNextRawPacket() != null) {
                    frames.incrementAndGet();
                }
            }
        } catch (PcapNativeException | NotOpenException e) {
            System.out.println(e);
        }
    }
}
