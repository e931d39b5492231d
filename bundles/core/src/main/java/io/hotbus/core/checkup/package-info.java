// SPDX-License-Identifier: Apache-2.0
/** What the platform itself needs of a machine. */
package io.hotbus.core.checkup;
