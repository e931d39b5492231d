// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.WholeNumber;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.VfSetting;
import io.hotbus.netif.VirtualFunction;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The shell command {@code pci vf}: what the administrator sets for virtual functions, by the
 * interface that the kernel's driver has on their physical function, of any make.
 */
@Component(service = Verbs.class)
public final class VfVerbs implements Verbs {
    private static final int MAX_NUMBER = 65534;
    private static final int MAX_VLAN = 4094;
    private static final String ON = "on";

    private final NetInterfaces interfaces;

    @Activate
    public VfVerbs(@Reference NetInterfaces interfaces) {
        this.interfaces = interfaces;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("pci vf ADDRESS", "the virtual functions of a physical one",
                        words -> show(words.get(0)), functions -> functions.stream()
                                .map(VfVerbs::text).collect(Collectors.joining("\n"))),
                Verb.of("pci vf ADDRESS NUMBER mac MAC", "give a virtual function an address",
                        words -> set(words.get(0), words.get(1), mac(words.get(2)))),
                Verb.of("pci vf ADDRESS NUMBER vlan VLAN",
                        "put the frames of a virtual function into a VLAN; 0: into none",
                        words -> set(words.get(0), words.get(1), vlan(words.get(2)))),
                Verb.of("pci vf ADDRESS NUMBER spoofcheck on|off",
                        "let a virtual function send with its own address alone",
                        words -> set(words.get(0), words.get(1),
                                new VfSetting.SpoofCheck(words.get(2).equals(ON)))),
                Verb.of("pci vf ADDRESS NUMBER trust on|off",
                        "let a virtual function do what touches others",
                        words -> set(words.get(0), words.get(1),
                                new VfSetting.Trust(words.get(2).equals(ON)))));
    }

    private List<VirtualFunction> show(String address) throws DeviceException {
        NetInterface netif = physical(address);
        try {
            List<VirtualFunction> functions = interfaces.virtualFunctions(netif);
            if (functions.isEmpty()) {
                throw none(address);
            }
            return functions;
        } catch (IOException e) {
            throw new DeviceException(address + ": " + e.getMessage(), e);
        }
    }

    private String set(String address, String number, VfSetting setting) throws DeviceException {
        NetInterface netif = physical(address);
        try {
            int function = WholeNumber.decode(number, 0, MAX_NUMBER).orElseThrow(
                    () -> new DeviceException("'%s' is not the number of a virtual function (0 to "
                            .formatted(number) + MAX_NUMBER + ")"));
            List<VirtualFunction> functions = interfaces.virtualFunctions(netif);
            if (functions.isEmpty()) {
                throw none(address);
            }
            if (functions.stream().noneMatch(each -> each.number() == function)) {
                throw new DeviceException("%s: has no virtual function %s, but 0 to %s".formatted(
                        address, function, functions.size() - 1));
            }
            interfaces.setVirtualFunction(netif, function, setting);
            return "%s: virtual function %s: %s".formatted(address, function, setting);
        } catch (IOException e) {
            throw new DeviceException(address + ": " + e.getMessage(), e);
        }
    }

    private static DeviceException none(String address) {
        return new DeviceException(address + ": has no virtual functions now (pci sriov " + address
                + " COUNT makes some)");
    }

    /** The interface of a physical function. */
    private NetInterface physical(String address) throws DeviceException {
        PciAddress function = PciAddress.parse(address).orElseThrow(() -> new DeviceException(
                "'" + address + "' is not a PCI address (e.g. 0000:03:00.0)"));
        try {
            return interfaces.ofDevice(function.toString()).stream().findFirst()
                    .orElseThrow(() -> new DeviceException(address + ": has no network interface: "
                            + "the kernel's driver of the physical function sets its virtual ones "
                            + "(pci list shows which driver has it)"));
        } catch (IOException e) {
            throw new DeviceException(address + ": " + e.getMessage(), e);
        }
    }

    private static VfSetting mac(String text) throws DeviceException {
        return MacAddress.parse(text).map(VfSetting.Mac::new).orElseThrow(
                () -> new DeviceException("'" + text + "' is not a MAC address"));
    }

    private static VfSetting vlan(String text) throws DeviceException {
        return new VfSetting.Vlan(WholeNumber.decode(text, 0, MAX_VLAN).orElseThrow(
                () -> new DeviceException("'%s' is not a VLAN (0 to %s)"
                        .formatted(text, MAX_VLAN))));
    }

    private static String text(VirtualFunction function) {
        return "%s  %s  vlan %s  spoof check %s  trust %s".formatted(function.number(),
                function.mac(), function.vlan() == 0 ? "-" : function.vlan(),
                function.spoofCheck() ? ON : "off", function.trusted() ? ON : "off");
    }
}
