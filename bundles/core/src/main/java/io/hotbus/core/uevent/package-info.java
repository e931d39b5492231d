// SPDX-License-Identifier: Apache-2.0
/** The thread {@code uevent-monitor}, and the parser for messages of the kernel. */
package io.hotbus.core.uevent;
