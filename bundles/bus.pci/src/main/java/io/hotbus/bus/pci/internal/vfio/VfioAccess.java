// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_DEVICE_GET_REGION_INFO;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_ERR_IRQ_INDEX;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_REQ_IRQ_INDEX;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access through vfio-pci. The kernel cannot complete a removal before {@link #close}. It asks for
 * the function by the request eventfd, every ten seconds ({@link RemovalCause#VFIO_REQUEST}); no
 * uevent comes before that.
 *
 * <p>vfio emulates parts of configuration space, such as the bus master bit, and clears them when
 * the function is closed.
 */
final class VfioAccess implements PciAccess {
    private static final Logger LOG = LoggerFactory.getLogger(VfioAccess.class);

    private final PciAddress address;
    private final VfioContainer container;
    private final VfioDevice device;
    private final VfioIrqs irqs;
    private final Signals signals;
    private final Consumer<VfioAccess> atEnd;
    private final AtomicBoolean closing = new AtomicBoolean();
    private VfioRegion config;

    /**
     * Creates the access, which owns {@code device}. {@code atEnd} runs once, when the device is
     * closed.
     *
     * @param container the memory that the function can reach
     */
    VfioAccess(Linux linux, InterruptThread interruptThread, VfioContainer container,
            VfioDevice device, Signals signals, Consumer<VfioAccess> atEnd) {
        this.address = device.address();
        this.container = container;
        this.device = device;
        this.irqs = new VfioIrqs(linux, interruptThread, device);
        this.signals = signals;
        this.atEnd = atEnd;
    }

    /**
     * Starts the access; call it once, before use. {@code signals} may be called before this
     * returns.
     */
    void start() throws DeviceException {
        try {
            config = region(VFIO_PCI_CONFIG_REGION_INDEX);
            if (!irqs.notice(VFIO_PCI_REQ_IRQ_INDEX,
                    () -> signals.removed(RemovalCause.VFIO_REQUEST))) {
                LOG.warn("{}: vfio cannot ask for it back: the kernel's removal of it waits until "
                        + "it is detached", address);
            }
            irqs.notice(VFIO_PCI_ERR_IRQ_INDEX, signals::failed);
        } catch (LinuxException e) {
            throw new DeviceException(address + ": " + e.getMessage(), e);
        }
    }

    private VfioRegion region(int index) throws LinuxException {
        return VfioRegion.of(device.ask("VFIO_DEVICE_GET_REGION_INFO",
                VFIO_DEVICE_GET_REGION_INFO, VfioUapi.regionInfo(index)));
    }

    @Override
    public Region region(Bar bar) throws DeviceException {
        try {
            VfioRegion region = region(bar.index());
            Optional<String> obstacle = region.whyNotMappable(bar.length());
            if (obstacle.isPresent()) {
                throw new DeviceException("%s BAR%s: %s"
                        .formatted(address, bar.index(), obstacle.get()));
            }
            return new Region(device.fd(), region.offset());
        } catch (LinuxException e) {
            throw new DeviceException("%s BAR%s: %s"
                    .formatted(address, bar.index(), e.getMessage()), e);
        }
    }

    @Override
    public int readConfig(int offset, int bytes) throws LinuxException {
        checkConfig(offset, bytes);
        ByteBuffer value = littleEndian();
        device.read("configuration space", value.limit(bytes), config.offset() + offset);
        return value.clear().getInt(0);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) throws LinuxException {
        checkConfig(offset, bytes);
        device.write("configuration space",
                littleEndian().putInt(0, value).limit(bytes), config.offset() + offset);
    }

    /**
     * Checks that an access is inside configuration space: the descriptor continues with other
     * regions.
     */
    private void checkConfig(int offset, int bytes) throws LinuxException {
        if (bytes != 1 && bytes != 2 && bytes != 4) {
            throw new IllegalArgumentException(bytes + " bytes of configuration space");
        }
        if (offset < 0 || offset > config.size() - bytes) {
            throw new LinuxException("configuration space of " + address, Errno.EINVAL,
                    "EINVAL (%#x is not in its %s bytes)".formatted(offset, config.size()));
        }
    }

    private static ByteBuffer littleEndian() {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void enableInterrupt() throws DeviceException {
        irqs.enable(signals::interrupted);
    }

    @Override
    public void rearmInterrupt() {
        irqs.rearm();
    }

    @Override
    public void renewInterrupt() {
        irqs.renew();
    }

    @Override
    public void disableInterrupt() {
        irqs.disable();
    }

    @Override
    public void requireReachable(DmaMemory memory) throws DeviceException {
        container.requireReachable(address, memory);
    }

    @Override
    public boolean mayFaultWhilePresent() {
        return true;
    }

    /** Closes the function. Returns at once if another close is running. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        irqs.close();
        device.close();
        atEnd.accept(this);
        LOG.info("{}: given back to the kernel", address);
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
