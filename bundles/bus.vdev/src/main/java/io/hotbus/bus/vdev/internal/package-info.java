// SPDX-License-Identifier: Apache-2.0
/** The vdev bus itself. */
package io.hotbus.bus.vdev.internal;
