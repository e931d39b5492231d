// SPDX-License-Identifier: Apache-2.0
/** The thread {@code control}, and the events that it delivers to listeners. */
package io.hotbus.core.event;
