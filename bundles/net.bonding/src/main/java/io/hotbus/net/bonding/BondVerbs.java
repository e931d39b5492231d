// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.cli.Verb;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The verbs about bonds, as DPDK's testpmd has them, with the words of 22.11 and of later ones. */
final class BondVerbs {
    private static final int MAX_PERIOD = 3_600_000;

    private final Map<String, BondDev> devs;
    private final DeviceManager devices;
    private final PortRegistry ports;
    private final List<Verb<?>> all;

    /** @param devs the bonds there are, by device name */
    BondVerbs(Map<String, BondDev> devs, DeviceManager devices, PortRegistry ports) {
        this.devs = devs;
        this.devices = devices;
        this.ports = ports;
        Supplier<List<String>> bonds = () -> List.copyOf(devs.keySet());
        this.all = Stream.concat(members(), settings())
                .map(verb -> verb.syntax().contains(" BOND") ? verb.with("BOND", bonds) : verb)
                .toList();
    }

    private Stream<Verb<?>> members() {
        return Stream.of(
                Verb.of("create bonding|bonded device MODE [SOCKET]",
                        "make a bond without members; where its memory lies is not up to it",
                        words -> create(words.get(1))),
                Verb.of("show bonding config BOND", "a bond and its members",
                        words -> BondText.of(bond(words.get(0))), BondText::text),
                Verb.of("show bonding lacp info BOND", "LACP of a bond in mode 4",
                        words -> LacpText.of(bond(words.get(0))), LacpText::text),
                Verb.of("add bonding member|slave PORT BOND", "add a member to a bond",
                        words -> add(words.get(1), bond(words.get(2)))),
                Verb.of("remove bonding member|slave PORT BOND", "remove a member from a bond",
                        words -> remove(words.get(1), bond(words.get(2)))));
    }

    private Stream<Verb<?>> settings() {
        return Stream.of(
                Verb.of("set bonding mode MODE BOND", "set the mode of a bond, 0 to 6",
                        words -> setMode(words.get(0), bond(words.get(1)))),
                Verb.of("set bonding primary PORT BOND",
                        "set the member that modes 1, 5 and 6 prefer",
                        words -> setPrimary(words.get(0), bond(words.get(1)))),
                Verb.of("set bonding balance_xmit_policy BOND l2|l23|l34",
                        "set which headers choose the member in modes 2 and 4",
                        words -> setPolicy(bond(words.get(0)), words.get(1))),
                Verb.of("set bonding agg_mode BOND stable|bandwidth|count",
                        "set which aggregator mode 4 uses",
                        words -> setAggMode(bond(words.get(0)), words.get(1))),
                Verb.of("set bonding mac_addr BOND MAC", "set the address of a bond",
                        words -> setMac(bond(words.get(0)), words.get(1))),
                Verb.of("set bonding mon_period BOND MS",
                        "set how often links are looked at, in milliseconds",
                        words -> setPeriod(bond(words.get(0)), words.get(1))),
                Verb.of("set bonding lacp dedicated_queues BOND enable|disable",
                        "LACP needs no queues of its own: it is in all of them",
                        words -> setQueues(bond(words.get(0)), words.get(1))));
    }

    List<Verb<?>> all() {
        return all;
    }

    /** @throws IllegalArgumentException no such bond; the message lists those there are */
    private BondDev bond(String word) {
        for (Map.Entry<String, BondDev> entry : devs.entrySet()) {
            Port port = entry.getValue().port();
            if (entry.getKey().equals(word)
                    || port != null && Integer.toString(port.id()).equals(word)) {
                return entry.getValue();
            }
        }
        throw new IllegalArgumentException(devs.isEmpty() ? "there is no bond"
                : "no bond '%s', there are: %s".formatted(word, String.join(", ", devs.keySet())));
    }

    /** The name of a device that is given by the number of its port, or by name. */
    private String device(String word) {
        return ports.ports().stream().filter(port -> Integer.toString(port.id()).equals(word))
                .map(Port::name).findFirst().orElse(word);
    }

    private String create(String mode) throws DeviceException {
        String name = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> BondDriver.NAME + i).filter(
                        free -> !devs.containsKey(free) && devices.find(free).isEmpty())
                .findFirst().orElseThrow();
        devices.attach(Devargs.parse(name + ",mode=" + mode));
        return "Created new bonding device %s on (port %s)."
                .formatted(name, devs.get(name).port().id());
    }

    private String add(String word, BondDev bond) throws DeviceException {
        String device = device(word);
        return device + " is a member of " + bond.name()
                + (bond.changes().add(device) ? "" : ", and is awaited");
    }

    private String remove(String word, BondDev bond) throws DeviceException {
        String device = device(word);
        bond.changes().remove(device);
        return device + " is no member of " + bond.name() + " any more";
    }

    private String setMode(String word, BondDev bond) {
        BondMode mode = BondMode.of(word).orElseThrow(
                () -> new IllegalArgumentException(word + ": " + BondMode.all() + " is needed"));
        bond.changes().change(() -> bond.use().setMode(mode));
        return bond.name() + ": mode " + mode;
    }

    private String setPrimary(String word, BondDev bond) {
        String device = device(word);
        if (bond.changes().find(device).isEmpty()) {
            throw new IllegalArgumentException(device + " is no member of " + bond.name());
        }
        bond.changes().change(() -> bond.use().setPrimary(device));
        return bond.name() + ": primary " + device;
    }

    private String setPolicy(BondDev bond, String word) {
        XmitPolicy policy = Words.of(XmitPolicy.class, word).orElseThrow();
        bond.changes().change(() -> bond.use().setPolicy(policy));
        return bond.name() + ": " + word;
    }

    private String setAggMode(BondDev bond, String word) {
        AggMode mode = Words.of(AggMode.class, word).orElseThrow();
        bond.changes().change(() -> bond.use().lacp().setAggMode(mode));
        return bond.name() + ": agg_mode " + word;
    }

    private String setMac(BondDev bond, String word) throws DeviceException {
        MacAddress mac = MacAddress.parse(word).filter(MacAddress::isUnicast).orElseThrow(
                () -> new IllegalArgumentException(
                        word + ": a unicast address is needed (e.g. 02:00:00:00:00:01)"));
        bond.port().changeRxFilter(filter -> filter.withAddress(mac));
        return bond.name() + ": MAC " + mac;
    }

    private String setPeriod(BondDev bond, String word) {
        int millis = word.matches("\\d{1,7}") ? Integer.parseInt(word) : 0;
        if (millis < 1 || millis > MAX_PERIOD) {
            throw new IllegalArgumentException(
                    "%s: 1 to %s milliseconds are possible".formatted(word, MAX_PERIOD));
        }
        bond.poll(Duration.ofMillis(millis));
        return "%s: links are looked at each %s ms".formatted(bond.name(), millis);
    }

    private String setQueues(BondDev bond, String word) {
        if (word.equals("enable")) {
            throw new IllegalArgumentException(bond.name() + ": there are no dedicated queues: "
                    + "frames of LACP are taken out of each queue, and go whatever the "
                    + "application does");
        }
        return bond.name() + ": frames of LACP have no queues of their own";
    }
}
