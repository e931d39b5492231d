// SPDX-License-Identifier: Apache-2.0
/** The settings of this bundle, with defaults that work. */
package io.hotbus.core.settings;
