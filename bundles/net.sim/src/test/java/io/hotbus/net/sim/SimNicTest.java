// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hardware side, by its registers alone. */
final class SimNicTest {
    private Rig rig;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
    }

    private Mmio attach(String devargs) throws Exception {
        return rig.attach(devargs).windows().list().get(0);
    }

    private static boolean settles(Mmio registers, long offset, int value) {
        return Rig.eventually(() -> registers.read32(offset) == value);
    }

    @Test
    void shouldHaveResetValues() throws Exception {
        Mmio registers = attach("net_sim0,mac=02:11:22:33:44:55");

        assertThat(registers.length()).isEqualTo(128 << 10);
        for (long offset = 0; offset < registers.length(); offset += 4) {
            int expected = offset == SimRegs.STATUS ? SimRegs.STATUS_FD
                    : offset == SimRegs.RAL ? 0x33221102
                    : offset == SimRegs.RAH ? 0x80005544 : 0;
            assertThat(registers.read32(offset)).as("register %#x", offset).isEqualTo(expected);
        }
    }

    @Test
    void shouldResetItselfWhileItRuns() throws Exception {
        Mempool pool = rig.pool(2048);
        Port port = rig.start("net_sim0,loopback=1", pool);
        Mmio registers = port.device().windows().list().get(0);
        Frames.send(port, 0, pool, 0, 32);
        assertThat(Rig.eventually(() -> registers.read64(SimRegs.GPRC) == 32)).isTrue();

        registers.write32(SimRegs.CTRL, SimRegs.CTRL_RST);

        assertThat(settles(registers, SimRegs.CTRL, 0)).isTrue();
        assertThat(registers.read32(SimRegs.STATUS)).isEqualTo(SimRegs.STATUS_FD);
        for (long counter : List.of(SimRegs.GPRC, SimRegs.GORC, SimRegs.GPTC, SimRegs.GOTC)) {
            assertThat(registers.read64(counter)).isZero();
        }
        assertThat(registers.read32(SimRegs.rxQueue(0) + SimRegs.QUEUE_STATUS)).isZero();
        assertThat(registers.read32(SimRegs.txQueue(0) + SimRegs.QUEUE_STATUS)).isZero();
    }

    @Test
    void shouldTakeItsLinkDownBeforeItsResetEnds() throws Exception {
        Mmio registers = attach("net_sim0,loopback=1");
        int up = SimRegs.STATUS_FD | SimRegs.STATUS_LU | SimRegs.STATUS_SLU;
        for (int i = 0; i < 500; i++) {
            registers.write32(SimRegs.CTRL, SimRegs.CTRL_SLU);
            assertThat(settles(registers, SimRegs.STATUS, up)).isTrue();

            registers.write32(SimRegs.CTRL, SimRegs.CTRL_RST);
            while (registers.read32(SimRegs.CTRL) != 0) {
                Thread.onSpinWait();
            }

            assertThat(registers.read32(SimRegs.STATUS)).isEqualTo(SimRegs.STATUS_FD);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,       1024,  2048, 1",
        "458752,  65536, 2048, 1",
        "0,       512,   2048, 2",
        "0,       1040,  2048, 2",
        "0,       131072, 2048, 2",
        "0,       -1,    2048, 2",
        "8,       1024,  2048, 2",
        "-16,     1024,  2048, 2",
        "523280,  1024,  2048, 2",
        "0,       1024,  0,    2",
        "0,       1024,  -1,   2",
    })
    void shouldCheckARingBeforeItRuns(long base, int length, int bufferSize, int status)
            throws Exception {
        Mmio registers = attach("net_sim0");
        long queue = SimRegs.rxQueue(0);
        registers.write64(queue + SimRegs.DBA, base);
        registers.write32(queue + SimRegs.DLEN, length);
        registers.write32(queue + SimRegs.SRRCTL, bufferSize);

        registers.write32(queue + SimRegs.DCTL, SimRegs.DCTL_ENABLE);
        assertThat(settles(registers, queue + SimRegs.QUEUE_STATUS, status)).isTrue();

        registers.write32(queue + SimRegs.DCTL, 0);
        assertThat(settles(registers, queue + SimRegs.QUEUE_STATUS, 0)).isTrue();
    }

    @Test
    void shouldReachNoBufferOnceThePortIsClosed() throws Exception {
        Mempool pool = rig.pool(2048);
        Port port = rig.start("net_sim0,loopback=1", pool);
        Mmio registers = port.device().windows().list().get(0);
        Mmio rings = port.device().windows().list().get(1);
        long[] mbufs = new long[1];
        pool.get(mbufs, 0, 1);
        port.close();

        long queue = SimRegs.txQueue(0);
        rings.write64(0, Mbuf.dataIova(mbufs[0]));
        rings.write64(SimDescriptor.WORD, SimDescriptor.TX_EOP | 64);
        registers.write64(queue + SimRegs.DBA, 0);
        registers.write32(queue + SimRegs.TAIL, 1);
        registers.write32(queue + SimRegs.DCTL, SimRegs.DCTL_ENABLE);

        assertThat(Rig.eventually(() -> registers.read64(SimRegs.TXDMAERR) == 1)).isTrue();
        pool.put(mbufs, 0, 1);
        assertThat(pool.available()).isEqualTo(pool.capacity());
    }

    @Test
    void shouldSurviveAnyValueInAnyRegister() throws Exception {
        Mempool pool = rig.pool(8192);
        Port port = rig.start("net_sim0,queues=4,loopback=1", pool);
        Mmio registers = port.device().windows().list().get(0);
        for (long offset = SimRegs.STATUS; offset < registers.length(); offset += 4) {
            registers.write32(offset, -1);
        }
        registers.write32(SimRegs.CTRL, ~SimRegs.CTRL_RST);

        Port other = rig.start("net_sim1,loopback=1", pool);
        Frames.send(other, 0, pool, 0, 1);

        long[] mbufs = new long[1];
        assertThat(Rig.eventually(() -> other.rxQueue(0).burst(
                pool.mempools().uncached(), mbufs, 1) == 1)).isTrue();
        pool.put(mbufs, 0, 1);
    }
}
