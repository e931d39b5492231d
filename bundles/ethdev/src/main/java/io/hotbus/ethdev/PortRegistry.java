// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.Lease;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.osgi.annotation.versioning.ProviderType;

/** The ports of the process. A service. Any control thread. */
@ProviderType
public interface PortRegistry {
    /** The lowest number of a port that is {@linkplain #claim claimed}. */
    int FIRST_CLAIMED = 1000;

    /** All ports, by id. */
    List<Port> ports();

    /** The port of that id, if there is one now. */
    Optional<Port> port(int id);

    /** The port of the device of that name. */
    Optional<Port> port(String name);

    /** For drivers, in probe: publishes {@code dev} as a port of {@code device}; raises NEW. */
    Port add(Device device, EthDev dev);

    /**
     * Keeps a number for the device of that name, as if its port had had it before: devices that
     * have no number yet get others. Does nothing where a port has the number already.
     *
     * @param id from 0 to {@value #FIRST_CLAIMED} - 1
     * @return closing it frees the number, unless a port has it
     */
    Lease keepNumber(int id, String device);

    /**
     * Makes {@code owner} the owner of each port that is added from now on and is {@code wanted},
     * before anyone is told of the port. For drivers whose ports are built on other ports. Such a
     * port gets a number of {@value #FIRST_CLAIMED} or more, which leaves the low numbers to the
     * ports that applications use. Of several claims the first counts.
     *
     * @param wanted called in {@link #add}; must not wait
     * @return closing it ends the claim; the ports keep their owner
     */
    Lease claim(String owner, BiPredicate<Device, EthDevInfo> wanted);

    /**
     * Does the same for ports that nobody claims by {@link #claim}, each for an owner of its own.
     *
     * @param owner called in {@link #add}: the owner of this port, or empty; must not wait
     * @return closing it ends the claim; the ports keep their owner
     */
    Lease claimRest(BiFunction<Device, EthDevInfo, Optional<String>> owner);

    /**
     * For drivers, in remove: asks every {@link PortUser} to release the port, stops it, lets each
     * user take back what was not sent, closes the port and removes it; raises DESTROY. Idempotent.
     */
    void remove(Port port);

    /**
     * For drivers: reports that the link went up or down; raises INTR_LSC. Any thread but an lcore.
     */
    void linkChanged(Port port);

    /**
     * For drivers: reports that the device of a started port has lost its settings; raises
     * INTR_RESET. Any thread but an lcore.
     */
    void resetNeeded(Port port);
}
