// SPDX-License-Identifier: Apache-2.0
/**
 * A deployment that files describe: devices with their ports, and how packets are forwarded. What
 * changes in the files is changed while the process runs.
 */
package io.hotbus.testpmd.internal.deployment;
