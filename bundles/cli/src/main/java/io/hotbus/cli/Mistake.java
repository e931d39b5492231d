// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

/**
 * What is wrong with the form of a line.
 *
 * @param word    the first word that no verb has at its place; empty if words are missing
 * @param message the forms that are valid
 */
public record Mistake(String word, String message) {
}
