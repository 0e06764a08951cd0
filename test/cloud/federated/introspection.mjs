// A stand-in for the introspection proxy ESACO, by its settings: asks all issuers, and gives the answer of the one that knows the token.
// node introspection.mjs APPLICATION.YML    (port, user and password by ESACO_…; CAs by NODE_EXTRA_CA_CERTS)
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { ESACO_BIND_PORT: port, ESACO_USER_NAME: user, ESACO_USER_PASSWORD: password } = process.env;
const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const value = (text) => text.trim().replace(/^"(.*)"$/, '$1').replace(/\$\{(\w+)\}/g, (_, name) => process.env[name]);
const providers = readFileSync(process.argv[2], 'utf8').split(/^ +- (?=issuer-url:)/m).slice(1)
  .map((text) => Object.fromEntries([...text.matchAll(/^ *([a-z-]+): (.*)$/gm)].map(([, key, word]) => [key, value(word)])));

async function ask(provider, token) {
  const { introspection_endpoint: endpoint } = await (await fetch(`${provider['issuer-url']}/.well-known/openid-configuration`)).json();
  const headers = { authorization: basic(provider['client-id'], provider['client-secret']) };
  const answer = await (await fetch(endpoint, { method: 'POST', headers, body: new URLSearchParams({ token }) })).json();
  return answer.active && answer.iss === provider['issuer-url'] ? answer : undefined;
}

createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  if (request.headers.authorization !== basic(user, password)) {
    response.writeHead(401).end();
    return;
  }
  const token = new URLSearchParams(body).get('token') ?? '';
  const answers = await Promise.all(providers.map((provider) => ask(provider, token).catch((error) => console.error(error))));
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answers.find((answer) => answer) ?? { active: false }));
}).listen(Number(port), '127.0.0.1', () => console.log(`asks ${providers.map((provider) => provider['issuer-url'])}`));
