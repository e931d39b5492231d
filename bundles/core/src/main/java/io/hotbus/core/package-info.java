// SPDX-License-Identifier: Apache-2.0
/** Brings the plug-ins of other bundles to those in here who call them. */
@Capability(namespace = RequireHotbus.NAMESPACE, name = RequireHotbus.NAME,
        version = RequireHotbus.VERSION)
package io.hotbus.core;

import io.hotbus.eal.annotation.RequireHotbus;
import org.osgi.annotation.bundle.Capability;
