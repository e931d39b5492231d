// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.bus.pci.internal.settings.PciSettings;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMapper;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens functions through vfio-pci, and maps all DMA memory for each IOMMU group with an open
 * function. A group is opened with the first of its functions and closed with the last.
 *
 * <p>Any control thread. A function is closed without the lock, because that may take long. Memory
 * may be unmapped meanwhile; the group stays open until the function is closed.
 */
@Component(service = {VfioGroups.class, DmaMapper.class})
public final class VfioGroups implements DmaMapper {
    private static final Logger LOG = LoggerFactory.getLogger(VfioGroups.class);

    private final Linux linux;
    private final InterruptThread interruptThread;
    private final VfioSysfs sysfs;
    private final Set<VfioAccess> accesses = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    /** The open groups by number. Guarded by lock, like all fields below. */
    private final Map<Integer, VfioGroup> groups = new HashMap<>();
    /** All DMA memory, by identity. */
    private final Set<DmaMemory> memories = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closed;

    @Activate
    public VfioGroups(@Reference PciSettings settings, @Reference Linux linux,
            @Reference InterruptThread interruptThread) {
        this(linux, interruptThread, settings.sysfs(), settings.dev());
    }

    /** {@code sysfs} and {@code dev}: where sysfs and devtmpfs are mounted. */
    public VfioGroups(Linux linux, InterruptThread interruptThread, Path sysfs, Path dev) {
        this.linux = linux;
        this.interruptThread = interruptThread;
        this.sysfs = new VfioSysfs(sysfs, dev);
    }

    /**
     * Closes all groups. The bus refers to this component, so it has closed all functions by now,
     * but for those that the kernel has not closed within the bus's limit.
     */
    @Deactivate
    void deactivate() {
        synchronized (lock) {
            closed = true;
        }
        accesses.forEach(VfioAccess::close);
    }

    /**
     * Opens a function that is bound to vfio-pci.
     *
     * @param signals called on {@code interrupt}, perhaps before this returns
     * @throws DeviceException the function cannot be opened; everything is undone
     */
    public PciAccess open(PciFunction function, PciAccess.Signals signals)
            throws DeviceException {
        PciAddress address = function.address();
        VfioGroup group = join(address);
        int fd;
        try {
            fd = group.deviceFd(address);
        } catch (DeviceException | RuntimeException e) {
            leave(group);
            throw e;
        }
        VfioAccess access = new VfioAccess(linux, interruptThread, group.container(),
                new VfioDevice(linux, address, fd), signals, closed -> {
                    leave(group);
                    accesses.remove(closed);
                });
        accesses.add(access);
        try {
            access.start();
        } catch (DeviceException | RuntimeException e) {
            access.close();
            throw e;
        }
        LOG.info("{}: opened through vfio-pci, IOMMU group {}", address, group.number());
        return access;
    }

    private VfioGroup join(PciAddress function) throws DeviceException {
        OptionalInt number = sysfs.group(function);
        if (number.isEmpty()) {
            throw new DeviceException(("%s: is in no IOMMU group, and vfio needs one: turn the "
                    + "IOMMU on (firmware: VT-d or AMD-Vi; kernel: intel_iommu=on), or use "
                    + "igb_uio").formatted(function));
        }
        synchronized (lock) {
            if (closed) {
                throw new DeviceException(function + ": the PCI bus is being stopped");
            }
            VfioGroup group = groups.get(number.getAsInt());
            if (group == null) {
                group = VfioGroup.open(linux, sysfs, number.getAsInt(), function);
                mapAll(group, function);
                groups.put(group.number(), group);
            }
            group.enter();
            return group;
        }
    }

    private void mapAll(VfioGroup group, PciAddress function) throws DeviceException {
        try {
            for (DmaMemory memory : memories) {
                group.container().map(memory);
            }
        } catch (IOException e) {
            group.close();
            throw new DeviceException(function + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
    }

    /**
     * Notes that a function of the group is closed. Holds the lock to the end, so that no container
     * maps memory after it was unmapped everywhere.
     */
    private void leave(VfioGroup group) {
        synchronized (lock) {
            if (group.leave()) {
                groups.remove(group.number());
                group.close();
            }
        }
    }

    @Override
    public void map(DmaMemory memory) throws IOException {
        synchronized (lock) {
            memories.add(memory);
            try {
                for (VfioGroup group : groups.values()) {
                    group.container().map(memory);
                }
            } catch (IOException | RuntimeException e) {
                try {
                    unmap(memory);
                } catch (IllegalStateException notUnmapped) {
                    e.addSuppressed(notUnmapped);
                }
                throw e;
            }
        }
    }

    /** @throws IllegalStateException the kernel has not unmapped it, so it must not be freed */
    @Override
    public void unmap(DmaMemory memory) {
        IllegalStateException failure = null;
        synchronized (lock) {
            memories.remove(memory);
            for (VfioGroup group : groups.values()) {
                try {
                    group.container().unmap(memory);
                } catch (IllegalStateException e) {
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
