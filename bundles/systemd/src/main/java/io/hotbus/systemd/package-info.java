// SPDX-License-Identifier: Apache-2.0
/** What a service of systemd does: it tells how it is, and logs to the journal. */
package io.hotbus.systemd;
