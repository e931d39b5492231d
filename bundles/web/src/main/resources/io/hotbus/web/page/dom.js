// SPDX-License-Identifier: Apache-2.0
// Small helpers for the document. Nothing is written as HTML: all text stays text.

export const byId = id => document.getElementById(id);

/** An element with properties, and children or text. */
export function element(name, properties = {}, ...children) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...children);
	return made;
}

export function setText(node, text) {
	if (node.textContent !== text) {
		node.textContent = text;
	}
}

/** A sign and a word: the state is told by both, not by a colour alone. */
export function setState(node, [sign, word, kind]) {
	setText(node, `${sign} ${word}`);
	node.className = kind;
}

/**
 * Rows that stay where they are while their cells change, so that the focus stays, too.
 * columns: of each cell a function (cell, row) that fills it; numbers: which are numbers.
 */
export class Table {
	constructor(id, key, columns, numbers = []) {
		this.body = byId(id).tBodies[0];
		this.key = key;
		this.columns = columns;
		this.numbers = numbers;
		this.rows = new Map();
	}

	show(values) {
		const keys = values.map(this.key);
		const kept = new Set(keys);
		for (const [key, row] of this.rows) {
			if (!kept.has(key)) {
				row.remove();
				this.rows.delete(key);
			}
		}
		values.forEach((value, i) => {
			let row = this.rows.get(keys[i]);
			if (!row) {
				row = this.newRow();
				this.rows.set(keys[i], row);
			}
			if (this.body.children[i] !== row) {
				this.body.insertBefore(row, this.body.children[i] ?? null);
			}
			this.columns.forEach((fill, c) => fill(row.children[c], value));
		});
	}

	newRow() {
		const row = element('tr');
		this.columns.forEach((_, c) => {
			const cell = c === 0 ? element('th', {scope: 'row'}) : element('td');
			if (this.numbers.includes(c)) {
				cell.classList.add('number');
			}
			row.append(cell);
		});
		return row;
	}
}

/** A bar from one part of a track to another, as shares of 1. */
export function bar(from, to, failed = false) {
	const part = element('div');
	part.classList.toggle('failed', failed);
	part.style.left = `${Math.min(99.5, 100 * from)}%`;
	part.style.width = `${100 * Math.max(0, to - from)}%`;
	const track = element('div', {className: 'track'}, part);
	track.setAttribute('aria-hidden', 'true');
	return track;
}
