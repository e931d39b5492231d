// SPDX-License-Identifier: Apache-2.0
/** What the operator can set of this bundle, with defaults that work. */
package io.hotbus.core.settings;
