// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import java.util.List;
import java.util.Optional;

/**
 * How far a part of the deployment is as its file says, as {@code show deployment} returns it.
 *
 * @param name    the device, or {@code forwarding}
 * @param port    the number of its port
 * @param file    the file; empty if there is none
 * @param state   how it is
 * @param reasons in what it differs, or what it waits for
 */
record DeviceStatus(String name, Optional<Integer> port, String file, State state,
        List<String> reasons) {
    /** How wanted and actual compare. */
    enum State {
        /** As the file says. */
        IN_STEP("in step"),
        /** Set otherwise by a verb, or refused by the device. */
        DIFFERS("differs"),
        /** The device is not there yet, or away. */
        WAITING("waiting"),
        /** The file is wrong; what was before stays. */
        ERROR("error");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    String text() {
        return "%-24s %-6s %-8s %s%s".formatted(name, port.map(String::valueOf).orElse("-"), state,
                file, reasons.isEmpty() ? "" : "\n    " + String.join("\n    ", reasons));
    }
}
