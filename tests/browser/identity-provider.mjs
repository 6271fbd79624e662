// A real identity provider on this machine, for the browser tests: oidc-provider, with its own pages for signing in.
//
// Whoever signs in there is known by the name that they type, whatever the password. It is at 127.0.0.1 and the
// demonstration at localhost: for a browser these are two sites, as they are at an authority.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Provider } from 'oidc-provider';

const CLIENT = 'lifestory';

// A port that was free a moment ago: the provider must know where people are sent back to before the demonstration begins.
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Starts one that sends people back to this address: { issuer, options, stop }, the options being those of the program.
export async function startProvider(pages, name) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const secret = `${randomBytes(24).toString('base64')} 100% +/&`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: secret,
        redirect_uris: [`${pages}/sign-in/single-sign-on/back`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 3600, IdToken: 60, Interaction: 600, Session: 3600 },
    pkce: { methods: ['S256'], required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Nobody is asked whether the program may know who they are: it is their authority's own.
    async loadExistingGrant(context) {
      const { client, session, provider: of } = context.oidc;
      const grant = new of.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', (_, error) => console.error(error));
  const server = createServer(provider.callback());
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const folder = await mkdtemp(path.join(tmpdir(), 'lifestory-provider-'));
  const file = path.join(folder, 'secret');
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return {
    issuer,
    options: [
      ['--single-sign-on', issuer],
      ['--single-sign-on-client', CLIENT],
      ['--single-sign-on-secret-file', file],
      ['--single-sign-on-name', name],
    ].flat(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
