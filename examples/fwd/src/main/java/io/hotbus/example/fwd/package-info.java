// SPDX-License-Identifier: Apache-2.0
/** A whole application: two ports, packets from one to the other, and removals survived. */
package io.hotbus.example.fwd;
