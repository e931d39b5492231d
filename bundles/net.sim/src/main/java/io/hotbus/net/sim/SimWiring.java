// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import java.util.Optional;

/**
 * Applies the rules of wiring: a wire has two ends, and a NIC has one socket. Only one end needs to
 * name the other, and the ends may appear in any order.
 */
final class SimWiring {
    private SimWiring() {
    }

    /**
     * The NIC in {@code others}, all with power on, that {@code name} must be wired to; empty if
     * the other end is not present, or there is no wire.
     *
     * @throws DeviceException this end or the other end is already in use
     */
    static Optional<SimNic> peerOf(String name, SimArgs args, List<SimNic> others)
            throws DeviceException {
        for (SimNic other : others) {
            boolean wantsUs = other.args().peer().filter(name::equals).isPresent();
            boolean wanted = args.peer().filter(other.name()::equals).isPresent();
            if (wantsUs && !wanted && args.peer().isPresent()) {
                throw new DeviceException("%s: peer=%s, but %s has peer=%s"
                        .formatted(name, args.peer().get(), other.name(), name));
            }
            if (wantsUs && args.loopback()) {
                throw new DeviceException("%s: loopback=1, but %s has peer=%s"
                        .formatted(name, other.name(), name));
            }
            if (wanted) {
                checkFree(name, other);
            }
            if (!wantsUs && !wanted && args.peer().isPresent()
                    && args.peer().equals(other.args().peer())) {
                throw new DeviceException("%s: peer=%s, but that is the peer of %s"
                        .formatted(name, args.peer().get(), other.name()));
            }
        }
        return others.stream().filter(other -> args.peer().filter(other.name()::equals).isPresent()
                || other.args().peer().filter(name::equals).isPresent()).findFirst();
    }

    private static void checkFree(String name, SimNic other) throws DeviceException {
        if (other.args().loopback()) {
            throw new DeviceException("%s: peer=%s, but that has loopback=1"
                    .formatted(name, other.name()));
        }
        Optional<String> theirs = other.args().peer();
        if (theirs.isPresent() && !theirs.get().equals(name)) {
            throw new DeviceException("%s: peer=%s, but that has peer=%s"
                    .formatted(name, other.name(), theirs.get()));
        }
    }
}
