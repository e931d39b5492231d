// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.netif.LinkMessages.Attribute;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes and reads what the messages of rtnetlink say about virtual functions. Source:
 * {@code linux/if_link.h} ({@code ifla_vf_mac} and others), {@code linux/rtnetlink.h}.
 */
final class VfMessages {
    static final int IFLA_VFINFO_LIST = 22;
    static final int IFLA_EXT_MASK = 29;
    static final int RTEXT_FILTER_VF = 1;
    private static final int IFLA_VF_INFO = 1;
    private static final int IFLA_VF_MAC = 1;
    private static final int IFLA_VF_VLAN = 2;
    private static final int IFLA_VF_SPOOFCHK = 4;
    private static final int IFLA_VF_TRUST = 9;
    /** The bytes of a value: the number of the function, and an address of any kind. */
    private static final int MAC = Integer.BYTES + 32;
    private static final int VLAN = 3 * Integer.BYTES;
    private static final int SETTING = 2 * Integer.BYTES;

    private VfMessages() {
    }

    /** The value of {@link #IFLA_VFINFO_LIST} that makes a change. */
    static byte[] change(int number, VfSetting setting) {
        if (setting instanceof VfSetting.Mac mac) {
            return change(IFLA_VF_MAC, value(MAC, number)
                    .put(LinkMessages.bytes(mac.address())));
        }
        if (setting instanceof VfSetting.Vlan vlan) {
            return change(IFLA_VF_VLAN, value(VLAN, number).putInt(vlan.id()));
        }
        if (setting instanceof VfSetting.SpoofCheck check) {
            return change(IFLA_VF_SPOOFCHK, value(SETTING, number).putInt(check.on() ? 1 : 0));
        }
        final VfSetting.Trust trust = (VfSetting.Trust) setting;
        return change(IFLA_VF_TRUST, value(SETTING, number).putInt(trust.on() ? 1 : 0));
    }

    private static ByteBuffer value(int bytes, int number) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putInt(number);
    }

    private static byte[] change(int attribute, ByteBuffer value) {
        return attribute(IFLA_VF_INFO, attribute(attribute, value.array()));
    }

    private static byte[] attribute(int type, byte[] value) {
        return ByteBuffer.allocate(2 * Short.BYTES + value.length).order(ByteOrder.nativeOrder())
                .putShort((short) (2 * Short.BYTES + value.length)).putShort((short) type)
                .put(value).array();
    }

    /** Reads the virtual functions of an {@link LinkMessages#RTM_NEWLINK}, by number. */
    static List<VirtualFunction> functions(ByteBuffer body) throws ProtocolException {
        final List<VirtualFunction> functions = new ArrayList<>();
        for (Attribute list : LinkMessages.attributes(LinkMessages.ofLink(body))) {
            if (list.type() == IFLA_VFINFO_LIST) {
                for (Attribute info : LinkMessages.attributes(list.value())) {
                    functions.add(function(info.value()));
                }
            }
        }
        functions.sort(Comparator.comparingInt(VirtualFunction::number));
        return functions;
    }

    private static VirtualFunction function(ByteBuffer info) throws ProtocolException {
        int number = -1;
        MacAddress mac = new MacAddress(0);
        int vlan = 0;
        boolean spoofCheck = false;
        boolean trusted = false;
        for (Attribute attribute : LinkMessages.attributes(info)) {
            final ByteBuffer value = attribute.value();
            switch (attribute.type()) {
                case IFLA_VF_MAC -> {
                    number = number(value, MAC);
                    mac = LinkMessages.address(value);
                }
                case IFLA_VF_VLAN -> {
                    number(value, VLAN);
                    vlan = value.getInt();
                }
                case IFLA_VF_SPOOFCHK -> spoofCheck = isOn(value);
                case IFLA_VF_TRUST -> trusted = isOn(value);
                default -> { }
            }
        }
        LinkMessages.require(number >= 0, "a virtual function without a number");
        return new VirtualFunction(number, mac, vlan, spoofCheck, trusted);
    }

    private static int number(ByteBuffer value, int bytes) throws ProtocolException {
        LinkMessages.require(value.remaining() == bytes,
                "a setting of a virtual function of " + value.remaining() + " bytes");
        return value.getInt();
    }

    /** A driver that does not know the setting says -1. */
    private static boolean isOn(ByteBuffer value) throws ProtocolException {
        number(value, SETTING);
        return value.getInt() == 1;
    }
}
