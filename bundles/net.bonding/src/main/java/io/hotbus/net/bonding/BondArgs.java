// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.members.MemberSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param mode       {@code mode=}: a number or a name
 * @param members    {@code member=}, until DPDK 23.11 {@code slave=}: names of devices
 * @param primary    {@code primary=}: the member that mode 1 prefers
 * @param mac        {@code mac=}: the address of the port; by default that of the first member that
 *     is there
 * @param policy     {@code xmit_policy=l2|l23|l34}
 * @param aggMode    {@code agg_mode=stable|bandwidth|count}
 * @param fast       {@code lacp_rate=slow|fast}: whether partners shall send each second
 * @param poll       {@code lsc_poll_period_ms=}: how often links are looked at
 * @param upDelay    {@code up_delay=}: for how long a link must be up before it counts, in ms
 * @param downDelay  {@code down_delay=}: the same for a link that is down
 */
record BondArgs(BondMode mode, List<String> members, Optional<String> primary,
        Optional<MacAddress> mac, XmitPolicy policy, AggMode aggMode, boolean fast, Duration poll,
        int upDelay, int downDelay) {
    private static final int MAX_MEMBERS = 32;
    private static final int DEFAULT_POLL_MILLIS = 10;
    private static final int MAX_MILLIS = 3_600_000;

    static BondArgs parse(Devargs devargs) throws DeviceException {
        Set<String> repeatable = Set.of("member", "slave");
        devargs.allowOnly(Set.of("mode", "member", "slave", "primary", "mac", "xmit_policy",
                "agg_mode", "lacp_rate", "lsc_poll_period_ms", "up_delay", "down_delay"),
                repeatable);
        String mode = devargs.get("mode", null);
        if (mode == null) {
            throw new DeviceException(
                    devargs.name() + ": mode= is missing: " + BondMode.all() + " is needed");
        }
        Optional<String> primary = Optional.ofNullable(devargs.get("primary", null));
        List<String> members = members(devargs);
        if (primary.isPresent() && !members.contains(primary.get())) {
            throw new DeviceException("%s: primary=%s: is none of the members %s"
                    .formatted(devargs.name(), primary.get(), members));
        }
        return new BondArgs(BondMode.of(mode).orElseThrow(() -> new DeviceException(
                "%s: mode=%s: %s is needed".formatted(devargs.name(), mode, BondMode.all()))),
                members, primary,
                mac(devargs), one(devargs, "xmit_policy", XmitPolicy.L2),
                one(devargs, "agg_mode", AggMode.STABLE),
                one(devargs, "lacp_rate", Rate.SLOW) == Rate.FAST,
                Duration.ofMillis(millis(devargs, "lsc_poll_period_ms", DEFAULT_POLL_MILLIS, 1)),
                millis(devargs, "up_delay", 0, 0), millis(devargs, "down_delay", 0, 0));
    }

    private enum Rate { SLOW, FAST }

    private static List<String> members(Devargs devargs) throws DeviceException {
        List<String> names = new ArrayList<>(devargs.all("member"));
        names.addAll(devargs.all("slave"));
        if (new LinkedHashSet<>(names).size() < names.size()) {
            throw new DeviceException(devargs.name() + ": a member is given twice: " + names);
        }
        if (names.size() > MAX_MEMBERS) {
            throw new DeviceException("%s: %s members: at most %s are possible"
                    .formatted(devargs.name(), names.size(), MAX_MEMBERS));
        }
        for (String name : names) {
            named(devargs.name(), name);
        }
        return List.copyOf(names);
    }

    /**
     * The members that are given.
     *
     * @param bond the name of the device
     * @throws DeviceException one has no possible name
     */
    List<MemberSource> sources(String bond) throws DeviceException {
        List<MemberSource> sources = new ArrayList<>();
        for (String member : members) {
            sources.add(named(bond, member));
        }
        return sources;
    }

    /**
     * A member of that name.
     *
     * @throws DeviceException it is no name of another device
     */
    static MemberSource named(String bond, String name) throws DeviceException {
        Devargs device;
        try {
            device = Devargs.parse(name);
        } catch (DeviceException e) {
            throw new DeviceException(bond + ": member=" + name + ": " + e.getMessage(), e);
        }
        if (device.name().equals(bond)) {
            throw new DeviceException(bond + ": is no member of itself");
        }
        return MemberSource.named(device.name());
    }

    private static Optional<MacAddress> mac(Devargs devargs) throws DeviceException {
        String text = devargs.get("mac", null);
        if (text == null) {
            return Optional.empty();
        }
        Optional<MacAddress> mac = MacAddress.parse(text).filter(MacAddress::isUnicast);
        if (mac.isEmpty()) {
            throw new DeviceException("%s: mac=%s: a unicast address is needed (e.g. "
                    .formatted(devargs.name(), text) + "02:00:00:00:00:01)");
        }
        return mac;
    }

    private static <E extends Enum<E>> E one(Devargs devargs, String key, E fallback)
            throws DeviceException {
        String text = devargs.get(key, fallback.name().toLowerCase(Locale.ROOT));
        return Words.of(fallback.getDeclaringClass(), text).orElseThrow(() ->
                new DeviceException("%s: %s=%s: %s is needed".formatted(devargs.name(), key, text,
                        Words.all(fallback.getDeclaringClass()))));
    }

    private static int millis(Devargs devargs, String key, int fallback, int min)
            throws DeviceException {
        return devargs.getInt(key, fallback, min, MAX_MILLIS);
    }
}
