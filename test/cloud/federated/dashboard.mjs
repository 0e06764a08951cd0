// A stand-in for the dashboard: shows the token that Keystone's page hands over.
// node dashboard.mjs TLS-FOLDER PORT
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [tls, port] = process.argv.slice(2);
const options = { key: readFileSync(`${tls}/server.key`), cert: readFileSync(`${tls}/server.crt`) };
createServer(options, async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const token = new URLSearchParams(body).get('token');
  const handedOver = request.method === 'POST' && request.url === '/dashboard/auth/websso/' && /^[\w-]+$/.test(token ?? '');
  response.writeHead(handedOver ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(handedOver ? `<!doctype html><title>Dashboard</title><p id="token">${token}</p>` : 'not found');
}).listen(Number(port), '127.0.0.1');
