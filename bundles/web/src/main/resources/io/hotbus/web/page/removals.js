// SPDX-License-Identifier: Apache-2.0
// The history of removals, one of them step by step, and the last faults.

import {Table, bar, byId, element, setState, setText} from './dom.js';
import {read} from './session.js';
import {duration} from './units.js';

const PAGE = 50;
const text = value => (cell, row) => setText(cell, value(row));
const when = time => new Date(time).toLocaleString();
const after = nanos => nanos === null ? '' : duration(nanos);

function outcome(removal) {
	if (removal.failure) {
		return ['⚠', removal.failure, 'bad'];
	}
	if (removal.returnedNanos !== null) {
		return ['✓', 'back', 'good'];
	}
	return removal.detachedNanos === null ? ['…', 'being detached', 'soon'] : ['○', 'detached', ''];
}

export class Removals {
	constructor() {
		this.version = null;
		this.newest = null;
		this.before = null;
		this.shown = null;
		this.focus = false;
		this.again = false;
		this.loading = false;
		this.list = new Table('history', removal => removal.number, [
			(cell, removal) => {
				if (cell.children.length === 0) {
					cell.append(element('a', {href: `#removal-${removal.number}`, textContent: String(removal.number)}));
				}
			},
			text(removal => when(removal.time)),
			text(removal => removal.device),
			text(removal => removal.cause),
			(cell, removal) => setState(cell, outcome(removal)),
			text(removal => after(removal.detachedNanos)),
			text(removal => after(removal.returnedNanos)),
		], [0, 5, 6]);
		this.steps = new Table('steps', step => step.key, [
			text(step => step.failure ? `⚠ ${step.what}: ${step.failure}` : step.what),
			text(step => step.name),
			text(step => step.thread),
			text(step => duration(step.beginNanos)),
			text(step => duration(step.endNanos - step.beginNanos)),
			(cell, step) => cell.replaceChildren(bar(step.from, step.to, Boolean(step.failure))),
		], [3, 4]);
		this.faults = new Table('fault-list', fault => fault.number, [
			text(fault => String(fault.number)),
			text(fault => when(fault.time)),
			text(fault => fault.device),
			text(fault => fault.window),
			text(fault => String(fault.thread)),
			text(fault => duration(fault.repairNanos)),
		], [0, 4, 5]);
		byId('newest').addEventListener('click', () => this.page(null));
		byId('older').addEventListener('click', () => this.page(this.last));
		byId('paging').addEventListener('submit', event => {
			event.preventDefault();
			if (byId('number').value) {
				location.hash = `#removal-${byId('number').value}`;
			}
		});
		addEventListener('hashchange', () => {
			this.focus = true;
			this.load();
		});
	}

	/** Reads anew what has changed. */
	onState(state) {
		if (state.history !== this.version) {
			this.version = state.history;
			this.load();
		}
	}

	page(before) {
		this.before = before;
		this.load();
	}

	/** Reads the page and the opened removal; once more if something has changed meanwhile. */
	async load() {
		this.again = true;
		if (this.loading) {
			return;
		}
		this.loading = true;
		while (this.again) {
			this.again = false;
			await this.readPage(this.before);
			await this.follow();
			await this.readFaults();
		}
		this.loading = false;
	}

	async readPage(before) {
		const {status, value} = await read(`api/removals?limit=${PAGE}${before === null ? '' : `&before=${before}`}`);
		if (status !== 200) {
			return;
		}
		const {removals, older} = value;
		this.list.show(removals);
		this.last = removals.at(-1)?.number ?? null;
		byId('older').disabled = !older;
		byId('newest').disabled = before === null;
		setText(byId('history-caption'), removals.length === 0 ? 'None'
			: `${removals[0].number} to ${removals.at(-1).number}, newest first`);
		if (before === null) {
			this.announce(removals[0]);
		}
	}

	async readFaults() {
		const {status, value} = await read('api/faults');
		if (status === 200) {
			this.faults.show(value.faults);
		}
	}

	announce(removal) {
		if (removal && this.newest !== null && removal.number > this.newest) {
			setText(byId('announced'), `${removal.device} was removed, first sign ${removal.cause}. Removal ${removal.number}.`);
		}
		this.newest = Math.max(this.newest ?? 0, removal?.number ?? 0);
	}

	/** Shows the removal that the address names. */
	async follow() {
		const number = /^#removal-([0-9]{1,18})$/.exec(location.hash)?.[1];
		byId('removal').hidden = !number;
		if (!number) {
			this.shown = null;
			return;
		}
		const {status, value} = await read(`api/removals/${number}`);
		if (status !== 200 && status !== 404) {
			return;
		}
		const {removal, steps} = status === 200 ? value : {removal: null, steps: []};
		setText(byId('removal-title'), removal ? `Removal ${number}: ${removal.device}`
			: `There is no removal ${number}`);
		byId('steps').parentElement.hidden = !removal;
		this.facts(removal);
		this.steps.show(this.scaled(steps));
		if (this.focus || this.shown !== number) { // the user went there now
			byId('removal-title').focus();
		}
		this.focus = false;
		this.shown = number;
	}

	facts(removal) {
		const facts = removal ? [['When', when(removal.time)], ['Bus', removal.bus], ['First sign', removal.cause],
			['Outcome', outcome(removal).slice(0, 2).join(' ')], ['Detached after', after(removal.detachedNanos) || 'not yet'],
			['Back after', after(removal.returnedNanos) || 'not yet']] : [];
		byId('removal-facts').replaceChildren(...facts.map(([name, value]) => element('div', {},
			element('dt', {textContent: name}), element('dd', {textContent: value}))));
	}

	scaled(steps) {
		const begin = Math.min(0, ...steps.map(step => step.beginNanos));
		const length = Math.max(1, ...steps.map(step => step.endNanos)) - begin;
		return steps.sort((a, b) => a.beginNanos - b.beginNanos).map((step, i) => ({...step, key: i, from: (step.beginNanos - begin) / length,
			to: (step.endNanos - begin) / length}));
	}
}
