// SPDX-License-Identifier: Apache-2.0
/**
 * Says in a bundle's manifest what it needs and what it brings, so that a resolver (bnd's, OBR,
 * Karaf's) pulls it all when one bundle is asked for. None of it is there at run time.
 *
 * <p>The requirements are {@code effective:=active}: resolvers heed them, the framework does not.
 * So bundles may be installed in any order, and the update of a bundle restarts only those that
 * import its packages.
 */
@Version("1.0.0")
package io.hotbus.eal.annotation;

import org.osgi.annotation.versioning.Version;
