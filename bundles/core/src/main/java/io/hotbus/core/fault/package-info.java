// SPDX-License-Identifier: Apache-2.0
/** Windows, the faults in them ({@code sigbus-dispatcher}), and what follows a removal. */
package io.hotbus.core.fault;
