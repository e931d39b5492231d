// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link Telemetry#PID}, for tools. */
@ObjectClassDefinition(name = "hotbus: telemetry",
        description = "Who may ask for telemetry. A change ends the connections of all clients.")
@interface TelemetryConfiguration {
    @AttributeDefinition(name = "Group", required = false,
            description = "The group whose members may ask, besides the user of the process, who "
                    + "has to be a member, or root. Without one, no one else may.")
    String group() default "";
}
