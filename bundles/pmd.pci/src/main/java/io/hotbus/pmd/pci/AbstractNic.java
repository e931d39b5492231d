// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.LiveSetup;
import io.hotbus.pmd.RegisterCounters;
import io.hotbus.pmd.eth.AbstractEthDev;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A NIC on PCI as an {@code EthDev}: stops its accesses to memory, whatever its state, and is
 * checked while its driver has it.
 *
 * <p>A start ends with {@code setup().begin(...)}. From then on the checks compare the device with
 * that setup. Control threads, unless a method says otherwise.
 *
 * @param <R> the receive queues of the driver
 * @param <T> the transmit queues of the driver
 */
@ConsumerType
public abstract class AbstractNic<R extends RxQueue, T extends TxQueue>
        extends AbstractEthDev<R, T> {
    private static final Logger LOG = LoggerFactory.getLogger(AbstractNic.class);

    private final NicPresence presence;
    private final PciDevice device;
    private final LiveSetup<NicSetup> setup = new LiveSetup<>();

    /** Creates the device, which has been reset and answers. See {@link AbstractEthDev}. */
    protected AbstractNic(NicPresence presence, EthDevInfo info, RegisterCounters registers) {
        super(info, registers);
        this.presence = presence;
        this.device = presence.device();
    }

    /** Creates a device that has no statistics registers. */
    protected AbstractNic(NicPresence presence, EthDevInfo info) {
        this(presence, info, RegisterCounters.none());
    }

    /** The name of the model, for the operator: {@code 82574}. */
    protected abstract String model();

    /**
     * Makes the device, started or not, access no memory until its next start. It answers at the
     * beginning, and may be gone at each further step.
     *
     * @return why it may still access memory: its bus mastering is turned off then
     */
    protected abstract Optional<String> quiesce();

    /**
     * Lets the device raise its interrupt, now and after each start. Called once, by the probe, and
     * only if the bus passes the interrupt on.
     */
    protected abstract void beginInterrupts();

    /**
     * Handles an interrupt. Thread {@code interrupt}.
     *
     * @return whether the state of the device may have changed, so that it has to be checked
     */
    protected abstract boolean interrupted();

    /** Lets the device raise no interrupt. The device answers. */
    protected abstract void endInterrupts();

    /**
     * Looks for news that users of the port are told as a change of the link. The device answers.
     * Thread {@code interrupt}.
     *
     * @return the news, for messages
     */
    protected Optional<String> news() {
        return Optional.empty();
    }

    /** The setup of the device while it is started. Any thread. */
    protected final LiveSetup<NicSetup> setup() {
        return setup;
    }

    final NicPresence presence() {
        return presence;
    }

    /** The state of the link, also after the port was closed. Thread {@code interrupt}. */
    final Link linkNow() {
        return readLink();
    }

    @Override
    protected void stopDevice() {
        setup.end();
        if (device.isGone()) {
            return;
        }
        if (presence.isSilent()) {
            busMasterOff();
            return;
        }
        Optional<String> restless = quiesce();
        if (restless.isPresent()) {
            boolean silent = presence.isSilent();
            busMasterOff();
            if (!silent) {
                LOG.warn("{}: {}: bus mastering is turned off", device, restless.get());
            }
        }
    }

    @Override
    protected void closeDevice() {
        busMasterOff();
    }

    /** Ends requests to memory. Fails only if the device is gone, and then it makes no requests. */
    private void busMasterOff() {
        try {
            device.setBusMaster(false);
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
        }
    }
}
