// SPDX-License-Identifier: Apache-2.0
/** Services of other bundles, left only when no call is inside them. */
package io.hotbus.core.plugin;
