// SPDX-License-Identifier: Apache-2.0
/** The buses there are, and the devices of all of them. */
package io.hotbus.core.device;
