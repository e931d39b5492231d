// SPDX-License-Identifier: Apache-2.0
/** The launcher's command {@code doctor}. */
package io.hotbus.doctor;
