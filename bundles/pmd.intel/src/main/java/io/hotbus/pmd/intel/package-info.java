// SPDX-License-Identifier: Apache-2.0
/**
 * What Intel's gigabit Ethernet chips have alike, from the 82574 to the I210, and their virtual
 * functions: registers, reset, link, interrupt, filter tables, statistics, the tables of RSS, and
 * the queues. A driver adds what its chips have of their own: the steps of a reset, registers, and
 * {@link io.hotbus.pmd.intel.AbstractGigabitQueues the formats of descriptors}. Those of the chips
 * from the 82576 on are here, in {@link io.hotbus.pmd.intel.AdvQueues}.
 *
 * <p>There are two burst loops in each direction, one of them for ports without offloads. The
 * choice is made when a queue is set up, so that each loop does only what its port needs. What
 * differs between chips are numbers, and one call for a packet that needs a context descriptor.
 *
 * <p>Source: Intel, <i>82574 GbE Controller Family Datasheet</i>, <i>82576 Gigabit Ethernet
 * Controller Datasheet</i>, <i>Ethernet Controller I350 Datasheet</i> and <i>Ethernet Controller
 * I210 Datasheet</i>, chapter "Inline Functions" for the descriptors and chapter "Programming
 * Interface" for the registers.
 */
@Version("1.0.0")
package io.hotbus.pmd.intel;

import org.osgi.annotation.versioning.Version;
