// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.cli.Verb;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The verbs about bonds, as DPDK's testpmd has them. */
final class BondVerbs {
    private final Map<String, BondDev> devs;
    private final PortRegistry ports;
    private final List<Verb<?>> all;

    /** @param devs the bonds there are, by device name */
    BondVerbs(Map<String, BondDev> devs, PortRegistry ports) {
        this.devs = devs;
        this.ports = ports;
        Supplier<List<String>> bonds = () -> List.copyOf(devs.keySet());
        this.all = List.of(
                Verb.of("show bonding config BOND", "a bond and its members",
                        words -> BondText.of(bond(words.get(0))), BondText::text)
                        .with("BOND", bonds),
                Verb.of("show bonding lacp info BOND", "LACP of a bond in mode 4",
                        words -> LacpText.of(bond(words.get(0))), LacpText::text)
                        .with("BOND", bonds),
                Verb.of("add bonding member PORT BOND", "add a member to a bond",
                        words -> add(words.get(0), bond(words.get(1)))).with("BOND", bonds),
                Verb.of("remove bonding member PORT BOND", "remove a member from a bond",
                        words -> remove(words.get(0), bond(words.get(1)))).with("BOND", bonds),
                Verb.of("set bonding mode MODE BOND", "set the mode of a bond, 0 to 6",
                        words -> setMode(words.get(0), bond(words.get(1)))).with("BOND", bonds),
                Verb.of("set bonding primary PORT BOND", "set the member that mode 1 prefers",
                        words -> setPrimary(words.get(0), bond(words.get(1))))
                        .with("BOND", bonds),
                Verb.of("set bonding balance_xmit_policy BOND l2|l23|l34",
                        "set which headers choose the member in modes 2 and 4",
                        words -> setPolicy(bond(words.get(0)), words.get(1)))
                        .with("BOND", bonds));
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

    private String add(String word, BondDev bond) throws DeviceException {
        String device = device(word);
        return device + " is a member of " + bond.name()
                + (bond.add(device) ? "" : ", and is awaited");
    }

    private String remove(String word, BondDev bond) throws DeviceException {
        String device = device(word);
        bond.remove(device);
        return device + " is no member of " + bond.name() + " any more";
    }

    private String setMode(String word, BondDev bond) {
        BondMode mode = BondMode.of(word).orElseThrow(
                () -> new IllegalArgumentException(word + ": " + BondMode.all() + " is needed"));
        bond.change(() -> bond.use().setMode(mode));
        return bond.name() + ": mode " + mode;
    }

    private String setPrimary(String word, BondDev bond) {
        String device = device(word);
        if (bond.find(device).isEmpty()) {
            throw new IllegalArgumentException(device + " is no member of " + bond.name());
        }
        bond.change(() -> bond.use().setPrimary(device));
        return bond.name() + ": primary " + device;
    }

    private String setPolicy(BondDev bond, String word) {
        XmitPolicy policy = Words.of(XmitPolicy.class, word).orElseThrow();
        bond.change(() -> bond.use().setPolicy(policy));
        return bond.name() + ": " + word;
    }
}
