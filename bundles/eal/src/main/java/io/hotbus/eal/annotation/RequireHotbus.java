// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;

/**
 * The bundle needs the platform: the services that {@code io.hotbus.eal} declares and the core
 * bundle provides. Put it on any class of the bundle, or on its {@code package-info}.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.PACKAGE})
@Requirement(namespace = RequireHotbus.NAMESPACE, name = RequireHotbus.NAME,
        version = RequireHotbus.VERSION, effective = "active")
public @interface RequireHotbus {
    /** The namespace of implementations, from the OSGi specifications. */
    String NAMESPACE = "osgi.implementation";
    /** The name of the capability: {@code osgi.implementation=hotbus}. */
    String NAME = "hotbus";
    /** The version of the services. A bundle that needs {@code 1.0} accepts any below {@code 2}. */
    String VERSION = "1.0.0";
}
