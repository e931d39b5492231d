// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Base of tests with a {@link NicRig}. After each test every buffer and all memory has come back,
 * and the driver has broken no rule of the model.
 *
 * @param <R> the rig
 */
@ConsumerType
@Timeout(300)
public abstract class NicTests<R extends NicRig<?>> {
    /** Packets in a burst. */
    protected static final int BURST = 32;
    /** How long the driver of a test waits, unless the test needs another patience. */
    protected static final NicPatience PATIENCE = NicPatience.of(Duration.ofSeconds(5));

    /** The driver and the model. */
    protected R rig;
    /** The buffers. */
    protected Mempool pool;

    /**
     * Makes the rig.
     *
     * @param settings of the driver
     */
    protected abstract R newRig(Map<String, Object> settings, NicPatience patience)
            throws Exception;

    @BeforeEach
    final void begin() throws Exception {
        beginWith(Map.of("reset.limit.ms", NicRig.RESET_LIMIT), PATIENCE);
        prepare();
    }

    /** Prepares the model before each test. */
    protected void prepare() throws Exception {
    }

    /** Begins the test again, with another rig. */
    protected final void beginWith(Map<String, Object> settings, NicPatience patience)
            throws Exception {
        if (rig != null) {
            rig.close();
        }
        rig = newRig(settings, patience);
        pool = rig.pool(4096);
    }

    /** Begins again, with a driver of little patience: its resets, or the model, are stuck. */
    protected final void beginWithResetLimit(int millis) throws Exception {
        beginWith(Map.of("reset.limit.ms", millis), PATIENCE);
    }

    @AfterEach
    final void end() throws Exception {
        rig.detachAll();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        assertThat(rig.dma.open()).as("memory in use").isEqualTo(rig.poolCount());
        assertThat(rig.interrupts.open()).as("tasks of the thread interrupt").isZero();
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
    }

    /** The function that has the port. */
    protected final TestFunction function() {
        return (TestFunction) rig.port().device();
    }

    /** Removes the device: neither its memory nor its configuration space answers. */
    protected final void pullOut(NicModel.Vanished as) {
        function().offBus = true;
        rig.chip.vanish(as);
    }

    /** Sends so many frames, and receives all of them. */
    protected final void exchange(Port port, int frames) {
        exchange(port, pool, frames);
    }

    /** Sends so many frames in buffers of {@code buffers}, and receives all of them. */
    protected static void exchange(Port port, Mempool buffers, int frames) {
        for (int from = 0; from < frames; ) {
            int sent = Frames.send(port, buffers, from, Math.min(BURST, frames - from));
            Frames.receiveAll(port, 0, buffers, from, from + sent);
            from += sent;
        }
    }

    /** Stops and starts the port, as an application does that is told to set it up again. */
    protected static void startAgain(Port port) throws Exception {
        port.stop();
        port.start();
    }

    /** Creates a packet of segments of at most {@code most} bytes. */
    protected final long packet(byte[] bytes, int most) {
        int count = (bytes.length + most - 1) / most;
        long[] segments = new long[count];
        assertThat(pool.get(segments, 0, count)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            int length = Math.min(most, bytes.length - i * most);
            Mbuf.setLength(segments[i], length);
            RawMemory.copy(bytes, i * most, Mbuf.data(segments[i]), length);
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    /** The bytes of a packet of any segments. */
    protected static byte[] bytes(long packet) {
        byte[] bytes = new byte[Mbuf.length(packet)];
        long segment = packet;
        int at = 0;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.copy(Mbuf.data(segment), bytes, at, Mbuf.segmentLength(segment));
            at += Mbuf.segmentLength(segment);
            segment = Mbuf.next(segment);
        }
        return bytes;
    }

    /** Sends packets in one burst of queue 0. Returns how many were taken. */
    protected final int send(Port port, long... packets) {
        return port.txQueue(0).burst(pool.mempools().uncached(), packets, packets.length);
    }

    /** Gives a packet back. */
    protected final void free(long packet) {
        pool.mempools().uncached().free(new long[] {packet}, 0, 1);
    }
}
