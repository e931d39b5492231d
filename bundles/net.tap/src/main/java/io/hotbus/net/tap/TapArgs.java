// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.netif.NetInterface;
import java.util.Optional;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param iface   the name of the interface ({@code iface=dtap0})
 * @param mac     its address ({@code mac=fixed}, or an address); empty: any
 * @param persist whether the interface stays when the device is detached ({@code persist})
 */
record TapArgs(String iface, Optional<MacAddress> mac, boolean persist) {
    private static final String DEFAULT_NAME = "dtap";
    /** 02, then "dtap0". The number of the device is added to the last byte. */
    private static final long FIXED_MAC = 0x02_64_74_61_70_30L;

    static TapArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("iface", "mac", "persist", "remote"));
        final String name = devargs.name();
        if (devargs.args().containsKey("remote")) {
            throw new DeviceException("%s: remote is not supported: forward between this port and"
                    + " one of net_af_packet,iface=%s instead"
                    .formatted(name, devargs.get("remote", "")));
        }
        final int number = number(name);
        final String iface = NetInterface.requireName(
                name, "iface", devargs.get("iface", DEFAULT_NAME + number));
        return new TapArgs(iface, mac(devargs, number), persist(devargs));
    }

    private static int number(String name) {
        final String digits = name.replaceFirst(".*?(\\d*)$", "$1");
        return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
    }

    private static Optional<MacAddress> mac(Devargs devargs, int number) throws DeviceException {
        final String text = devargs.get("mac", "");
        if (text.isEmpty() && !devargs.args().containsKey("mac")) {
            return Optional.empty();
        }
        if (text.equals("fixed")) {
            return Optional.of(new MacAddress(FIXED_MAC & ~0xffL | FIXED_MAC + number & 0xff));
        }
        final Optional<MacAddress> mac = MacAddress.parse(text).filter(MacAddress::isUnicast);
        if (mac.isEmpty()) {
            throw new DeviceException("%s: mac=%s: 'fixed' or an address of a station is needed"
                    .formatted(devargs.name(), text));
        }
        return mac;
    }

    private static boolean persist(Devargs devargs) throws DeviceException {
        final boolean given = devargs.args().containsKey("persist");
        return given && (devargs.get("persist", "").isEmpty()
                || devargs.getInt("persist", 1, 0, 1) == 1);
    }
}
