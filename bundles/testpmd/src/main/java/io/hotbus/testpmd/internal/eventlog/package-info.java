// SPDX-License-Identifier: Apache-2.0
/** The file that records every event, for operators and for tests that measure. */
package io.hotbus.testpmd.internal.eventlog;
