// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.pmd.virtio.VirtioFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names features that a back end lacks, with what to do. */
final class FeatureNames {
    private static final Map<Long, String> CURES = new LinkedHashMap<>();

    static {
        CURES.put(VirtioFeature.VERSION_1, "VIRTIO_F_VERSION_1 (it is too old)");
        CURES.put(VirtioFeature.RING_PACKED, "packed rings (packed_vq=0)");
        CURES.put(VirtioFeature.MRG_RXBUF, "mergeable buffers (mrg_rxbuf=0)");
        CURES.put(VirtioFeature.IN_ORDER, "use in order (in_order=0)");
        CURES.put(VirtioFeature.GUEST_CSUM, "receive checksums (set no receive offload)");
        CURES.put(VirtioFeature.CSUM, "transmit checksums (set no transmit offload)");
        CURES.put(VirtioFeature.HOST_TSO4 | VirtioFeature.HOST_TSO6,
                "segmentation (do not set TCP_TSO)");
    }

    private FeatureNames() {
    }

    static String describe(long missing) {
        List<String> names = new ArrayList<>();
        CURES.forEach((feature, name) -> {
            if ((missing & feature) != 0) {
                names.add(name);
            }
        });
        return String.join(", ", names);
    }
}
