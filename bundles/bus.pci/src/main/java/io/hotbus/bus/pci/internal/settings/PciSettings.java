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
import io.hotbus.eal.config.SettingsCheck;
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
 * The settings of the operator. A changed limit applies at the next read. The two roots stay as
 * they were when the bus started, so that a change does not take its devices away. Any thread.
 */
@Component(service = {PciSettings.class, SettingsCheck.class},
        configurationPid = PciSettings.PID)
@Designate(ocd = PciConfiguration.class)
public final class PciSettings implements SettingsCheck {
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

    /** Reads the settings. If one is wrong, that is logged and the defaults apply. */
    @Activate
    public PciSettings(Map<String, Object> properties) {
        read(properties);
        sysfs = values.sysfs();
        dev = values.dev();
    }

    /** Reads changed settings. If one is wrong, that is logged and all stay as they were. */
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

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public void check(Map<String, ?> properties) throws SettingException {
        Settings.read(PID, properties, Values::of);
    }

    /** Where sysfs is mounted. */
    public Path sysfs() {
        return sysfs;
    }

    /** Where the device nodes are. */
    public Path dev() {
        return dev;
    }

    /** How long a newly plugged function may take until it can be used. */
    public Duration arrivalLimit() {
        return values.arrival();
    }

    /** How long a call may wait for the kernel's lock of a device. */
    public Duration kernelLimit() {
        return values.kernel();
    }

    /** The time between two looks at the attached and the lost functions. */
    public Duration reconcilePeriod() {
        return values.reconcile();
    }

    /** How long the memory of a function may be off before the function counts as removed. */
    public Duration faultLimit() {
        return values.fault();
    }
}
