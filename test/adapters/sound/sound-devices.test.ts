import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeSoundDevices, parseSoundDevices } from '../../../adapters/sound/sound-devices.js';

// As alsa-utils 1.2 prints it with a USB microphone and a webcam.
const CARDS = `**** List of CAPTURE Hardware Devices ****
card 1: Device [USB PnP Sound Device], device 0: USB Audio [USB Audio]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 2: C920 [HD Pro Webcam C920], device 0: USB Audio [USB Audio]
  Subdevices: 0/1
  Subdevice #0: subdevice #0
`;
const NAMES = `null
    Discard all samples (playback) or generate zero samples (capture)
pulse
    PulseAudio Sound Server
default
    Default ALSA Output (currently PulseAudio Sound Server)
hw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Direct hardware device without any conversions
`;

describe('the devices that ALSA can record from', () => {
  test('are its cards, by names that convert, and its other names', () => {
    expect(parseSoundDevices(CARDS, NAMES)).toEqual([
      'plughw:CARD=Device,DEV=0 (USB PnP Sound Device)',
      'plughw:CARD=C920,DEV=0 (HD Pro Webcam C920)',
      'pulse',
      'default',
    ]);
  });

  test('are none where nothing is listed', () => {
    expect(
      parseSoundDevices('arecord: device_list:274: no soundcards found...', 'null\n    Discard'),
    ).toEqual([]);
  });

  test('are single words and what is in brackets, whatever is printed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (cards, names) => {
        for (const device of parseSoundDevices(`${CARDS}${cards}`, names))
          expect(device).toMatch(/^\S+( \(.*\))?$/);
      }),
    );
  });
});

describe('where no device is listed', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  test('it asks for a microphone', async () => {
    process.env.PATH = '';
    expect(await describeSoundDevices('/nonexistent')).toBe(
      'there is no sound card to record from; plug a microphone in',
    );
  });

  test('it asks to join the group, where there is a card that this user may not open', async () => {
    process.env.PATH = '';
    const folder = await mkdtemp(join(tmpdir(), 'becomingone-snd-'));
    // Root may open everything but what is not there.
    await symlink(join(folder, 'missing'), join(folder, 'pcmC0D0c'));
    expect(await describeSoundDevices(folder)).toContain('sudo usermod -aG audio $USER');
    await rm(folder, { recursive: true });
  });
});
