// SPDX-License-Identifier: Apache-2.0
/** The thread {@code uevent-monitor}, and how a message of the kernel is read. */
package io.hotbus.core.uevent;
