// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.ethdev.Port;
import io.hotbus.pmd.members.Member;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code show failsafe} returns.
 *
 * @param device     the failsafe device
 * @param subDevices in the order of preference
 */
record FailsafeText(String device, List<Sub> subDevices) {
    /**
     * A sub-device.
     *
     * @param source    as it was given in the devargs
     * @param port      the number of its port; -1 while it is away
     * @param state     {@code away}, {@code stopped} or {@code started}
     * @param sending   whether packets are sent through it now
     * @param failure   why it is not used; empty if it is used, or just away
     */
    record Sub(int index, String source, String device, int port, String state, boolean linkUp,
            boolean sending, long adoptions, long removals, String failure) {
        private String text() {
            return "%s  %-24s %-8s link %-4s %s adopted %s, removed %s%s".formatted(index, device,
                    state, linkUp ? "up" : "down", sending ? "sends, " : "", adoptions, removals,
                    failure.isEmpty() ? "" : ": " + failure);
        }
    }

    /** @throws IllegalArgumentException no such device */
    static FailsafeText of(String name, Map<String, FailsafeDev> devs) {
        FailsafeDev dev = devs.get(name);
        if (dev == null) {
            throw new IllegalArgumentException(devs.isEmpty() ? "there is no failsafe port"
                    : "no failsafe port '%s', there are: %s"
                            .formatted(name, String.join(", ", devs.keySet())));
        }
        Port sender = dev.sender();
        synchronized (dev.members()) {
            return new FailsafeText(name, dev.members().all().stream()
                    .map(sub -> of(sub, sender)).toList());
        }
    }

    private static Sub of(Member sub, Port sender) {
        return new Sub(sub.index(), sub.source().toString(), sub.toString(),
                sub.port().map(Port::id).orElse(-1), sub.state(), sub.link().up(),
                sender != null && sub.is(sender), sub.adoptions(), sub.removals(), sub.failure());
    }

    String text() {
        return subDevices.stream().map(Sub::text).collect(Collectors.joining("\n"));
    }
}
