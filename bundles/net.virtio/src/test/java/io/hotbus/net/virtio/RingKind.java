// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.pmd.virtio.VirtioFeature;

/** The kinds of rings, and what else changes how they are used. */
enum RingKind {
    SPLIT(0),
    SPLIT_EVENTS(VirtioFeature.EVENT_IDX),
    PACKED(VirtioFeature.RING_PACKED),
    PACKED_EVENTS(VirtioFeature.RING_PACKED | VirtioFeature.EVENT_IDX),
    /** The device returns several at a time. */
    SPLIT_IN_ORDER(VirtioFeature.IN_ORDER),
    PACKED_IN_ORDER(VirtioFeature.RING_PACKED | VirtioFeature.IN_ORDER);

    private final long features;

    RingKind(long features) {
        this.features = features;
    }

    /** Makes the device offer it. */
    void offer(FakeVirtioNet chip) {
        chip.offered |= features;
    }
}
