// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.core.plugin.PlugIn;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceFilter;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.config.SettingsCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's lists of allowed and blocked devices. The bus interprets the name in an entry, so
 * any spelling that the bus accepts is right; {@code *} means all devices. Any thread.
 */
@Component(service = {DeviceFilter.class, DeviceLists.class, SettingsCheck.class},
        configurationPid = DeviceLists.PID)
@Designate(ocd = DeviceListsConfiguration.class)
public final class DeviceLists implements DeviceFilter, SettingsCheck {
    /** Where Configuration Admin keeps them. */
    public static final String PID = "io.hotbus.devices";
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLists.class);
    private static final String ALLOW = "allow";
    private static final String BLOCK = "block";
    private static final String ALL = "*";

    /** @param flaw what is wrong with the lists, where no earlier lists exist to keep */
    private record Lists(List<Devargs> allow, List<Devargs> block, Optional<String> flaw) {
        static final Lists NONE = new Lists(List.of(), List.of(), Optional.empty());

        static Lists of(Settings settings) throws SettingException {
            Lists lists = new Lists(
                    settings.devargs(ALLOW), settings.devargs(BLOCK), Optional.empty());
            for (Devargs blocked : lists.block()) {
                if (!blocked.args().isEmpty()) {
                    throw new SettingException(PID, BLOCK, blocked.toString(),
                            "a name without arguments is needed");
                }
            }
            return lists;
        }

        static Lists flawed(String flaw) {
            return new Lists(List.of(), List.of(), Optional.of(flaw));
        }
    }

    private final Buses buses;
    private volatile Lists lists = Lists.NONE;

    /** Creates empty lists; {@link #modified} fills them. */
    public DeviceLists(Buses buses) {
        this(buses, Map.of());
    }

    /**
     * Reads the lists. If they are wrong, that is logged and no device is allowed until it is
     * corrected.
     */
    @Activate
    public DeviceLists(@Reference Buses buses, Map<String, Object> properties) {
        this.buses = buses;
        try {
            read(properties);
        } catch (SettingException e) {
            refuseAll(e);
        }
    }

    /** Reads changed lists. If they are wrong, that is logged and both lists stay as they were. */
    @Modified
    public void modified(Map<String, Object> properties) {
        try {
            read(properties);
        } catch (SettingException e) {
            if (lists.flaw().isPresent()) {
                refuseAll(e);
            } else {
                LOG.error("{} (both lists stay as they were)", e.getMessage());
            }
        }
    }

    private void read(Map<String, Object> properties) throws SettingException {
        Lists before = lists;
        lists = Settings.read(PID, properties, Lists::of);
        if (!lists.equals(before)) {
            LOG.info("{}: devices allowed: {}; blocked: {}", PID,
                    lists.allow().isEmpty() ? "all others" : lists.allow(),
                    lists.block().isEmpty() ? "none" : lists.block());
        }
    }

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public void check(Map<String, ?> properties) throws SettingException {
        Settings.read(PID, properties, Lists::of);
    }

    /** Allows no device: a typing error must not make a blocked device available. */
    private void refuseAll(SettingException flaw) {
        lists = Lists.flawed(flaw.getMessage());
        LOG.error("{} (no device is allowed until that is corrected)", flaw.getMessage());
    }

    @Override
    public boolean allows(String bus, String device) {
        return obstacle(lists, bus, device).isEmpty();
    }

    @Override
    public void requireAllowed(String bus, String device) throws DeviceException {
        Optional<String> obstacle = obstacle(lists, bus, device);
        if (obstacle.isPresent()) {
            throw new DeviceException(device + ": " + obstacle.get());
        }
    }

    private Optional<String> obstacle(Lists now, String bus, String device) {
        if (now.flaw().isPresent()) {
            return Optional.of("no device is allowed: " + now.flaw().get());
        }
        if (entry(now.block(), bus, device).isPresent()) {
            return Optional.of("is blocked (%s of %s)".formatted(BLOCK, PID));
        }
        return now.allow().isEmpty() || entry(now.allow(), bus, device).isPresent()
                ? Optional.empty()
                : Optional.of("is not among those allowed (%s of %s)".formatted(ALLOW, PID));
    }

    /**
     * Returns the devargs that {@code bus} shall attach. {@code bus} claims {@code devargs}; if
     * these have no arguments, the arguments of the list apply.
     *
     * @throws DeviceException the device may not be used; the message names the list
     */
    Devargs permit(Bus bus, Devargs devargs) throws DeviceException {
        String device = bus.nameOf(devargs);
        requireAllowed(bus.name(), device);
        return devargs.args().isEmpty() ? entry(lists.allow(), bus.name(), device)
                .map(entry -> new Devargs(devargs.bus(), devargs.name(), entry.args()))
                .orElse(devargs) : devargs;
    }

    /** The first entry of the list that matches the device. */
    private Optional<Devargs> entry(List<Devargs> list, String bus, String device) {
        return list.stream().filter(entry -> entry.bus().orElse(bus).equals(bus)
                && (entry.name().equals(ALL) || entry.name().equals(device)
                        || nameOf(entry, bus).equals(device))).findFirst();
    }

    /** The name of the device as its bus spells it, if the bus is there now. */
    private String nameOf(Devargs entry, String bus) {
        for (PlugIn<Bus> there : buses.all()) {
            Optional<String> name = there.call(
                    b -> b.name().equals(bus) ? b.nameOf(entry) : null);
            if (name.isPresent()) {
                return name.get();
            }
        }
        return entry.name();
    }
}
