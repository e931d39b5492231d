// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.Uevent;
import java.util.Optional;

/**
 * What a uevent says of a PCI function.
 *
 * @param address  the function
 * @param devpath  its own, or that of its UIO device
 * @param sequence the kernel's number of it; negative where it gave none
 */
record PciUevent(Kind kind, PciAddress address, String devpath, long sequence) {
    /** What has happened. */
    enum Kind {
        /** The function is there. */
        ADDED,
        /** The function went. */
        REMOVED,
        /** A kernel driver took it. */
        BOUND,
        /** Its kernel driver let go of it. */
        UNBOUND,
        /** Its UIO device went: the first thing igb_uio and uio_pci_generic do on a removal. */
        UIO_REMOVED
    }

    /** Empty for any other uevent, and for a uevent without a change. */
    static Optional<PciUevent> of(Uevent uevent) {
        if (uevent.synthetic()) {
            return Optional.empty();
        }
        return switch (uevent.subsystem()) {
            case "pci" -> switch (uevent.action()) {
                case "add" -> ofFunction(Kind.ADDED, uevent);
                case "remove" -> ofFunction(Kind.REMOVED, uevent);
                case "bind" -> ofFunction(Kind.BOUND, uevent);
                case "unbind" -> ofFunction(Kind.UNBOUND, uevent);
                default -> Optional.empty();
            };
            case "uio" -> uevent.action().equals("remove") ? ofUio(uevent) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<PciUevent> ofFunction(Kind kind, Uevent uevent) {
        return PciAddress.parse(uevent.get("PCI_SLOT_NAME").orElseGet(uevent::kernelName))
                .map(address -> of(kind, address, uevent));
    }

    /** It names the function in its devpath alone: {@code .../0000:01:00.0/uio/uio0}. */
    private static Optional<PciUevent> ofUio(Uevent uevent) {
        String[] path = uevent.devpath().split("/");
        for (int i = path.length - 1; i >= 0; i--) {
            Optional<PciAddress> address = PciAddress.parse(path[i]);
            if (address.isPresent()) {
                return address.map(a -> of(Kind.UIO_REMOVED, a, uevent));
            }
        }
        return Optional.empty();
    }

    private static PciUevent of(Kind kind, PciAddress address, Uevent uevent) {
        return new PciUevent(kind, address, uevent.devpath(), uevent.sequence());
    }
}
