// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver's queues on plain memory: the test plays the hardware, and a removal of any kind. */
final class SimQueueTest {
    private static final int RING = 64;
    private static final int ROOM = RING - 1;
    private static final long MEMORY = SimRegs.BAR0_LENGTH + SimRegs.BAR2_LENGTH;
    private static final long DONE = SimDescriptor.DD | SimDescriptor.RX_EOP;

    private final long[] mbufs = new long[RING];
    private final QueueCounters counters = new QueueCounters();
    private Rig rig;
    private Mempool pool;
    private long memory;
    private SimBars bars;
    private SimRxQueue rx;
    private SimTxQueue tx;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(1024);
        memory = rig.linux.mapAnonymous("plain memory", MEMORY, rig.linux.pageSize());
        Mmio bar0 = new Mmio("net_sim9 BAR0", memory, SimRegs.BAR0_LENGTH);
        bars = new SimBars(Registers.withSign(bar0, SimRegs.STATUS),
                new Mmio("net_sim9 BAR2", memory + SimRegs.BAR0_LENGTH, SimRegs.BAR2_LENGTH));
        QueueSetup setup = new QueueSetup(0, RING, pool, 3, counters);
        rx = new SimRxQueue(bars, "net_sim9", setup, wake -> { });
        tx = new SimTxQueue(bars, "net_sim9", setup);
    }

    @AfterEach
    void tearDown() throws Exception {
        rx.close();
        tx.close();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        rig.linux.unmap(memory, MEMORY);
        rig.close();
    }

    private void start() throws DeviceException {
        running(SimRegs.rxQueue(0));
        running(SimRegs.txQueue(0));
        rx.start();
        tx.start();
    }

    private void running(long block) {
        bars.registers().write32(block + SimRegs.QUEUE_STATUS, SimRegs.QUEUE_RUNNING);
    }

    /** All memory of the device reads as this from now on. */
    private void fill(int octet) {
        RawMemory.fill(memory, MEMORY, (byte) octet);
    }

    private void complete(SimQueue queue, int index, long word) {
        bars.rings().write64(word(queue, index), word);
    }

    /** Where in BAR2 the second word of a descriptor is. */
    private long word(SimQueue queue, int index) {
        long ring = queue == rx ? 0 : (long) SimRegs.MAX_DESCRIPTORS * SimDescriptor.BYTES;
        return SimDescriptor.at(ring, index) + SimDescriptor.WORD;
    }

    private int send(int count) {
        int got = pool.get(mbufs, 0, count);
        for (int i = 0; i < got; i++) {
            Mbuf.setLength(mbufs[i], 60);
        }
        int sent = tx.burst(pool.mempools().uncached(), mbufs, got);
        pool.put(mbufs, sent, got - sent);
        return sent;
    }

    @Test
    void shouldReceiveNothingFromAllOnesAndStayQuiet() throws DeviceException {
        start();
        fill(0xff);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();

        complete(rx, 0, DONE | 60);
        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();
        assertThat(counters.packets() + counters.errors()).isZero();
    }

    @Test
    void shouldReceiveNothingFromZeros() throws DeviceException {
        start();
        fill(0);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();
        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();
    }

    @Test
    void shouldKeepWhatArrivedBeforeTheRemoval() throws DeviceException {
        start();
        complete(rx, 0, DONE | 60);
        complete(rx, 1, DONE | 61);
        complete(rx, 2, Registers.GONE64);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isEqualTo(2);

        assertThat(Mbuf.length(mbufs[1])).isEqualTo(61);
        assertThat(Mbuf.port(mbufs[1])).isEqualTo(3);
        pool.put(mbufs, 0, 2);
        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();
    }

    @Test
    void shouldDropWhatMakesNoSense() throws DeviceException {
        start();
        complete(rx, 0, DONE);
        complete(rx, 1, DONE | Mempool.DEFAULT_DATA_ROOM + 1);
        complete(rx, 2, DONE | SimDescriptor.RX_RXE | 60);
        complete(rx, 3, DONE | Mempool.DEFAULT_DATA_ROOM);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isEqualTo(1);

        assertThat(Mbuf.length(mbufs[0])).isEqualTo(Mempool.DEFAULT_DATA_ROOM);
        pool.put(mbufs, 0, 1);
        assertThat(counters.errors()).isEqualTo(3);
    }

    @Test
    void shouldFillTheRingAgainInBatches() throws DeviceException {
        start();
        long doorbell = SimRegs.rxQueue(0) + SimRegs.TAIL;
        assertThat(bars.registers().read32(doorbell)).isEqualTo(ROOM);
        for (int i = 0; i < 32; i++) {
            complete(rx, i, DONE | 60);
        }

        long[] first = new long[31];
        assertThat(rx.burst(pool.mempools().uncached(), first, 31)).isEqualTo(31);
        assertThat(bars.registers().read32(doorbell)).isEqualTo(ROOM);
        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isEqualTo(1);

        assertThat(bars.registers().read32(doorbell)).isEqualTo((ROOM + 32) % RING);
        pool.put(mbufs, 0, 1);
        pool.put(first, 0, 31);
    }

    @Test
    void shouldCountWhenThePoolIsEmpty() throws DeviceException {
        start();
        long[] rest = new long[pool.capacity()];
        int others = pool.get(rest, 0, rest.length);
        int received = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < RING; i++) {
                complete(rx, i, DONE | 60);
            }
            int n = rx.burst(pool.mempools().uncached(), mbufs, 32);
            System.arraycopy(mbufs, 0, rest, others + received, n);
            received += n;
        }

        // It ends at the ring's last buffer, whatever the descriptors say.
        assertThat(others + received).isEqualTo(pool.capacity());
        assertThat(counters.noMbuf()).isPositive();
        pool.put(rest, 0, others + received);
    }

    @Test
    void shouldSendNothingToAllOnes() throws DeviceException {
        start();
        assertThat(send(10)).isEqualTo(10);
        fill(0xff);

        assertThat(send(10)).isZero();

        fill(0);
        assertThat(send(10)).isZero();
        assertThat(counters.packets()).isEqualTo(10);
    }

    @Test
    void shouldTakeAnAllOnesReportForNobodys() throws DeviceException {
        start();
        assertThat(send(40)).isEqualTo(40);
        complete(tx, 31, Registers.GONE64);

        assertThat(send(10)).isZero();

        complete(tx, 31, SimDescriptor.DD);
        assertThat(send(10)).isZero();
    }

    @Test
    void shouldStopSendingWhenNothingCompletes() throws DeviceException {
        start();

        assertThat(send(40)).isEqualTo(40);
        fill(0);
        assertThat(send(40)).isEqualTo(ROOM - 40);
        assertThat(send(40)).isZero();
    }

    @Test
    void shouldTakeBuffersBackBatchByBatch() throws DeviceException {
        start();
        assertThat(send(ROOM)).isEqualTo(ROOM);
        assertThat(bars.rings().read64(word(tx, 30)) & SimDescriptor.TX_RS).isZero();
        assertThat(bars.rings().read64(word(tx, 31)) & SimDescriptor.TX_RS).isNotZero();

        complete(tx, 31, SimDescriptor.DD);

        assertThat(send(ROOM)).isEqualTo(32);
        assertThat(bars.registers().read32(SimRegs.txQueue(0) + SimRegs.TAIL))
                .isEqualTo((ROOM + 32) % RING);
    }

    @Test
    void shouldNotWaitForNobody() {
        fill(0xff);

        assertThatThrownBy(rx::start).isInstanceOf(DeviceException.class).hasMessage(
                "net_sim9 receive queue 0: its registers read all-ones: it was pulled out");
        assertThat(rx.stop()).isFalse();
    }

    @Test
    void shouldNotWaitForEver() {
        assertThatThrownBy(tx::start).isInstanceOf(DeviceException.class).hasMessage(
                "net_sim9 transmit queue 0: DCTL.ENABLE has no effect:"
                        + " the hardware does not answer");
        assertThat(tx.stop()).isTrue();
    }
}
