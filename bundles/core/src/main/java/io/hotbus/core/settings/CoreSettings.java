// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.settings;

import static io.hotbus.core.settings.CoreConfiguration.HANDLER_WAIT_MILLIS;
import static io.hotbus.core.settings.CoreConfiguration.HUGEPAGES;
import static io.hotbus.core.settings.CoreConfiguration.LISTENER_BACKLOG;
import static io.hotbus.core.settings.CoreConfiguration.LISTENER_DEADLINE_MILLIS;
import static io.hotbus.core.settings.CoreConfiguration.SERVICE_DRAIN_MILLIS;
import static io.hotbus.core.settings.CoreConfiguration.SHARED_MEMORY;
import static io.hotbus.core.settings.CoreConfiguration.UEVENT_BUFFER_KIB;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.config.SettingsCheck;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that apply now. Read a setting each time it is needed: a change then takes effect
 * without a restart. Any thread.
 */
@Component(service = {CoreSettings.class, SettingsCheck.class},
        configurationPid = CoreSettings.PID)
@Designate(ocd = CoreConfiguration.class)
public final class CoreSettings implements SettingsCheck {
    /** The PID of these settings in Configuration Admin. */
    public static final String PID = "io.hotbus.core";
    private static final Logger LOG = LoggerFactory.getLogger(CoreSettings.class);

    /** An hour, ms. */
    private static final int LONGEST = 3_600_000;

    /** The values; {@link CoreConfiguration} describes them. */
    private record Values(Duration handlerWait, Duration serviceDrain, Duration listenerDeadline,
            int listenerBacklog, int ueventBuffer, boolean hugepages,
            boolean sharedMemory) {
        static final Values DEFAULTS = new Values(Duration.ofMillis(HANDLER_WAIT_MILLIS),
                Duration.ofMillis(SERVICE_DRAIN_MILLIS),
                Duration.ofMillis(LISTENER_DEADLINE_MILLIS), LISTENER_BACKLOG,
                UEVENT_BUFFER_KIB << 10, HUGEPAGES, SHARED_MEMORY);

        static Values of(Settings settings) throws SettingException {
            return new Values(
                    settings.millis("handler.wait.ms", HANDLER_WAIT_MILLIS, 0, LONGEST),
                    settings.millis("service.drain.ms", SERVICE_DRAIN_MILLIS, 10, LONGEST),
                    settings.millis("listener.deadline.ms", LISTENER_DEADLINE_MILLIS, 10, LONGEST),
                    settings.number("listener.backlog", LISTENER_BACKLOG, 1, 1_000_000),
                    settings.number("uevent.buffer.kib", UEVENT_BUFFER_KIB, 64, 1 << 20) << 10,
                    settings.flag("hugepages", HUGEPAGES),
                    settings.flag("shared.memory", SHARED_MEMORY));
        }
    }

    private volatile Values values = Values.DEFAULTS;

    /** Starts with the defaults. */
    public CoreSettings() {
    }

    /** Reads the settings. If one is wrong, that is logged and the defaults apply. */
    @Activate
    public CoreSettings(Map<String, Object> properties) {
        modified(properties);
    }

    /** Reads changed settings. If one is wrong, that is logged and all stay as they were. */
    @Modified
    public void modified(Map<String, Object> properties) {
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

    /** How long a removal waits for the handler of its bus. */
    public Duration handlerWait() {
        return values.handlerWait();
    }

    /** How long the removal of a service waits for the calls inside it. */
    public Duration serviceDrain() {
        return values.serviceDrain();
    }

    /** How long a task may take on {@code control}. */
    public Duration listenerDeadline() {
        return values.listenerDeadline();
    }

    /** How many tasks wait behind a task that hangs. */
    public int listenerBacklog() {
        return values.listenerBacklog();
    }

    /** How many bytes of uevents the kernel may queue. */
    public int ueventBuffer() {
        return values.ueventBuffer();
    }

    /** Whether hugepages are used. */
    public boolean hugepages() {
        return values.hugepages();
    }

    /** Whether other processes can map memory that is not from hugepages, too. */
    public boolean sharedMemory() {
        return values.sharedMemory();
    }
}
