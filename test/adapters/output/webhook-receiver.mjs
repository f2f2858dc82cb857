// Takes webhooks as somebody else would, and writes each to a file before it answers:
// node webhook-receiver.mjs PORT FILE SECRET
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file, secret = ''] = process.argv.slice(2);
const key = Buffer.from(secret.replace('whsec_', ''), 'base64');

/** Whether one of the signatures is that of the key, by https://www.standardwebhooks.com. */
function isSigned(headers, body) {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const right = createHmac('sha256', key).update(content, 'utf8').digest();
  const isFresh = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => {
      const [version, signature = ''] = one.split(',');
      const given = Buffer.from(signature, 'base64');
      return isFresh && version === 'v1' && given.length === right.length && timingSafeEqual(given, right);
    });
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    const chance = Math.random();
    if (chance < 0.005) return response.writeHead(503, { 'retry-after': '0' }).end();
    const record = { id: request.headers['webhook-id'], signed: isSigned(request.headers, body), body };
    // The line break stands first: what a kill has torn is then a line of its own.
    appendFileSync(file, `\n${JSON.stringify(record)}`);
    if (chance > 0.995) return request.socket.destroy();
    response.writeHead(204).end();
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
