// SPDX-License-Identifier: Apache-2.0
/** What keeps a function of this machine from being driven, found without touching it. */
package io.hotbus.bus.pci.internal.checkup;
