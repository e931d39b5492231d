// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.pmd.pci.NicLimits;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link VirtioSettings#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: driver net_virtio",
        description = "How a virtio device, its link and its presence are watched. A change "
                + "applies to devices attached from then on.")
@interface VirtioConfiguration {
    @AttributeDefinition(name = "Period of the watch", min = "1", max = "60000",
            description = "Milliseconds between two checks of the status and of the link.")
    int watch_period_ms() default NicLimits.PERIOD_MILLIS;

    @AttributeDefinition(name = "Limit of a silence", min = "0", max = "3600000",
            description = "Milliseconds that a device on the bus may not answer, as while another "
                    + "resets it, until it counts as removed.")
    int silence_limit_ms() default NicLimits.SILENCE_MILLIS;

    @AttributeDefinition(name = "Limit of a reset", min = "10", max = "60000",
            description = "Milliseconds that a reset may take.")
    int reset_limit_ms() default NicLimits.RESET_MILLIS;
}
