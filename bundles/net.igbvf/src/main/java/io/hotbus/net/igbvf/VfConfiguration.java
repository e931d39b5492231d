// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.pmd.pci.NicLimits;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link VfSettings#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: driver net_e1000_igb_vf",
        description = "How a virtual function, its link and its presence are watched. A "
                + "change applies to devices attached from then on.")
@interface VfConfiguration {
    @AttributeDefinition(name = "Period of the watch", min = "1", max = "60000",
            description = "Milliseconds between two looks at the status register, which tells of "
                    + "the link where there is no interrupt, and of a removal nothing else tells "
                    + "of.")
    int watch_period_ms() default NicLimits.PERIOD_MILLIS;

    @AttributeDefinition(name = "Limit of a silence", min = "0", max = "3600000",
            description = "Milliseconds that a device on the bus may not answer, as while another "
                    + "resets it, until it counts as removed.")
    int silence_limit_ms() default NicLimits.SILENCE_MILLIS;

    @AttributeDefinition(name = "Limit of a reset", min = "10", max = "60000",
            description = "Milliseconds that a reset may take, and the requests to memory that are "
                    + "under way a tenth of it; it is for virtual machines that are kept waiting.")
    int reset_limit_ms() default NicLimits.RESET_MILLIS;
}
