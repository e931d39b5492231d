// SPDX-License-Identifier: Apache-2.0
/** The bus's settings. */
package io.hotbus.bus.pci.internal.settings;
