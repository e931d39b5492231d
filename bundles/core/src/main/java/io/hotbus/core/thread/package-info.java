// SPDX-License-Identifier: Apache-2.0
/** What threads here have in common: an event loop, leases, CPU affinity. */
package io.hotbus.core.thread;
