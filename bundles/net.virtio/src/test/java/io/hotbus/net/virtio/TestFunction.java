// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the bus gives the driver: a slot with the model in it, and real windows on its BAR. */
final class TestFunction extends PciDevice implements AutoCloseable {
    static final PciId ID = new PciId(0x1af4, 0x1041, 0x1af4, 0x1100, 0x020000);
    static final int COMMON = 0x40;
    static final int NOTIFY = 0x50;
    static final int ISR = 0x64;
    static final int NET = 0x74;
    private static final int MODERN_BAR = 4;

    /** Configuration space. */
    final ByteBuffer config = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    /** Configuration space cannot be read. */
    volatile boolean offBus;
    volatile boolean unreachableMemory;
    /** What the bus finds changed in configuration space, until bus mastering is turned on. */
    volatile Optional<String> changed = Optional.empty();
    volatile boolean hasInterrupt = true;

    private final FakeVirtioNet chip;
    private final MmioMapper mapper;
    private final TestInterrupts interrupts;
    private final PciFunction function;

    TestFunction(Devargs devargs, FakeVirtioNet chip, MmioMapper mapper,
            TestInterrupts interrupts) {
        super(devargs);
        this.chip = chip;
        this.mapper = mapper;
        this.interrupts = interrupts;
        this.function = new PciFunction(PciAddress.parse(devargs.name()).orElseThrow(), ID, -1,
                Optional.of("igb_uio"), Optional.empty(), List.of(
                new Bar(1, 0xfebd0000L, 4096, true, false),
                new Bar(MODERN_BAR, 0xfe000000L, FakeVirtioNet.LENGTH, true, true)));
        config.putInt(0, ID.device() << 16 | ID.vendor());
        config.putShort(0x06, (short) (1 << 4));
        config.put(0x34, (byte) COMMON);
        capability(COMMON, NOTIFY, 16, VirtioRegs.TYPE_COMMON, 0, 0x1000);
        capability(NOTIFY, ISR, 20, VirtioRegs.TYPE_NOTIFY, FakeVirtioNet.NOTIFY, 0x1000);
        config.putInt(NOTIFY + VirtioRegs.CAP_NOTIFY_MULTIPLIER, FakeVirtioNet.MULTIPLIER);
        capability(ISR, NET, 16, VirtioRegs.TYPE_ISR, FakeVirtioNet.ISR, 0x1000);
        capability(NET, 0, 16, VirtioRegs.TYPE_DEVICE, FakeVirtioNet.NET, 0x1000);
    }

    private void capability(int at, int next, int length, int type, long offset, int size) {
        config.put(at, (byte) VirtioRegs.CAP_VENDOR).put(at + 1, (byte) next)
                .put(at + VirtioRegs.CAP_LENGTH, (byte) length)
                .put(at + VirtioRegs.CAP_TYPE, (byte) type)
                .put(at + VirtioRegs.CAP_BAR, (byte) MODERN_BAR)
                .putInt(at + VirtioRegs.CAP_OFFSET, (int) offset)
                .putInt(at + VirtioRegs.CAP_SIZE, size);
    }

    @Override
    public PciFunction function() {
        return function;
    }

    @Override
    public KernelDriver kernelDriver() {
        return KernelDriver.IGB_UIO;
    }

    @Override
    public Mmio mapBar(int index) throws DeviceException {
        Optional<Mmio> mapped = windows().list().stream().findFirst();
        if (mapped.isPresent()) {
            return mapped.get();
        }
        try {
            return mapper.map(windows(), new MmioMapper.Source(
                    "BAR" + index, chip.fd(0), 0, chip.length(0), Fill.ONES));
        } catch (IOException e) {
            throw new DeviceException(e.getMessage(), e);
        }
    }

    private void requirePresent() throws DeviceException {
        if (offBus) {
            throw new DeviceException(this + ": it is gone");
        }
    }

    @Override
    public int readConfig(int offset, int bytes) throws DeviceException {
        requirePresent();
        return switch (bytes) {
            case 1 -> Byte.toUnsignedInt(config.get(offset));
            case 2 -> Short.toUnsignedInt(config.getShort(offset));
            default -> config.getInt(offset);
        };
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setBusMaster(boolean on) throws DeviceException {
        requirePresent();
        chip.busMaster = on;
        changed = on ? Optional.empty() : changed;
    }

    @Override
    public Optional<String> restoreConfig() {
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
