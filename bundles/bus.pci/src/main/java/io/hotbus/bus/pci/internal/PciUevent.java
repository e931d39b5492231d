// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.Uevent;
import java.util.Optional;

/**
 * A uevent about a PCI function.
 *
 * @param address  the function
 * @param devpath  the path of the function, or of its UIO or vfio device
 * @param sequence the kernel's sequence number; negative if there is none
 */
record PciUevent(Kind kind, PciAddress address, String devpath, long sequence) {
    /** The kind of event. */
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
        UIO_REMOVED,
        /**
         * Its vfio device went. Linux 6.12 sends this as soon as the function is to be removed,
         * Linux 6.1 when the function is closed.
         */
        VFIO_REMOVED
    }

    /** Parses a uevent; empty for a uevent of another kind and for a synthetic one. */
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
            case "uio" -> ofChild(Kind.UIO_REMOVED, uevent);
            case "vfio-dev" -> ofChild(Kind.VFIO_REMOVED, uevent);
            default -> Optional.empty();
        };
    }

    private static Optional<PciUevent> ofFunction(Kind kind, Uevent uevent) {
        return of(kind, PciAddress.parse(uevent.get("PCI_SLOT_NAME").orElse(uevent.kernelName())),
                uevent);
    }

    /**
     * Parses the removal of a child. It names the function only in its devpath: {@code
     * .../0000:01:00.0/uio/uio0}.
     */
    private static Optional<PciUevent> ofChild(Kind kind, Uevent uevent) {
        if (!uevent.action().equals("remove")) {
            return Optional.empty();
        }
        String[] path = uevent.devpath().split("/");
        for (int i = path.length - 1; i >= 0; i--) {
            Optional<PciAddress> address = PciAddress.parse(path[i]);
            if (address.isPresent()) {
                return of(kind, address, uevent);
            }
        }
        return Optional.empty();
    }

    private static Optional<PciUevent> of(Kind kind, Optional<PciAddress> address,
            Uevent uevent) {
        return address.isEmpty() ? Optional.empty() : Optional.of(new PciUevent(
                kind, address.get(), uevent.devpath(), uevent.sequence()));
    }
}
