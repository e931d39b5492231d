// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;

/** The annotated class is a {@code Bus}; the bundle provides it, and needs the platform. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@Capability(namespace = ProvidesBus.NAMESPACE)
@RequireHotbus
public @interface ProvidesBus {
    /** The namespace of buses, and the name of its attribute. */
    String NAMESPACE = "hotbus.bus";

    /** The name of the bus, as in {@code Bus.name()}: {@code vdev}, {@code pci}. */
    @Attribute(NAMESPACE)
    String value();
}
