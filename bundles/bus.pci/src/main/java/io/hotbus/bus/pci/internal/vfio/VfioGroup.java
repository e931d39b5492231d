// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.FLAGS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_API_VERSION;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_CHECK_EXTENSION;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_GET_API_VERSION;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_GROUP_FLAGS_VIABLE;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_GROUP_GET_DEVICE_FD;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_GROUP_GET_STATUS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_GROUP_SET_CONTAINER;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_NOIOMMU_IOMMU;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_SET_IOMMU;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_TYPE1_IOMMU;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_TYPE1v2_IOMMU;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An IOMMU group with its own container. The IOMMU cannot distinguish the functions of a group, so
 * user space gets all of them or none. {@link #open}, {@link #enter}, {@link #leave} and {@link
 * #close} are called one at a time.
 */
final class VfioGroup {
    private static final Logger LOG = LoggerFactory.getLogger(VfioGroup.class);

    private final Linux linux;
    private final int number;
    private final int fd;
    private final VfioContainer container;
    /** How many functions of the group are in use. */
    private int users;

    private VfioGroup(Linux linux, int number, int fd, VfioContainer container) {
        this.linux = linux;
        this.number = number;
        this.fd = fd;
        this.container = container;
    }

    /**
     * Opens the group, with no memory mapped.
     *
     * @param function a function of the group
     * @throws DeviceException the group cannot be opened; everything is undone
     */
    static VfioGroup open(Linux linux, VfioSysfs sysfs, int number, PciAddress function)
            throws DeviceException {
        return new Opening(linux, sysfs, number, function).open();
    }

    /** The steps of opening, and what they have opened so far. */
    private static final class Opening {
        private final Linux linux;
        private final VfioSysfs sysfs;
        private final int number;
        private final PciAddress function;
        private boolean noIommu;
        private int groupFd = -1;
        private int containerFd = -1;

        Opening(Linux linux, VfioSysfs sysfs, int number, PciAddress function) {
            this.linux = linux;
            this.sysfs = sysfs;
            this.number = number;
            this.function = function;
        }

        VfioGroup open() throws DeviceException {
            try {
                openGroupNode();
                openContainer();
                requireViable();
                join();
                return new VfioGroup(linux, number, groupFd,
                        new VfioContainer(linux, "IOMMU group " + number, containerFd, noIommu));
            } catch (DeviceException | RuntimeException e) {
                linux.close(containerFd);
                linux.close(groupFd);
                throw e;
            }
        }

        private void openGroupNode() throws DeviceException {
            Path node = sysfs.groupNode(number);
            Path noIommuNode = sysfs.noIommuGroupNode(number);
            try {
                groupFd = linux.open(node.toString(), true);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw notOpened(node, e);
                }
                openNoIommuNode(node, noIommuNode);
            }
        }

        private void openNoIommuNode(Path node, Path noIommuNode) throws DeviceException {
            try {
                groupFd = linux.open(noIommuNode.toString(), true);
                noIommu = true;
            } catch (LinuxException e) {
                if (e.errno() == Errno.ENOENT) {
                    throw new DeviceException("%s: there is neither %s nor %s: is it bound to "
                            .formatted(function, node, noIommuNode.getFileName()) + "vfio-pci?", e);
                }
                throw notOpened(noIommuNode, e);
            }
            LOG.warn("{}: NO IOMMU: this device can read and write ALL memory of this machine, the "
                    + "kernel's too; a wrong address in its driver, or a hostile device, crashes "
                    + "the machine or takes it over. For tests only: turn the IOMMU on (firmware: "
                    + "VT-d or AMD-Vi; kernel: intel_iommu=on) and write 0 to /sys/module/vfio/"
                    + "parameters/enable_unsafe_noiommu_mode", function);
        }

        private DeviceException notOpened(Path node, LinuxException e) {
            String cure = switch (e.errno()) {
                case Errno.EBUSY -> "; another process uses the group (fuser -v " + node + ")";
                case Errno.EACCES -> "; may this user open it (ls -l " + node + ")?";
                case Errno.EPERM -> "; without an IOMMU this takes CAP_SYS_RAWIO";
                default -> "";
            };
            return new DeviceException(function + ": " + e.getMessage() + cure, e);
        }

        private void openContainer() throws DeviceException {
            Path node = sysfs.containerNode();
            try {
                containerFd = linux.open(node.toString(), true);
                int version = linux.ioctl("VFIO_GET_API_VERSION", containerFd,
                        VFIO_GET_API_VERSION, 0);
                if (version != VFIO_API_VERSION) {
                    throw new DeviceException("%s: the kernel's vfio has API version %s, not %s"
                            .formatted(function, version, VFIO_API_VERSION));
                }
            } catch (LinuxException e) {
                throw new DeviceException("%s: %s; is the module vfio loaded, and may this user "
                        .formatted(function, e.getMessage()) + "open " + node + "?", e);
            }
        }

        private void requireViable() throws DeviceException {
            ByteBuffer status = VfioUapi.groupStatus();
            try {
                linux.ioctl("VFIO_GROUP_GET_STATUS of IOMMU group %s".formatted(number), groupFd,
                        VFIO_GROUP_GET_STATUS, status);
            } catch (LinuxException e) {
                throw new DeviceException(function + ": " + e.getMessage(), e);
            }
            if ((status.getInt(FLAGS) & VFIO_GROUP_FLAGS_VIABLE) == 0) {
                throw new DeviceException(("%s: its IOMMU group %s is not viable, as others in it "
                        + "do not belong to user space: %s; bind them to vfio-pci, too").formatted(
                        function, number,
                        String.join(", ", sysfs.othersInTheWay(number, function))));
            }
        }

        /** Puts the group into the container and chooses the IOMMU. */
        private void join() throws DeviceException {
            try {
                linux.ioctl("VFIO_GROUP_SET_CONTAINER of IOMMU group %s".formatted(number), groupFd,
                        VFIO_GROUP_SET_CONTAINER, VfioUapi.s32(containerFd));
                linux.ioctl("VFIO_SET_IOMMU of IOMMU group %s".formatted(number), containerFd,
                        VFIO_SET_IOMMU, iommuType());
            } catch (LinuxException e) {
                throw new DeviceException("%s: %s%s".formatted(function, e.getMessage(),
                        e.errno() != Errno.EPERM ? "" : noIommu
                                ? "; without an IOMMU this takes CAP_SYS_RAWIO"
                                : "; the kernel says why (dmesg): an IOMMU without interrupt "
                                + "remapping takes vfio_iommu_type1.allow_unsafe_interrupts=1"), e);
            }
        }

        private int iommuType() throws LinuxException, DeviceException {
            int[] types = noIommu ? new int[] {VFIO_NOIOMMU_IOMMU}
                    : new int[] {VFIO_TYPE1v2_IOMMU, VFIO_TYPE1_IOMMU};
            for (int type : types) {
                if (linux.ioctl("VFIO_CHECK_EXTENSION", containerFd, VFIO_CHECK_EXTENSION, type)
                        > 0) {
                    return type;
                }
            }
            throw new DeviceException("%s: the kernel offers no IOMMU of %s: %s".formatted(function,
                    noIommu ? "the type VFIO_NOIOMMU" : "the types VFIO_TYPE1v2 and VFIO_TYPE1",
                    noIommu ? "is enable_unsafe_noiommu_mode still on?"
                            : "modprobe vfio_iommu_type1"));
        }
    }

    int number() {
        return number;
    }

    /** The memory that the functions of the group can reach. */
    VfioContainer container() {
        return container;
    }

    /** Notes that a further function is in use. */
    void enter() {
        users++;
    }

    /** Notes that a function is no longer in use. Returns whether it was the last. */
    boolean leave() {
        users--;
        return users == 0;
    }

    /**
     * Opens a descriptor of a function, which the caller owns. Any thread, while the group is in
     * use.
     */
    int deviceFd(PciAddress function) throws DeviceException {
        try {
            return linux.ioctl("VFIO_GROUP_GET_DEVICE_FD of IOMMU group %s".formatted(number), fd,
                    VFIO_GROUP_GET_DEVICE_FD, VfioUapi.string(function.toString()));
        } catch (LinuxException e) {
            String cure = switch (e.errno()) {
                case Errno.ENODEV -> "; is it bound to vfio-pci, and still there?";
                case Errno.EACCES -> "; a virtual function and its physical function cannot both "
                        + "be bound to vfio-pci: bind the physical one to the kernel's driver";
                case Errno.EBUSY -> "; another process uses it";
                default -> "";
            };
            throw new DeviceException(function + ": " + e.getMessage() + cure, e);
        }
    }

    /**
     * Closes the group, then the container, which the group keeps in use. No function of it is
     * open.
     */
    void close() {
        linux.close(fd);
        container.close();
    }
}
