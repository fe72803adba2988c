//! The link over USB: a CDC-ACM serial port, which Linux shows as `/dev/ttyACM0`.

use core::fmt;

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use rp2040_hal::usb::UsbBus;
use usb_device::bus::UsbBusAllocator;
use usb_device::device::UsbVidPid;
use usb_device::device::{StringDescriptors, UsbDevice, UsbDeviceBuilder, UsbDeviceState};
use usbd_serial::{SerialPort, USB_CLASS_CDC};

/// pid.codes test identifiers: for devices that are not sold.
const IDENTIFIERS: UsbVidPid = UsbVidPid(0x1209, 0x0001);
const PACKET: usize = 64;

/// The link's port.
pub(crate) struct UsbLink<'b> {
    device: UsbDevice<'b, UsbBus>,
    serial: SerialPort<'b, UsbBus>,
    received: [u8; PACKET],
    start: usize,
    end: usize,
}

/// Nobody takes or sends bytes now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotReady;

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the USB port is not ready")
    }
}

impl core::error::Error for NotReady {}

impl Error for NotReady {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NotConnected
    }
}

impl<'b> UsbLink<'b> {
    /// `None` when the device cannot be described, which is a fault of this file.
    pub(crate) fn new(bus: &'b UsbBusAllocator<UsbBus>) -> Option<Self> {
        let serial = SerialPort::new(bus);
        let names = StringDescriptors::default()
            .manufacturer("Klantreis")
            .product("Klantreis hub")
            .serial_number("1");
        let device = UsbDeviceBuilder::new(bus, IDENTIFIERS)
            .strings(&[names])
            .ok()?
            .device_class(USB_CLASS_CDC)
            // The largest: a host that reads a descriptor in one piece (the emulator does) gets
            // it in one piece.
            .max_packet_size_0(64)
            .ok()?
            .build();
        Some(Self {
            device,
            serial,
            received: [0; PACKET],
            start: 0,
            end: 0,
        })
    }

    fn poll(&mut self) {
        let _events = self.device.poll(&mut [&mut self.serial]);
        if self.start == self.end {
            self.start = 0;
            self.end = self.serial.read(&mut self.received).unwrap_or(0);
        }
    }
}

impl ErrorType for UsbLink<'_> {
    type Error = NotReady;
}

impl ReadReady for UsbLink<'_> {
    fn read_ready(&mut self) -> Result<bool, NotReady> {
        self.poll();
        Ok(self.start < self.end)
    }
}

impl Read for UsbLink<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotReady> {
        let waiting = self.received.get(self.start..self.end).unwrap_or(&[]);
        let mut len = 0;
        for (slot, byte) in buffer.iter_mut().zip(waiting) {
            *slot = *byte;
            len += 1;
        }
        self.start += len;
        Ok(len)
    }
}

impl WriteReady for UsbLink<'_> {
    fn write_ready(&mut self) -> Result<bool, NotReady> {
        self.poll();
        Ok(self.device.state() == UsbDeviceState::Configured)
    }
}

impl Write for UsbLink<'_> {
    /// Fails instead of waiting when the host takes nothing.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, NotReady> {
        let len = self.serial.write(bytes).map_err(|_| NotReady)?;
        // Sent by the next poll if not now.
        let _sent = self.serial.flush();
        Ok(len)
    }

    fn flush(&mut self) -> Result<(), NotReady> {
        self.serial.flush().map_err(|_| NotReady)
    }
}
