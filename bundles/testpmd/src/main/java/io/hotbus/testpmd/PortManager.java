// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Attaches devices, sets up their ports for forwarding, and takes them down again. A service. Any
 * control thread; steps on ports are serialised. A port is also set up if another component
 * attaches its device.
 */
@ProviderType
public interface PortManager {
    /**
     * Attaches the device and sets its port up: configures it and, unless the command line says
     * otherwise, starts it and forwards on it.
     *
     * @throws DeviceException a step failed, which the message names; the device is then not
     *     attached
     */
    Port attach(Devargs devargs) throws DeviceException;

    /** Does {@link #attach}, but also accepts a device without a port, which it only attaches. */
    Device attachDevice(Devargs devargs) throws DeviceException;

    /**
     * Starts the port and forwards on it.
     *
     * @throws DeviceException it does not start
     */
    void start(Port port) throws DeviceException;

    /**
     * Removes the port from forwarding and stops it.
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

    /** Does {@link #stop}, then closes the port for good. */
    void close(Port port) throws DeviceException;

    /** Does {@link #close}, then detaches the device. Idempotent; the device may be gone. */
    void detach(Port port) throws DeviceException;
}
