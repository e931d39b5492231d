// SPDX-License-Identifier: Apache-2.0
/** Services of other bundles, with safe removal: it waits for the calls inside. */
package io.hotbus.core.plugin;
