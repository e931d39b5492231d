// SPDX-License-Identifier: Apache-2.0
/**
 * Building blocks for PMDs whose ports stand on other ports, their members: finds, takes over, sets
 * up and lets go of the members, and switches queues between them while lcores use these.
 */
@Version("1.0.0")
package io.hotbus.pmd.members;

import org.osgi.annotation.versioning.Version;
