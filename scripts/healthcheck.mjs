/**
 * Says by its exit code, 0 or 1, whether a part of the mesh is well; for the health checks of containers.
 *
 *   node scripts/healthcheck.mjs http://127.0.0.1:8080/healthz
 *   node scripts/healthcheck.mjs mqtt://broker:1883 mesh/sync/status
 *
 * The first asks for an answer of 200, the second for a retained message on the topic whose `state` is online.
 */
import mqtt from 'mqtt';

const PATIENCE_MS = 3000;

async function checkHttp(url) {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (status !== 200) throw new Error(`found the answer ${status}, expected 200`);
}

async function checkMqtt(url, topic) {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: PATIENCE_MS });
  try {
    const state = await new Promise((resolve, reject) => {
      setTimeout(
        () => reject(new Error(`found nothing on ${topic} in ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      ).unref();
      client.once('error', reject);
      client.once('close', () => reject(new Error('the broker closed the connection')));
      client.on('message', (_topic, payload, { retain }) => {
        if (retain) resolve(JSON.parse(payload.toString()).state);
      });
      client.subscribe(topic, (error) => error && reject(error));
    });
    if (state !== 'online') throw new Error(`found ${topic} ${state}, expected online`);
  } finally {
    client.end(true);
  }
}

const [url = '', topic] = process.argv.slice(2);
try {
  if (topic === undefined) await checkHttp(url);
  else await checkMqtt(url, topic);
} catch (error) {
  process.stderr.write(`healthcheck: ${url}: ${error.message || error.code}\n`);
  process.exitCode = 1;
}
