// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

import com.example.bus.acme.AcmeDevice;
import com.example.bus.acme.AcmeDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.thread.InterruptThread;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives cards of model "beat", {@code acme0[,period_ms=10]}. Once per period it reads the register
 * BEAT, adds one and writes the register back. When the card is pulled out, this access raises
 * SIGBUS, and so the removal is noticed.
 *
 * <p>The driver could live in its own bundle, which would import only {@code com.example.bus.acme}.
 */
@Component
@ProvidesDriver(AcmeBeatDriver.NAME)
@RequireBus(AcmeDevice.BUS)
public final class AcmeBeatDriver implements AcmeDriver {
    static final String NAME = "acme_beat";

    private static final Logger LOG = LoggerFactory.getLogger(AcmeBeatDriver.class);
    /** Shown in the log. Change it, build, and drop the jar again to see the driver replaced. */
    private static final String EDITION = "first edition";

    private final InterruptThread interrupts;
    private final Map<AcmeDevice, Beating> attached = new ConcurrentHashMap<>();

    @Activate
    public AcmeBeatDriver(@Reference InterruptThread interrupts) {
        this.interrupts = interrupts;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String model() {
        return AcmeCard.MODEL;
    }

    @Override
    public void probe(AcmeDevice device) throws DeviceException {
        device.devargs().allowOnly(Set.of("period_ms"));
        int period = device.devargs().getInt("period_ms", 10, 1, 1000);
        Mmio registers = device.registers();
        int id = registers.read32(AcmeRegs.ID);
        if (id == AcmeRegs.GONE) {
            throw new DeviceException(device + ": its registers read all-ones: it was pulled out");
        }
        if (id != AcmeRegs.ID_VALUE) {
            throw new DeviceException(
                    "%s: ID reads %#x: is this a card of model beat?".formatted(device, id));
        }
        LOG.info("{}: card {}, driver {}", device, registers.read32(AcmeRegs.SERIAL), EDITION);
        attached.put(device,
                new Beating(device, interrupts, Duration.ofMillis(period)));
    }

    @Override
    public void remove(AcmeDevice device) {
        Beating beating = attached.remove(device);
        if (beating != null) {
            beating.stop();
            LOG.info("{}: {} beats, driver {}", device, beating.beats, EDITION);
        }
    }

    /** The periodic access to one card. */
    private static final class Beating {
        private final AcmeDevice device;
        private final Lease lease;
        private volatile int beats;
        private boolean gone;

        Beating(AcmeDevice device, InterruptThread interrupts, Duration period) {
            this.device = device;
            this.lease = interrupts.every(period, this::beat);
        }

        /**
         * Increments BEAT. Runs on the thread {@code interrupt}. When the card is gone, the read
         * raises SIGBUS, the handler replaces the registers with a page of all-ones, and the CPU
         * repeats the read. The read neither throws nor hangs; it returns all-ones, and the driver
         * only needs to check for that value. The platform tells the bus of the removal.
         *
         * <p>Not every removal raises SIGBUS. If the hardware may just answer all-ones, the driver
         * reports this itself: {@code hotUnplug.report(device, RemovalCause.ALL_ONES)}, a service.
         */
        private void beat() {
            int beat = device.registers().read32(AcmeRegs.BEAT);
            if (beat != AcmeRegs.GONE) {
                device.registers().write32(AcmeRegs.BEAT, beat + 1);
                beats = beat + 1;
            } else if (!gone) {
                gone = true;
                LOG.warn("{}: reads all-ones after {} beats, noticed by driver {}", device, beats,
                        EDITION);
            }
        }

        /** Ends {@link #beat}: when this returns, it never runs again, and BAR0 may be unmapped. */
        void stop() {
            lease.close();
        }
    }
}
