// A real OpenID Provider: oidc-provider with the users of users.json, state in memory.
// node provider.mjs TLS-FOLDER ISSUER USERS REDIRECT-URI...    (USERS: first or second; the issuer's port is listened at)
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const [tls, issuer, group, ...redirectUris] = process.argv.slice(2);
const { port, pathname } = new URL(issuer);
const prefix = pathname === '/' ? '' : pathname;
const password = 'fedsite';

const other = (i) => `urn:mace:egi.eu:group:vo${i}.example.org:role=member#aai.egi.eu`;
const described = JSON.parse(readFileSync(new URL('users.json', import.meta.url)))[group];
const users = new Map(Object.entries(described).map(([name, { others = 0, ...claims }]) => {
  const sub = `${createHash('sha256').update(`fedsite test user ${name}`).digest('hex')}@egi.eu`;
  if (others) claims.eduperson_entitlement.unshift(...Array.from({ length: others }, (_, i) => other(i)));
  return [sub, { sub, name, ...claims }];
}));
// As at Check-in, a claim is there only when its scope was asked for.
const claims = {
  openid: ['sub'],
  profile: ['name'],
  email: ['email'],
  eduperson_entitlement: ['eduperson_entitlement'],
  entitlements: ['entitlements'],
};
const entitled = (sub, scope) => Object.fromEntries(scope.split(' ').flatMap((word) => claims[word] ?? [])
  .filter((claim) => claim !== 'sub' && claim in users.get(sub)).map((claim) => [claim, users.get(sub)[claim]]));
const known = (name, secret) => secret === password && [...users.values()].find((user) => user.name === name)?.sub;

async function grant(clientId, accountId, scope, id) {
  const found = (id && await provider.Grant.find(id)) || new provider.Grant({ accountId, clientId });
  found.addOIDCScope(scope);
  return found.save();
}

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const at = '/protocol/openid-connect'; // the addresses of Keycloak, which Check-in runs on
const provider = new Provider(issuer, {
  jwks: { keys: [{ ...key, kid: 'test', use: 'sig', alg: 'RS256' }] },
  findAccount: (_, sub) => users.has(sub) && { accountId: sub, claims: () => users.get(sub) },
  scopes: ['openid', 'profile', 'email', 'eduperson_entitlement', 'entitlements'],
  claims,
  cookies: { keys: ['test'] },
  routes: {
    authorization: `${at}/auth`, token: `${at}/token`, introspection: `${at}/token/introspect`, userinfo: `${at}/userinfo`, jwks: `${at}/certs`,
  },
  clients: [
    { client_id: 'keystone', client_secret: 'keystone-secret', grant_types: ['authorization_code'], redirect_uris: redirectUris },
    { client_id: 'person', token_endpoint_auth_method: 'none', grant_types: ['password'], redirect_uris: [], response_types: [] },
  ],
  pkce: { methods: ['S256'], required: () => true },
  extraTokenClaims: (_, token) => entitled(token.accountId, token.scope),
  features: { introspection: { enabled: true }, devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `${prefix}/login/${interaction.uid}` },
  ttl: { AccessToken: 3600, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
});

// For tests: a person's name and password for an access token.
provider.registerGrantType('password', async (ctx) => {
  const { username, password: secret, scope = 'openid' } = ctx.oidc.params;
  const { client } = ctx.oidc;
  const accountId = known(username, secret);
  if (!accountId) {
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'unknown user or wrong password' };
    return;
  }
  const token = new provider.AccessToken({
    accountId, client, scope, gty: 'password', grantId: await grant(client.clientId, accountId, scope),
  });
  ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: 'Bearer', scope };
}, ['username', 'password', 'scope']);

const page = (message) => `<!doctype html><title>Log in</title><p>${message}</p>
<form method="post"><input name="username"><input name="password" type="password"><button type="submit">Log in</button></form>`;

async function login(request, response) {
  const { params, grantId } = await provider.interactionDetails(request, response);
  let message = `Log in at ${issuer}`;
  if (request.method === 'POST') {
    let body = '';
    for await (const part of request) body += part;
    const form = new URLSearchParams(body);
    const accountId = known(form.get('username'), form.get('password'));
    if (accountId) {
      const consent = { grantId: await grant(params.client_id, accountId, params.scope, grantId) };
      await provider.interactionFinished(request, response, { login: { accountId }, consent });
      return;
    }
    message = 'Wrong name or password';
  }
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page(message));
}

const callback = provider.callback();
createServer({ key: readFileSync(`${tls}/server.key`), cert: readFileSync(`${tls}/server.crt`) }, (request, response) => {
  if (!request.url.startsWith(`${prefix}/`)) {
    response.writeHead(404).end();
    return;
  }
  request.originalUrl = request.url; // tells oidc-provider what it is mounted at
  request.url = request.url.slice(prefix.length);
  if (request.url.startsWith('/login/')) {
    login(request, response).catch((error) => response.writeHead(400).end(String(error)));
    return;
  }
  callback(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log(`ready: ${issuer}`));
