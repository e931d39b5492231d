// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.EthDevInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** Who wants to own ports that are still to come. Any thread. */
final class Claims {
    @FunctionalInterface
    private interface Claim {
        /** The owner of a new port, if this claim is for it. */
        Optional<String> owner(Device device, EthDevInfo info);
    }

    private final List<Claim> first = new CopyOnWriteArrayList<>();
    /** Asked where none of the first wants the port. */
    private final List<Claim> rest = new CopyOnWriteArrayList<>();

    /** The owner of the new port of a device, if somebody wants it. */
    Optional<String> owner(Device device, EthDevInfo info) {
        return Stream.concat(first.stream(), rest.stream())
                .flatMap(claim -> claim.owner(device, info).stream()).findFirst();
    }

    /** Claims, until the lease is closed, the ports that are wanted. */
    Lease add(String owner, BiPredicate<Device, EthDevInfo> wanted) {
        return add((device, info) -> wanted.test(device, info) ? Optional.of(owner)
                : Optional.empty(), first);
    }

    /** Claims, until the lease is closed, what {@link #add} left. */
    Lease addForRest(BiFunction<Device, EthDevInfo, Optional<String>> owner) {
        return add(owner::apply, rest);
    }

    private static Lease add(Claim claim, List<Claim> to) {
        to.add(claim);
        return () -> to.removeIf(one -> one == claim);
    }
}
