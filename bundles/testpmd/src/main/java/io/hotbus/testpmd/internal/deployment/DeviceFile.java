// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.cli.Similar;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.PortChoice;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.QueueSetup;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a file of the factory {@value #PID}: a device, and what is set on its port. */
final class DeviceFile {
    static final String PID = "io.hotbus.device";
    private static final int MAX_MTU = 0xffff;
    private static final int MAX_SEGMENT = 0xffff;
    private static final int UNSET = -1;
    /** The words of DPDK's testpmd for several hashes at once. */
    private static final Map<String, Set<RssHash>> GROUPS = Map.of(
            "ip", EnumSet.of(RssHash.IPV4, RssHash.IPV6),
            "tcp", EnumSet.of(RssHash.IPV4_TCP, RssHash.IPV6_TCP),
            "udp", EnumSet.of(RssHash.IPV4_UDP, RssHash.IPV6_UDP));
    private static final Set<String> KEYS = Set.of("devargs", "port", "rxq", "txq", "rxd", "txd",
            "mtu", "promisc", "allmulti", "mac", "rx-offloads", "tx-offloads", "tx-vlan",
            "tso", "rss", "stopped", "reattach", "link-check");

    private final ConfiguredFile file;
    private final Settings settings;
    private final Function<Devargs, String> names;

    private DeviceFile(
            ConfiguredFile file, Settings settings, Function<Devargs, String> names) {
        this.file = file;
        this.settings = settings;
        this.names = names;
    }

    /**
     * Reads the file; every error is told to {@code errors}.
     *
     * @param names the name that the device has on its bus
     * @return empty if there was an error
     */
    static Optional<DeviceSpec> read(ConfiguredFile file, Function<Devargs, String> names,
            Consumer<Problem> errors) {
        Map<String, Object> properties = new HashMap<>(file.properties());
        boolean good = true;
        while (true) {
            try {
                DeviceSpec spec = Settings.read(file.label(), properties,
                        settings -> new DeviceFile(file, settings, names).spec());
                return good ? Optional.of(spec) : Optional.empty();
            } catch (SettingException e) {
                good = false;
                String key = e.key().orElse("");
                errors.accept(file.error(key, text(e, key)));
                // The rest is read as if that key were not there, but the device has to be.
                if (key.isEmpty() || key.equals("devargs") || properties.remove(key) == null) {
                    return Optional.empty();
                }
            }
        }
    }

    private static String text(SettingException e, String key) {
        List<String> similar = KEYS.contains(key) ? List.of() : Similar.closest(key, KEYS);
        return similar.isEmpty() ? e.flaw() : "%s: there is no such setting (did you mean %s?)"
                .formatted(key, String.join(" or ", similar));
    }

    private DeviceSpec spec() throws SettingException {
        Devargs devargs = devargs();
        int number = settings.number("port", UNSET, 0, PortRegistry.FIRST_CLAIMED - 1);
        DeviceSpec.Queues queues = new DeviceSpec.Queues(
                settings.number("rxq", 0, 1, QueueSetup.MAX_QUEUES),
                settings.number("txq", 0, 1, QueueSetup.MAX_QUEUES),
                descriptors("rxd"), descriptors("txd"));
        return new DeviceSpec(file.label(), names.apply(devargs), devargs, of(number), plan(),
                queues, settings.flag("reattach", true), settings.flag("link-check", false));
    }

    private Devargs devargs() throws SettingException {
        String text = settings.text("devargs");
        if (text.isEmpty()) {
            throw settings.wrong("devargs",
                    "a device is needed, as in 0000:03:00.0,bind=vfio-pci or net_null0,size=64");
        }
        try {
            return Devargs.parse(text);
        } catch (DeviceException e) {
            throw settings.wrong("devargs", e.getMessage());
        }
    }

    private int descriptors(String key) throws SettingException {
        int count = settings.number(
                key, 0, QueueSetup.MIN_DESCRIPTORS, QueueSetup.MAX_DESCRIPTORS);
        if (Integer.bitCount(count) > 1) {
            throw settings.wrong(key, "a power of two is needed");
        }
        return count;
    }

    private PortPlan plan() throws SettingException {
        Set<RxOffload> receive = words("rx-offloads", RxOffload.class);
        Set<TxOffload> transmit = words("tx-offloads", TxOffload.class);
        int vlan = settings.number("tx-vlan", UNSET, 0, RxFilter.MAX_VLAN);
        if (vlan != UNSET) {
            transmit.add(TxOffload.VLAN_INSERT);
        }
        int segment = settings.number("tso", UNSET, 1, MAX_SEGMENT);
        if (segment != UNSET) {
            transmit.add(TxOffload.TCP_TSO);
        }
        int mtu = settings.number("mtu", UNSET, EthDevInfo.MIN_MTU, MAX_MTU);
        return new PortPlan(receive, transmit, Math.max(0, vlan), Math.max(0, segment),
                new PortChoice(Optional.empty(), new RssConfig(rss(), List.of(), List.of()),
                        of(mtu), choice("promisc"), choice("allmulti"), address(),
                        settings.flag("stopped", false)));
    }

    private static OptionalInt of(int value) {
        return value == UNSET ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private Optional<Boolean> choice(String key) throws SettingException {
        return settings.text(key).isEmpty() ? Optional.empty()
                : Optional.of(settings.flag(key, false));
    }

    private Optional<MacAddress> address() throws SettingException {
        String text = settings.text("mac");
        Optional<MacAddress> address = MacAddress.parse(text).filter(MacAddress::isUnicast);
        if (!text.isEmpty() && address.isEmpty()) {
            throw settings.wrong("mac", "a unicast address is needed, as in 02:00:00:00:00:01");
        }
        return address;
    }

    private Set<RssHash> rss() throws SettingException {
        Set<RssHash> hashes = EnumSet.noneOf(RssHash.class);
        for (String word : words("rss")) {
            hashes.addAll(GROUPS.containsKey(word) ? GROUPS.get(word)
                    : Set.of(find("rss", word, RssHash.class, "ip, tcp, udp, ")));
        }
        return hashes;
    }

    private <E extends Enum<E>> Set<E> words(String key, Class<E> type) throws SettingException {
        Set<E> found = EnumSet.noneOf(type);
        for (String word : words(key)) {
            found.add(find(key, word, type, ""));
        }
        return found;
    }

    /** The words of a key, between blanks or commas. */
    private List<String> words(String key) {
        return Arrays.stream(settings.text(key).split("[\\s,]+"))
                .filter(word -> !word.isEmpty()).toList();
    }

    private <E extends Enum<E>> E find(String key, String word, Class<E> type, String more)
            throws SettingException {
        List<E> all = List.of(type.getEnumConstants());
        return all.stream().filter(one -> word(one).equals(word.replace('-', '_'))).findFirst()
                .orElseThrow(() -> settings.wrong(key, "'%s' is none of %s%s".formatted(word,
                        more, all.stream().map(DeviceFile::word)
                                .collect(Collectors.joining(", ")))));
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
