// SPDX-License-Identifier: Apache-2.0
/** The thread {@code control} and the events that listeners are told of on it. */
package io.hotbus.core.event;
