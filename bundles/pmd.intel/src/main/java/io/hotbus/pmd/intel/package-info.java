// SPDX-License-Identifier: Apache-2.0
/**
 * What Intel's gigabit Ethernet chips have alike: the filter tables, the statistics registers, the
 * tables of RSS, the headers of packets that are cut, and the queues of the chips with advanced
 * descriptors: 82576, I350, I210, and the virtual functions of the first two. A driver says where
 * the registers of its queues are, and gets queues whose burst loop fits what its port was
 * configured for.
 *
 * <p>Source: Intel, <i>82576 Gigabit Ethernet Controller Datasheet</i>, <i>Ethernet Controller I350
 * Datasheet</i> and <i>Ethernet Controller I210 Datasheet</i>, chapter "Inline Functions" for the
 * descriptors and chapter "Programming Interface" for the registers.
 */
@Version("1.0.0")
package io.hotbus.pmd.intel;

import org.osgi.annotation.versioning.Version;
