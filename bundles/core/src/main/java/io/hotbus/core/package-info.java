// SPDX-License-Identifier: Apache-2.0
/** Passes the plug-ins of other bundles to the components of this bundle that call them. */
@Capability(namespace = RequireHotbus.NAMESPACE, name = RequireHotbus.NAME,
        version = RequireHotbus.VERSION)
package io.hotbus.core;

import io.hotbus.eal.annotation.RequireHotbus;
import org.osgi.annotation.bundle.Capability;
