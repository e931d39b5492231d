// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.settings;

import static io.hotbus.bus.pci.internal.settings.PciConfiguration.ARRIVAL_LIMIT_MILLIS;
import static io.hotbus.bus.pci.internal.settings.PciConfiguration.DEV;
import static io.hotbus.bus.pci.internal.settings.PciConfiguration.FAULT_LIMIT_MILLIS;
import static io.hotbus.bus.pci.internal.settings.PciConfiguration.KERNEL_LIMIT_MILLIS;
import static io.hotbus.bus.pci.internal.settings.PciConfiguration.RECONCILE_PERIOD_MILLIS;
import static io.hotbus.bus.pci.internal.settings.PciConfiguration.SYSFS;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator has set. The limits that apply now are asked for each time; the two roots stay
 * what they were when the bus started, so that no change takes its devices away. Any thread.
 */
@Component(service = PciSettings.class, configurationPid = PciSettings.PID)
@Designate(ocd = PciConfiguration.class)
public final class PciSettings {
    static final String PID = "io.hotbus.bus.pci";
    private static final Logger LOG = LoggerFactory.getLogger(PciSettings.class);
    /** An hour, ms. */
    private static final int LONGEST = 3_600_000;

    private record Values(
            Path sysfs, Path dev, Duration arrival, Duration kernel, Duration fault,
            Duration reconcile) {
        static Values of(Settings settings) throws SettingException {
            return new Values(settings.path("sysfs", SYSFS), settings.path("dev", DEV),
                    settings.millis("arrival.limit.ms", ARRIVAL_LIMIT_MILLIS, 0, LONGEST),
                    settings.millis("kernel.limit.ms", KERNEL_LIMIT_MILLIS, 10, LONGEST),
                    settings.millis("fault.limit.ms", FAULT_LIMIT_MILLIS, 0, LONGEST),
                    settings.millis("reconcile.period.ms", RECONCILE_PERIOD_MILLIS, 100, LONGEST));
        }

        static Values defaults() {
            return new Values(Path.of(SYSFS), Path.of(DEV),
                    Duration.ofMillis(ARRIVAL_LIMIT_MILLIS), Duration.ofMillis(KERNEL_LIMIT_MILLIS),
                    Duration.ofMillis(FAULT_LIMIT_MILLIS),
                    Duration.ofMillis(RECONCILE_PERIOD_MILLIS));
        }
    }

    private final Path sysfs;
    private final Path dev;
    private volatile Values values = Values.defaults();

    /** What is wrong is logged, and the defaults apply. */
    @Activate
    public PciSettings(Map<String, Object> properties) {
        read(properties);
        sysfs = values.sysfs();
        dev = values.dev();
    }

    /** What is wrong is logged, and all stays as it was. */
    @Modified
    void modified(Map<String, Object> properties) {
        read(properties);
        if (!values.sysfs().equals(sysfs) || !values.dev().equals(dev)) {
            LOG.warn("{}: sysfs and dev stay {} and {} until the bundle is started again",
                    PID, sysfs, dev);
        }
    }

    private void read(Map<String, Object> properties) {
        try {
            Values next = Settings.read(PID, properties, Values::of);
            if (!next.equals(values)) {
                values = next;
                LOG.info("{}: {}", PID, next);
            }
        } catch (SettingException e) {
            LOG.error("{} (all of {} stays as it was)", e.getMessage(), PID);
        }
    }

    /** Where sysfs is mounted. */
    public Path sysfs() {
        return sysfs;
    }

    /** Where the device nodes are. */
    public Path dev() {
        return dev;
    }

    /** How long a function that has just been plugged in may take until it can be used. */
    public Duration arrivalLimit() {
        return values.arrival();
    }

    /** How long the kernel may keep a call waiting that needs the lock of a device. */
    public Duration kernelLimit() {
        return values.kernel();
    }

    /** How long it is between two looks at what is attached, and at what was. */
    public Duration reconcilePeriod() {
        return values.reconcile();
    }

    /** How long the memory of a function may be off until it counts as removed. */
    public Duration faultLimit() {
        return values.fault();
    }
}
