// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link E1000eSettings#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: driver net_e1000_em",
        description = "How the link and the presence of an 82574 are watched. A change applies to "
                + "devices attached from then on.")
@interface E1000eConfiguration {
    int WATCH_PERIOD_MILLIS = 100;
    int SILENCE_LIMIT_MILLIS = 5000;

    @AttributeDefinition(name = "Period of the watch", min = "1", max = "60000",
            description = "Milliseconds between two looks at the status register, which tells of "
                    + "the link where there is no interrupt, and of a removal nothing else tells "
                    + "of.")
    int watch_period_ms() default WATCH_PERIOD_MILLIS;

    @AttributeDefinition(name = "Limit of a silence", min = "0", max = "3600000",
            description = "Milliseconds that a device on the bus may not answer, as while another "
                    + "resets it, until it counts as removed.")
    int silence_limit_ms() default SILENCE_LIMIT_MILLIS;
}
