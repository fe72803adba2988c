// Runs an ELF image of the Pico in rp2040js. Its USB serial port and both UARTs become the
// sockets `link`, `scanner` and `printer` of a folder; changes of its output pins are printed
// as `pin NUMBER LEVEL MILLISECONDS`, in the chip's own time, and every start as
// `start MILLISECONDS REASON`; now and then `ram BYTES`, the memory used so far with its stack.
//
// Usage: node emulate.mjs IMAGE.elf FOLDER

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GPIOPinState, LogLevel, ConsoleLogger, Simulator, USBCDC } from 'rp2040js';

const FLASH = 0x10000000;
const VECTORS = FLASH + 0x100;
const WATCHDOG = 0x40058;
const PAINT = 0xa5;
const OUTPUTS = [14, 15, 16, 17, 18];
// Room to keep in the emulator's FIFO of a UART, which holds 32 bytes.
const UART_FIFO = 24;

/** Copies what the image loads into flash. */
function load(image, flash) {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const headers = view.getUint32(28, true);
  const size = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  for (let at = headers; at < headers + size * count; at += size) {
    const [type, offset, , address, length] = [0, 4, 8, 12, 16].map((field) =>
      view.getUint32(at + field, true),
    );
    if (type === 1 && length > 0 && address >= FLASH) {
      flash.set(image.subarray(offset, offset + length), address - FLASH);
    }
  }
}

/** A socket for one port: what comes in waits until the emulator takes it. */
function port(folder, name) {
  const state = { waiting: [], client: null };
  const server = createServer((client) => {
    state.client = client;
    client.on('data', (bytes) => state.waiting.push(...bytes));
    client.on('error', () => {});
    client.on('close', () => {
      state.client = null;
    });
  });
  return new Promise((resolve) => {
    server.listen(join(folder, name), () => resolve(state));
  });
}

const [, , imagePath, folder] = process.argv;
const image = readFileSync(imagePath);
const [link, scanner, printer] = await Promise.all(
  ['link', 'scanner', 'printer'].map((name) => port(folder, name)),
);

/**
 * Starts the chip, again and again: its watchdog starts a new one, as a reset of everything but
 * the watchdog's own registers does. `kept` are those and the time so far.
 */
function start(kept) {
  const simulator = new Simulator();
  const chip = simulator.rp2040;
  chip.logger = new ConsoleLogger(LogLevel.Error);
  load(image, chip.flash);
  chip.sram.fill(PAINT);
  // The boot ROM is not part of the emulator: begin where the second stage would.
  const vectors = new DataView(chip.flash.buffer, chip.flash.byteOffset + VECTORS - FLASH);
  chip.core.VTOR = VECTORS;
  chip.core.SP = vectors.getUint32(0, true);
  chip.core.PC = vectors.getUint32(4, true) & ~1;

  const usb = new USBCDC(chip.usbCtrl);
  usb.onSerialData = (bytes) => link.client?.write(bytes);
  // The firmware offers its buffer before the emulator has learnt which endpoint the serial port
  // has, and the emulator forgets offers that it cannot use yet: they are remembered here.
  const offers = new Map();
  chip.usbCtrl.onEndpointRead = (endpoint, size) => {
    offers.set(endpoint, size);
  };
  function deliver() {
    const size = offers.get(usb.outEndpoint);
    if (size !== undefined && link.waiting.length > 0) {
      offers.delete(usb.outEndpoint);
      const bytes = Uint8Array.from(link.waiting.splice(0, size));
      chip.usbCtrl.endpointReadDone(usb.outEndpoint, bytes);
    }
  }
  [scanner, printer].forEach((port, number) => {
    chip.uart[number].onByte = (byte) => port.client?.write(Uint8Array.of(byte));
  });

  // A customer display that takes whatever it is told.
  const display = chip.i2c[1];
  display.onConnect = () => display.completeConnect(true);
  display.onWriteByte = () => display.completeWrite(true);

  const milliseconds = () => (kept.nanos + simulator.clock.nanos) / 1e6;
  const high = new Set();
  function changed(number, level) {
    console.log(`pin ${number} ${level} ${milliseconds().toFixed(3)}`);
  }
  for (const number of OUTPUTS) {
    chip.gpio[number].addListener((state) => {
      const level = state === GPIOPinState.High ? 1 : 0;
      if (level === 1) {
        high.add(number);
      } else {
        high.delete(number);
      }
      changed(number, level);
    });
  }
  // What the firmware never touched is painted still: one long piece between variables and stack.
  const memory = setInterval(() => {
    let [longest, free] = [0, 0];
    for (const byte of chip.sram) {
      free = byte === PAINT ? free + 1 : 0;
      longest = Math.max(longest, free);
    }
    console.log(`ram ${chip.sram.length - longest}`);
  }, 2000);
  // A byte at a time on the UARTs, as fast as the firmware takes them.
  const feeding = setInterval(() => {
    deliver();
    [scanner, printer].forEach((port, number) => {
      const uart = chip.uart[number];
      while (port.waiting.length > 0 && uart.rxFIFO.itemCount < UART_FIFO) {
        uart.feedByte(port.waiting.shift());
      }
    });
  }, 1);

  const watchdog = chip.peripherals[WATCHDOG];
  watchdog.scratchData.set(kept.scratch);
  watchdog.reason = kept.reason;
  watchdog.onWatchdogTrigger = () => {
    if (!simulator.executing) {
      return;
    }
    simulator.stop();
    // Or the emulator's alarm goes off for ever.
    watchdog.alarm.enable = false;
    clearInterval(feeding);
    clearInterval(memory);
    // A reset makes every pin an input, which its pull-down puts low.
    high.forEach((number) => changed(number, 0));
    const nanos = kept.nanos + simulator.clock.nanos;
    const { reason, scratchData: scratch } = watchdog;
    setImmediate(() => start({ nanos, reason, scratch }));
  };
  console.log(`start ${milliseconds().toFixed(3)} ${kept.reason}`);
  simulator.execute();
}

console.log('ready');
start({ nanos: 0, reason: 0, scratch: [] });
