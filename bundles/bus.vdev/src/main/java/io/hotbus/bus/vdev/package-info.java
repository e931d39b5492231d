// SPDX-License-Identifier: Apache-2.0
/** The bus of virtual devices, which exist because a user or an application gave devargs. */
@Version("1.1.0")
package io.hotbus.bus.vdev;

import org.osgi.annotation.versioning.Version;
