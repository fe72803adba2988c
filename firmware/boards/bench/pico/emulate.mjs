// Runs an ELF image of the Pico in rp2040js. Its USB serial port and both UARTs become the
// sockets `link`, `scanner` and `printer` of a folder; changes of its output pins are printed
// as `pin NUMBER LEVEL MILLISECONDS`, in the firmware's own time.
//
// Usage: node emulate.mjs IMAGE.elf FOLDER

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GPIOPinState, LogLevel, ConsoleLogger, Simulator, USBCDC } from 'rp2040js';

const FLASH = 0x10000000;
const VECTORS = FLASH + 0x100;
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

const [, , image, folder] = process.argv;
const simulator = new Simulator();
const chip = simulator.rp2040;
chip.logger = new ConsoleLogger(LogLevel.Error);
load(readFileSync(image), chip.flash);
// The boot ROM is not part of the emulator: begin where the second stage would.
const vectors = new DataView(chip.flash.buffer, chip.flash.byteOffset + VECTORS - FLASH);
chip.core.VTOR = VECTORS;
chip.core.SP = vectors.getUint32(0, true);
chip.core.PC = vectors.getUint32(4, true) & ~1;

const [link, scanner, printer] = await Promise.all(
  ['link', 'scanner', 'printer'].map((name) => port(folder, name)),
);
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
for (const number of OUTPUTS) {
  chip.gpio[number].addListener((state) => {
    const level = state === GPIOPinState.High ? 1 : 0;
    console.log(`pin ${number} ${level} ${(simulator.clock.nanos / 1e6).toFixed(3)}`);
  });
}
// A byte at a time on the UARTs, as fast as the firmware takes them.
setInterval(() => {
  deliver();
  [scanner, printer].forEach((port, number) => {
    const uart = chip.uart[number];
    while (port.waiting.length > 0 && uart.rxFIFO.itemCount < UART_FIFO) {
      uart.feedByte(port.waiting.shift());
    }
  });
}, 1);
console.log('ready');
simulator.execute();
