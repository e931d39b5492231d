// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes ports from their devargs to forwarding, and back. A service. Any control thread; steps on
 * ports are serialised. A port whose device anyone else attaches is set up all the same.
 */
@ProviderType
public interface PortManager {
    /**
     * Attaches the device and sets its port up: configured, and unless the command line said
     * otherwise started and forwarded on.
     *
     * @throws DeviceException naming the step that failed; the device is then not attached
     */
    Port attach(Devargs devargs) throws DeviceException;

    /** As {@link #attach}, but a device that has no port is attached, too, and that is all. */
    Device attachDevice(Devargs devargs) throws DeviceException;

    /** Starts the port and forwards on it. @throws DeviceException it does not start */
    void start(Port port) throws DeviceException;

    /**
     * Forwards on the port no longer, and stops it.
     *
     * @throws DeviceException an lcore did not leave it in time; then it is not stopped
     */
    void stop(Port port) throws DeviceException;

    /**
     * Stops and starts a started port, with the settings it has: sets its device up again from
     * whatever state it is in. Does nothing where the port is not started.
     *
     * @throws DeviceException it does not start again; it is stopped
     */
    void reset(Port port) throws DeviceException;

    /** As {@link #stop}, then closes it for good. */
    void close(Port port) throws DeviceException;

    /** As {@link #close}, then detaches its device. Idempotent; the device may be gone. */
    void detach(Port port) throws DeviceException;
}
