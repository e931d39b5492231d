// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;

/** The annotated class is a {@code Driver}; the bundle provides it. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@Capability(namespace = ProvidesDriver.NAMESPACE)
public @interface ProvidesDriver {
    /** The namespace of drivers, and the name of its attribute. */
    String NAMESPACE = "hotbus.driver";

    /**
     * The name of the driver, as in {@code Driver.name()}: {@code net_sim}, {@code net_e1000_em}.
     */
    @Attribute(NAMESPACE)
    String value();
}
