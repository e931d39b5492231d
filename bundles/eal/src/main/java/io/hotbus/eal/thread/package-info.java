// SPDX-License-Identifier: Apache-2.0
/** The threads an application meets: the control thread and CPU affinity. */
@Version("1.1.0")
package io.hotbus.eal.thread;

import org.osgi.annotation.versioning.Version;
