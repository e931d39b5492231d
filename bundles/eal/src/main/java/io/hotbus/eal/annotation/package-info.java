// SPDX-License-Identifier: Apache-2.0
/**
 * Annotations that write into a bundle's manifest what the bundle needs and provides. A resolver
 * (bnd, OBR, Karaf) then finds all bundles that one bundle needs. They have no effect at run time.
 *
 * <p>The requirements are {@code effective:=active}: resolvers respect them, the framework does
 * not. So bundles may be installed in any order, and the update of a bundle restarts only the
 * bundles that import its packages.
 */
@Version("1.0.0")
package io.hotbus.eal.annotation;

import org.osgi.annotation.versioning.Version;
