// SPDX-License-Identifier: Apache-2.0
/**
 * Building blocks for PMDs of virtio network devices on any transport: virtqueues, split and
 * packed, the queues of a port on them, features, and offloads.
 *
 * <p>Source: OASIS, <i>Virtual I/O Device (VIRTIO) Version 1.2</i>, Committee Specification 01. The
 * section numbers in this package are those of that document. Nothing that a device writes is
 * trusted: a ring that does not add up stops its queue.
 */
@Version("1.0.0")
package io.hotbus.pmd.virtio;

import org.osgi.annotation.versioning.Version;
