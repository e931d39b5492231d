// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.bus.pci.PciId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The chips, with the ids of those that have their own copper PHY. Source: the data sheets. */
enum IgbModel {
    /** With 4 ports, also as 82576NS. Only 10c9 was tried. */
    I82576("82576", 16, 0x10c9, 0x10e8, 0x1526, 0x150a),
    /** Not tried. */
    I350("I350", 8, 0x1521),
    /** 157b has no flash. Not tried. */
    I210("I210", 4, 0x1533, 0x157b),
    /** Not tried. */
    I211("I211", 2, 0x1539);

    private static final int INTEL = 0x8086;

    private final String text;
    private final int queues;
    private final Set<Integer> ids;

    IgbModel(String text, int queues, Integer... ids) {
        this.text = text;
        this.queues = queues;
        this.ids = Set.of(ids);
    }

    /** The receive queues, and the transmit queues. */
    int queues() {
        return queues;
    }

    /** The ids of all models. */
    static List<PciId> allIds() {
        return Arrays.stream(values()).flatMap(model -> model.ids.stream().sorted())
                .map(id -> PciId.of(INTEL, id)).collect(Collectors.toList());
    }

    /** The model of a device that has one of the ids. */
    static IgbModel of(PciId id) {
        return Arrays.stream(values()).filter(model -> model.ids.contains(id.device())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(id.toString()));
    }

    @Override
    public String toString() {
        return text;
    }
}
