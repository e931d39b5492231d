// SPDX-License-Identifier: Apache-2.0
// Login, and requests that change something.

import {byId, setText} from './dom.js';

let csrf = null;

export function say(text, failed = false) {
	const said = byId('said');
	said.classList.toggle('failed', failed);
	setText(said, text);
}

/** Status and value of an answer; status 0: there is none. */
export async function read(path) {
	try {
		const answer = await fetch(path);
		return {status: answer.status, value: await answer.json()};
	} catch (e) {
		return {status: 0, value: null};
	}
}

async function post(path, fields) {
	try {
		const answer = await fetch(path, {
			method: 'POST',
			headers: csrf ? {'X-CSRF-Token': csrf} : {},
			body: new URLSearchParams(fields),
		});
		return {status: answer.status, value: await answer.json()};
	} catch (e) {
		return {status: 0, value: {message: 'The server does not answer'}};
	}
}

/** Asks who we are, and shows it. Returns whether data may be read. */
export async function refresh() {
	const {status, value} = await read('api/session');
	return status === 200 && show(value);
}

function show(session) {
	csrf = session.csrf;
	document.body.classList.toggle('may-change', csrf !== null);
	byId('login').hidden = !session.login || csrf !== null;
	byId('logout').hidden = csrf === null || !session.login;
	byId('read-only').hidden = session.login || csrf !== null;
	byId('main').hidden = !session.mayRead;
	return session.mayRead;
}

/** onChange: called after a login or a logout. */
export function begin(onChange) {
	byId('login').addEventListener('submit', async event => {
		event.preventDefault();
		const field = byId('password');
		const {status, value} = await post('api/login', {password: field.value});
		field.value = '';
		if (status === 200) {
			say('Logged in');
			onChange(show(value));
			byId('logout').focus();
		} else {
			say(value.message, true);
			field.focus();
		}
	});
	byId('logout').addEventListener('click', async () => {
		const {status, value} = await post('api/logout', {});
		say(status === 200 ? 'Logged out' : value.message, status !== 200);
		onChange(await refresh());
		byId('password').focus();
	});
}

/** Does something, and says what came of it. */
export async function act(action, device = '') {
	const {status, value} = await post('api/act', {do: action, device});
	say(value.message, status !== 200);
	if (status === 403) {
		await refresh(); // the session has ended
	}
	return status === 200;
}
