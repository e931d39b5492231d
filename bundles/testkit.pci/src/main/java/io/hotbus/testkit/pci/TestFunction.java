// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the bus gives a driver: a slot with the model in it, real windows on its BARs, and
 * configuration space. Any thread.
 */
@ConsumerType
public class TestFunction extends PciDevice implements AutoCloseable {
    private static final int CLASS_AND_REVISION = 0x08;
    private static final int BYTES = 256;

    /** Configuration space; it has the ids and the class of the function. */
    public final ByteBuffer config = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    /** Configuration space cannot be read. */
    public volatile boolean offBus;
    /** The device cannot reach any memory. */
    public volatile boolean unreachableMemory;
    /** What the bus finds changed in configuration space, until bus mastering is turned on. */
    public volatile Optional<String> changed = Optional.empty();
    /** Runs when the bus restores configuration space. */
    public volatile Runnable onRestore = () -> { };
    /** Without an interrupt the device has to be polled. */
    public volatile boolean hasInterrupt = true;
    /** The kernel driver through which the function is accessed. */
    public volatile KernelDriver kernelDriver = KernelDriver.IGB_UIO;

    private final PciNicModel chip;
    private final MmioMapper mapper;
    private final NicRig<?> rig;
    private final PciFunction function;

    /**
     * Puts the model of {@code rig} into the slot that {@code devargs} name.
     *
     * @param id   all its ids
     * @param bars its BARs
     */
    public TestFunction(NicRig<?> rig, Devargs devargs, PciId id, List<Bar> bars) {
        this(rig, devargs, id, bars, Optional.empty());
    }

    /** Makes the function a virtual one of {@code physical}, if there is one. */
    public TestFunction(NicRig<?> rig, Devargs devargs, PciId id, List<Bar> bars,
            Optional<PciAddress> physical) {
        super(devargs);
        this.rig = rig;
        this.chip = rig.chip;
        this.mapper = rig.windows.mapper();
        this.function = new PciFunction(PciAddress.parse(devargs.name()).orElseThrow(), id, -1,
                Optional.of(KernelDriver.IGB_UIO.text()), physical, bars);
        config.putInt(0, physical.isPresent() ? -1 : id.device() << Short.SIZE | id.vendor());
        config.putInt(CLASS_AND_REVISION, id.classCode() << Byte.SIZE);
    }

    /** Lets configuration space read as all-ones. */
    public final void silenceConfig() {
        Arrays.fill(config.array(), (byte) -1);
    }

    /** The number of the model's BAR that is behind a BAR of the function. */
    protected int modelBar(int index) {
        return index;
    }

    @Override
    public final PciFunction function() {
        return function;
    }

    @Override
    public final KernelDriver kernelDriver() {
        return kernelDriver;
    }

    @Override
    public final Mmio mapBar(int index) throws DeviceException {
        String name = "BAR" + index;
        Optional<Mmio> mapped = windows().list().stream()
                .filter(window -> window.name().endsWith(" " + name)).findFirst();
        if (mapped.isPresent()) {
            return mapped.get();
        }
        try {
            int bar = modelBar(index);
            return mapper.map(windows(), new MmioMapper.Source(
                    name, chip.fd(bar), 0, chip.length(bar), Fill.ONES));
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
    public final int readConfig(int offset, int bytes) throws DeviceException {
        requirePresent();
        return switch (bytes) {
            case 1 -> Byte.toUnsignedInt(config.get(offset));
            case 2 -> Short.toUnsignedInt(config.getShort(offset));
            default -> config.getInt(offset);
        };
    }

    @Override
    public final void writeConfig(int offset, int bytes, int value) {
        throw new UnsupportedOperationException("drivers write no configuration space");
    }

    @Override
    public final void setBusMaster(boolean on) throws DeviceException {
        requirePresent();
        chip.busMaster = on;
        changed = on ? Optional.empty() : changed;
    }

    @Override
    public final Optional<String> restoreConfig() {
        onRestore.run();
        return changed;
    }

    @Override
    public final Lease onInterrupt(Runnable handler) throws DeviceException {
        if (!hasInterrupt) {
            throw new DeviceException(this + ": it has no interrupt");
        }
        AtomicBoolean closed = new AtomicBoolean();
        chip.interrupt = () -> rig.interrupts.execute(() -> {
            if (!closed.get()) {
                handler.run();
            }
        });
        return () -> {
            closed.set(true);
            rig.interrupts.drain();
        };
    }

    @Override
    public final void requireReachable(DmaMemory memory) throws DeviceException {
        if (unreachableMemory) {
            throw new DeviceException(this + ": it is not behind an IOMMU");
        }
    }

    /** Releases the windows, as the bus does when the driver has released the device. */
    @Override
    public final void close() {
        mapper.releaseAll(windows());
    }
}
