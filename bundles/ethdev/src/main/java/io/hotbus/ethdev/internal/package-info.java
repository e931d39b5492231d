// SPDX-License-Identifier: Apache-2.0
/** The ports behind {@link io.hotbus.ethdev.PortRegistry}. */
package io.hotbus.ethdev.internal;
