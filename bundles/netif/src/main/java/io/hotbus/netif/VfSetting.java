// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;
import org.osgi.annotation.versioning.ProviderType;

/** A setting of a virtual function, which the interface of its physical function takes. */
@ProviderType
public sealed interface VfSetting {
    /**
     * The address of the virtual function, which has it from its next reset on.
     *
     * @param address no group
     */
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

    /**
     * A check of what the virtual function sends.
     *
     * @param on whether it may send with its own address alone
     */
    record SpoofCheck(boolean on) implements VfSetting {
        @Override
        public String toString() {
            return "spoof check " + (on ? "on" : "off");
        }
    }

    /**
     * Trust in the virtual function.
     *
     * @param on whether it may do what touches others, such as promiscuous mode
     */
    record Trust(boolean on) implements VfSetting {
        @Override
        public String toString() {
            return "trust " + (on ? "on" : "off");
        }
    }
}
