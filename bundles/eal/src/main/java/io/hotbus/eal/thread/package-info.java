// SPDX-License-Identifier: Apache-2.0
/** Threads for applications: the control thread, the interrupt thread and CPU affinity. */
@Version("1.1.0")
package io.hotbus.eal.thread;

import org.osgi.annotation.versioning.Version;
