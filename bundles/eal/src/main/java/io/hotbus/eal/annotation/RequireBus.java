// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;

/** The bundle needs the named bus. On a driver: the bus of its devices. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.PACKAGE})
@Requirement(namespace = ProvidesBus.NAMESPACE, effective = "active",
        filter = "(" + ProvidesBus.NAMESPACE + "=${#value})")
public @interface RequireBus {
    /** The name of the bus, as in {@code Bus.name()}: {@code vdev}, {@code pci}. */
    String value();
}
