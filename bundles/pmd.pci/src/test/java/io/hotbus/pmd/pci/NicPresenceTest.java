// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaMemory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NicPresenceTest {
    private static final PciAddress ADDRESS = PciAddress.parse("0000:01:10.0").orElseThrow();
    private static final int IDS = 0x10d38086;
    private static final int CLASS = 0x02000003;

    /** Configuration space; -1 is what nothing answers. */
    private static final class Function extends PciDevice {
        private final PciFunction function;
        private int ids = IDS;
        private int classAndRevision = CLASS;

        Function(Optional<PciAddress> physical) throws DeviceException {
            super(Devargs.parse(ADDRESS.toString()));
            function = new PciFunction(ADDRESS, new PciId(0x8086, 0x10d3, 0x8086, 0, 0x020000), -1,
                    Optional.of("vfio-pci"), physical, List.of());
        }

        @Override
        public PciFunction function() {
            return function;
        }

        @Override
        public int readConfig(int offset, int bytes) {
            return offset == 0 ? ids : classAndRevision;
        }

        @Override
        public KernelDriver kernelDriver() {
            throw new AssertionError();
        }

        @Override
        public Mmio mapBar(int index) {
            throw new AssertionError();
        }

        @Override
        public void writeConfig(int offset, int bytes, int value) {
            throw new AssertionError();
        }

        @Override
        public void setBusMaster(boolean on) {
            throw new AssertionError();
        }

        @Override
        public Optional<String> restoreConfig() {
            throw new AssertionError();
        }

        @Override
        public Lease onInterrupt(Runnable handler) {
            throw new AssertionError();
        }

        @Override
        public void requireReachable(DmaMemory memory) {
            throw new AssertionError();
        }
    }

    private static NicPresence presence(Function function) {
        return new NicPresence(function, () -> true);
    }

    @Test
    void shouldCompareIdsAndClass() throws Exception {
        Function function = new Function(Optional.empty());
        assertThat(presence(function).isOnBus()).isTrue();

        function.ids = IDS ^ 0x00040000;
        assertThat(presence(function).isOnBus()).isFalse();
    }

    /** vfio answers with the ids of a function that is gone. */
    @Test
    void shouldNotBelieveTheIdsAlone() throws Exception {
        Function function = new Function(Optional.empty());

        function.classAndRevision = -1;

        assertThat(presence(function).isOnBus()).isFalse();
        assertThatThrownBy(() -> presence(function).requireAnswer("does not answer"))
                .isInstanceOf(DeviceException.class).hasMessageContaining("it was pulled out");
    }

    @Test
    void shouldFindAVirtualFunctionWhoseIdsReadAllOnes() throws Exception {
        Function function = new Function(PciAddress.parse("0000:01:00.0"));

        function.ids = -1;

        assertThat(presence(function).isOnBus()).isTrue();
        assertThatThrownBy(() -> presence(function).requireAnswer("does not answer"))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("is memory decoding off?");
        function.classAndRevision = -1;
        assertThat(presence(function).isOnBus()).isFalse();
    }

    @Test
    void shouldNotAskADeviceThatCountsAsRemoved() throws Exception {
        Function function = new Function(Optional.empty());

        function.markRemoved();

        assertThat(presence(function).isOnBus()).isFalse();
        assertThat(new NicPresence(function, () -> false).answers()).isFalse();
    }
}
