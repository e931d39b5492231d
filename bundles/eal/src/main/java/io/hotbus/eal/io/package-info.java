// SPDX-License-Identifier: Apache-2.0
/** Access to device memory through windows that survive the device's removal. */
@Version("1.1.0")
package io.hotbus.eal.io;

import org.osgi.annotation.versioning.Version;
