// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.testkit.TestInterrupts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the bus gives the driver: a slot with the fake chip in it, and real windows on its BAR. */
final class TestFunction extends PciDevice implements AutoCloseable {
    static final PciId ID = new PciId(0x8086, 0x10d3, 0x8086, 0, 0x020000);
    static final Bar BAR0 = new Bar(0, 0xfebc0000L, E1000eRegs.BAR0_LENGTH, true, false);

    /** What configuration space reads at offset 0; empty: it cannot be read. */
    volatile Optional<Integer> identity = Optional.of(ID.device() << 16 | ID.vendor());
    volatile boolean unreachableMemory;
    /** What the bus finds changed in configuration space, until bus mastering is turned on. */
    volatile Optional<String> changed = Optional.empty();
    /** Runs when the bus puts configuration space right. */
    volatile Runnable onRestore = () -> { };
    /** Else it has to be polled. */
    volatile boolean hasInterrupt = true;

    volatile KernelDriver kernelDriver = KernelDriver.IGB_UIO;

    private final Fake82574 chip;
    private final MmioMapper mapper;
    private final TestInterrupts interrupts;
    private final PciFunction function;

    TestFunction(Devargs devargs, List<Bar> bars, Fake82574 chip, MmioMapper mapper,
            TestInterrupts interrupts) {
        super(devargs);
        this.chip = chip;
        this.mapper = mapper;
        this.interrupts = interrupts;
        this.function = new PciFunction(PciAddress.parse(devargs.name()).orElseThrow(), ID, -1,
                Optional.of("igb_uio"), Optional.empty(), bars);
    }

    @Override
    public PciFunction function() {
        return function;
    }

    @Override
    public KernelDriver kernelDriver() {
        return kernelDriver;
    }

    @Override
    public Mmio mapBar(int index) throws DeviceException {
        try {
            return mapper.map(windows(), new MmioMapper.Source(
                    "BAR" + index, chip.fd(index), 0, chip.length(index), Fill.ONES));
        } catch (IOException e) {
            throw new DeviceException(e.getMessage(), e);
        }
    }

    @Override
    public int readConfig(int offset, int bytes) throws DeviceException {
        return identity.orElseThrow(() -> new DeviceException(this + ": it is gone"));
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setBusMaster(boolean on) throws DeviceException {
        if (identity.isEmpty()) {
            throw new DeviceException(this + ": it is gone");
        }
        chip.busMaster = on;
        changed = on ? Optional.empty() : changed;
    }

    @Override
    public Optional<String> restoreConfig() {
        onRestore.run();
        return changed;
    }

    @Override
    public Lease onInterrupt(Runnable handler) throws DeviceException {
        if (!hasInterrupt) {
            throw new DeviceException(this + ": it has no interrupt");
        }
        AtomicBoolean closed = new AtomicBoolean();
        chip.interrupt = () -> interrupts.execute(() -> {
            if (!closed.get()) {
                handler.run();
            }
        });
        return () -> {
            closed.set(true);
            interrupts.drain();
        };
    }

    @Override
    public void requireReachable(DmaMemory memory) throws DeviceException {
        if (unreachableMemory) {
            throw new DeviceException(this + ": it is not behind an IOMMU");
        }
    }

    /** After the driver has let go, as the bus does. */
    @Override
    public void close() {
        mapper.releaseAll(windows());
    }
}
