// SPDX-License-Identifier: Apache-2.0
/** The bus of virtual devices: those that exist because someone asked for them by devargs. */
@Version("1.0.0")
package io.hotbus.bus.vdev;

import org.osgi.annotation.versioning.Version;
