// SPDX-License-Identifier: Apache-2.0
/** Memory that devices can reach, and packet buffers in it. */
@Version("2.1.0")
package io.hotbus.eal.mem;

import org.osgi.annotation.versioning.Version;
