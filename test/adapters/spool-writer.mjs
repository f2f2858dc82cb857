// Appends numbers to a spool and says each that is safe, until it is killed: node spool-writer.mjs FOLDER FIRST
import { openEventSpool } from '../../dist/adapters/event-spool.js';

const [folder, first] = process.argv.slice(2);
const spool = await openEventSpool({ folder, limitBytes: 1e6, dropped() {}, damaged() {} });
for (let number = Number(first); ; number += 10) {
  const ten = Array.from({ length: 10 }, (_, index) => number + index);
  await Promise.all(
    ten.map(async (one) => {
      await spool.append(String(one));
      process.stdout.write(`${one}\n`);
    }),
  );
}
