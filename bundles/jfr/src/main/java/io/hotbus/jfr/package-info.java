// SPDX-License-Identifier: Apache-2.0
/** Events of the JDK's Flight Recorder. */
package io.hotbus.jfr;
