// A stand-in for an introspection proxy such as ESACO: asks the issuers of FILE, and gives the answer of the one that knows the token.
// node introspection.mjs PORT FILE    (FILE: [{"issuer", "client_id", "client_secret"}…]; CAs by NODE_EXTRA_CA_CERTS)
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);

async function ask({ issuer, client_id: id, client_secret: secret }, token) {
  const { introspection_endpoint: endpoint } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const answer = await (await fetch(endpoint, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ token }) })).json();
  return answer.active && answer.iss === issuer ? answer : undefined;
}

createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const token = new URLSearchParams(body).get('token') ?? '';
  const answers = await Promise.all(JSON.parse(readFileSync(file)).map((provider) => ask(provider, token).catch(() => undefined)));
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answers.find((answer) => answer) ?? { active: false }));
}).listen(Number(port), '127.0.0.1');
