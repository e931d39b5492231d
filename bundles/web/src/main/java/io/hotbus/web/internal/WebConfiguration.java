// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link WebSettings#PID}, for tools. */
@ObjectClassDefinition(name = "hotbus: the web page",
        description = "Who may change something on the page. A change applies at once, and ends "
                + "all sessions.")
@interface WebConfiguration {
    @AttributeDefinition(name = "Password", required = false, type = AttributeType.PASSWORD,
            description = "As `launcher/hotbus password` prints it. Without one, nothing can be "
                    + "changed on the page, and it is served on loopback addresses alone.")
    String password() default "";

    @AttributeDefinition(name = "Length of a session", required = false, min = "1", max = "720",
            description = "Minutes without a request until a session ends.")
    int session_minutes() default 30;
}
