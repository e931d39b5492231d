// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.Noise;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Component;

/**
 * {@code noisy}: packets are forwarded unchanged, after random accesses to memory, and through a
 * buffer if one is asked for, as a busy network function would. Source: DPDK {@code
 * app/test-pmd/noisy_vnf.c}.
 */
@Component
public final class NoisyFwd implements ForwardEngine {
    /** What the engine does for a stream. */
    private static final class Work {
        private final Noise noise;
        private final Fifo fifo;
        private final Lookups lookups;
        private final long[] out;
        private final long flushNanos;
        private long lastFlush = System.nanoTime();

        Work(Noise noise, int burst) {
            this.noise = noise;
            this.fifo = noise.bufferSize() == 0 ? null : new Fifo(noise.bufferSize() - 1);
            this.lookups = noise.looksUp() ? new Lookups(noise.memoryMib()) : null;
            this.out = new long[burst];
            this.flushNanos = TimeUnit.MILLISECONDS.toNanos(noise.flushMillis());
        }
    }

    @Override
    public String name() {
        return "noisy";
    }

    @Override
    public void begin(FwdStream stream) throws DeviceException {
        Noise noise = stream.config().noise();
        try {
            stream.setState(new Work(noise, stream.config().burst()));
        } catch (OutOfMemoryError e) {
            throw new DeviceException(("noisy: a buffer of %s packets and %s MiB do not fit into "
                    + "the Java heap (HOTBUS_JAVA_OPTS=-Xmx4g)").formatted(
                            noise.bufferSize(), noise.memoryMib()), e);
        }
    }

    @Override
    public void end(FwdStream stream) {
        Work work = (Work) stream.state();
        if (work.fifo != null) {
            int count;
            while ((count = work.fifo.take(work.out)) != 0) {
                stream.pool().mempools().uncached().free(work.out, 0, count);
            }
        }
    }

    @Override
    public void forward(FwdStream stream) {
        Work work = (Work) stream.state();
        int received = stream.receive();
        if (work.fifo == null) {
            if (received != 0) {
                lookUp(work, received);
                stream.transmit(received);
            }
            return;
        }
        int sent = received == 0 ? 0 : buffer(stream, work, received);
        if (work.flushNanos != 0 && sent == 0
                && System.nanoTime() - work.lastFlush >= work.flushNanos) {
            flush(stream, work);
        }
    }

    /** Puts a burst into the buffer; a full buffer first gives as many away. */
    private static int buffer(FwdStream stream, Work work, int received) {
        int sent = 0;
        if (work.fifo.room() < received) {
            int count = work.fifo.take(work.out, received);
            sent = stream.transmit(work.out, count);
        }
        int kept = work.fifo.put(stream.mbufs(), received);
        if (kept < received) {
            stream.drop(kept, received - kept);
        }
        lookUp(work, kept);
        return sent;
    }

    private static void flush(FwdStream stream, Work work) {
        int count;
        while ((count = work.fifo.take(work.out)) != 0) {
            stream.transmit(work.out, count);
        }
        work.lastFlush = System.nanoTime();
    }

    private static void lookUp(Work work, int packets) {
        if (work.lookups != null) {
            for (int i = 0; i < packets; i++) {
                work.lookups.forPacket(work.noise);
            }
        }
    }
}
