// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DmaRingTest {
    private static final DmaReach ALL = memory -> { };
    private static final DmaRing.Layout LAYOUT = new DmaRing.Layout(512, 16);

    private static DmaRing ring(TestDma dma, DmaReach reach) throws DeviceException {
        return DmaRing.allocate(dma, "test0 receive queue 0", LAYOUT, 0, reach);
    }

    @Test
    void shouldHoldItsDescriptors() throws DeviceException {
        TestDma dma = new TestDma(2 << 20);
        DmaRing ring = ring(dma, ALL);
        assertThat(ring.bytes()).isEqualTo(8192);
        assertThat(ring.iova()).isNotEqualTo(ring.address());
        RawMemory.putLong(ring.address() + 8184, -1);
        ring.clear();
        assertThat(RawMemory.getLong(ring.address() + 8184)).isZero();

        ring.close();
        ring.close();
        assertThat(dma.open()).isZero();
    }

    @Test
    void shouldRefuseMemoryThatIsNotContiguousForTheDevice() {
        TestDma dma = new TestDma(4096);
        assertThatThrownBy(() -> ring(dma, ALL)).isInstanceOf(DeviceException.class)
                .hasMessage("test0 receive queue 0: its ring of 8192 bytes is not contiguous in "
                        + "pages of 4096 bytes: reserve hugepages, or configure at most 256 "
                        + "descriptors");
        assertThat(dma.open()).isZero();
    }

    @Test
    void shouldRefuseMemoryThatTheDeviceCannotReach() {
        TestDma dma = new TestDma();
        assertThatThrownBy(() -> ring(dma, memory -> {
            throw new DeviceException("test0: no IOMMU");
        })).hasMessage("test0: no IOMMU");
        assertThat(dma.open()).isZero();
    }

    @Test
    void shouldNameTheQueueWhereThereIsNoMemory() {
        assertThatThrownBy(() -> DmaRing.allocate((name, bytes, node) -> {
            throw new IOException("ENOMEM");
        }, "test0 receive queue 0", LAYOUT, 0, ALL))
                .hasMessage("test0 receive queue 0: no memory for its ring: ENOMEM");
    }

    @Test
    void shouldRefuseBuffersThatAreNotContiguousForTheDevice() throws Exception {
        try (Mempool small = new Mempools(new TestDma(4096)).create("small", 16, 2048);
                Mempool large = new Mempools(new TestDma(4096)).create("large", 16, 9000);
                Mempool virtual = new Mempools(new TestDma()).create("virtual", 16, 9000)) {
            ALL.requireBuffers(small, "test0 receive queue 0");
            ALL.requireBuffers(virtual, "test0 receive queue 0");
            assertThatThrownBy(() -> ALL.requireBuffers(large, "test0 receive queue 0"))
                    .hasMessage("test0 receive queue 0: the buffers of mempool large, with 9000 "
                            + "bytes for data, are not contiguous in pages of 4096 bytes: reserve "
                            + "hugepages");
        }
    }
}
