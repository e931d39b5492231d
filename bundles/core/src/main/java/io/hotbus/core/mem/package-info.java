// SPDX-License-Identifier: Apache-2.0
/** Memory that devices can reach. */
package io.hotbus.core.mem;
