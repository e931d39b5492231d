// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;

/** A setting of a virtual function, which the interface of its physical function takes. */
public sealed interface VfSetting {
    /** The address of the virtual function; it has it from its next reset on. */
    record Mac(MacAddress address) implements VfSetting {
        @Override
        public String toString() {
            return "address " + address;
        }
    }

    /**
     * The VLAN that all frames of the virtual function are put into.
     *
     * @param id 1 to 4094; 0 takes it out of its VLAN
     */
    record Vlan(int id) implements VfSetting {
        @Override
        public String toString() {
            return "VLAN " + id;
        }
    }

    /** Whether the virtual function may send with its own address alone. */
    record SpoofCheck(boolean on) implements VfSetting {
        @Override
        public String toString() {
            return "spoof check " + (on ? "on" : "off");
        }
    }

    /** Whether the virtual function may do what touches others. */
    record Trust(boolean on) implements VfSetting {
        @Override
        public String toString() {
            return "trust " + (on ? "on" : "off");
        }
    }
}
