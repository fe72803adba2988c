//! The devices of the settings: scanners, printer, hub, and the serial lines they hang on.

use std::collections::HashMap;
use std::path::PathBuf;

use toml::Spanned;

use super::check::Context;
use super::raw::{self, line_of};
use super::{ConfigError, Hub, Parity, Printer, Profile, Scanner, ScannerProtocol, Serial};
use crate::receipt::profile::PROFILES;

const BAUDS: [i64; 13] = [
    300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
];

pub(super) fn scanners(cx: &Context<'_>, raw: &[raw::Device]) -> Result<Vec<Scanner>, ConfigError> {
    raw.iter()
        .map(|device| {
            if let Some(profile) = &device.profile {
                return Err(cx.wrong(
                    profile,
                    "a scanner has no `profile`",
                    "remove it, or move it to [printer]",
                ));
            }
            let protocol = cx.word(
                "protocol",
                device.protocol.as_ref(),
                &[
                    ("plain", ScannerProtocol::Plain),
                    ("ssi", ScannerProtocol::Ssi),
                ],
                ScannerProtocol::Plain,
            )?;
            Ok(Scanner {
                serial: serial(cx, &Line::of(device), 9600)?,
                protocol,
            })
        })
        .collect()
}

pub(super) fn printer(cx: &Context<'_>, device: &raw::Device) -> Result<Printer, ConfigError> {
    if let Some(protocol) = &device.protocol {
        return Err(cx.wrong(
            protocol,
            "a printer has no `protocol`",
            "remove it, or move it to a [[scanner]]",
        ));
    }
    Ok(Printer {
        serial: serial(cx, &Line::of(device), 9600)?,
        profile: profile(cx, device.profile.as_ref())?,
    })
}

fn profile(cx: &Context<'_>, written: Option<&Spanned<String>>) -> Result<Profile, ConfigError> {
    let Some(written) = written else {
        return Ok(PROFILES[0]);
    };
    Profile::named(written.get_ref()).ok_or_else(|| {
        cx.wrong(
            written,
            format!("there is no printer profile \"{}\"", written.get_ref()),
            format!("use one of: {}", Profile::names()),
        )
    })
}

/// `[hub]`. A printer hangs on it unless `[printer]` names one of its own or `printer = false`.
pub(super) fn hub(cx: &Context<'_>, raw: &raw::Raw) -> Result<Option<Hub>, ConfigError> {
    let Some(hub) = &raw.hub else {
        return Ok(None);
    };
    let wants_printer = hub.printer.as_ref().map(Spanned::get_ref).copied();
    let own_printer = raw.printer.is_some();
    if own_printer
        && let Some(written) = &hub.printer
        && *written.get_ref()
    {
        return Err(cx.wrong(
            written,
            "the receipt printer cannot hang on the hub and on a port of its own",
            "remove `printer = true` here, or the section [printer]",
        ));
    }
    let has_printer = wants_printer.unwrap_or(!own_printer);
    if let Some(written) = &hub.profile
        && !has_printer
    {
        return Err(cx.wrong(
            written,
            "`profile` is of a printer on the hub, and none hangs there",
            "remove it, or move it to [printer]",
        ));
    }
    let drawer = hub.drawer.as_ref().is_none_or(|drawer| *drawer.get_ref());
    let of_printer = [&raw.drawer.pin, &raw.drawer.pulse_ms];
    if let Some(written) = of_printer.into_iter().flatten().next()
        && drawer
    {
        return Err(cx.wrong(
            written,
            "[drawer] sets a drawer on the printer, and the drawer hangs on the hub",
            "remove [drawer], or write `drawer = false` under [hub]",
        ));
    }
    Ok(Some(Hub {
        serial: serial(cx, &Line::of_hub(hub), 115_200)?,
        printer: has_printer
            .then(|| profile(cx, hub.profile.as_ref()))
            .transpose()?,
        drawer,
    }))
}

/// The settings of a serial line as they are written.
struct Line<'a> {
    port: &'a Spanned<String>,
    baud: Option<&'a Spanned<i64>>,
    data_bits: Option<&'a Spanned<i64>>,
    parity: Option<&'a Spanned<String>>,
    stop_bits: Option<&'a Spanned<i64>>,
}

impl<'a> Line<'a> {
    const fn of(device: &'a raw::Device) -> Self {
        Self {
            port: &device.port,
            baud: device.baud.as_ref(),
            data_bits: device.data_bits.as_ref(),
            parity: device.parity.as_ref(),
            stop_bits: device.stop_bits.as_ref(),
        }
    }

    const fn of_hub(hub: &'a raw::Hub) -> Self {
        Self {
            port: &hub.port,
            baud: hub.baud.as_ref(),
            data_bits: hub.data_bits.as_ref(),
            parity: hub.parity.as_ref(),
            stop_bits: hub.stop_bits.as_ref(),
        }
    }
}

fn serial(cx: &Context<'_>, line: &Line<'_>, baud: i64) -> Result<Serial, ConfigError> {
    let parity = cx.word(
        "parity",
        line.parity,
        &[
            ("none", Parity::None),
            ("even", Parity::Even),
            ("odd", Parity::Odd),
        ],
        Parity::None,
    )?;
    Ok(Serial {
        port: port(cx, line.port)?,
        baud: u32::try_from(number(cx, "baud", line.baud, &BAUDS, baud)?).unwrap_or(9600),
        data_bits: u8::try_from(number(cx, "data_bits", line.data_bits, &[5, 6, 7, 8], 8)?)
            .unwrap_or(8),
        parity,
        stop_bits: u8::try_from(number(cx, "stop_bits", line.stop_bits, &[1, 2], 1)?).unwrap_or(1),
    })
}

pub(super) fn number(
    cx: &Context<'_>,
    key: &str,
    value: Option<&Spanned<i64>>,
    possible: &[i64],
    default: i64,
) -> Result<i64, ConfigError> {
    match value {
        None => Ok(default),
        Some(value) if possible.contains(value.get_ref()) => Ok(*value.get_ref()),
        Some(value) => {
            let names: Vec<String> = possible.iter().map(ToString::to_string).collect();
            Err(cx.wrong(
                value,
                format!("`{key}` cannot be {}", value.get_ref()),
                format!("use one of {}", names.join(", ")),
            ))
        }
    }
}

/// A port may be missing, it may not be something else than a device.
fn port(cx: &Context<'_>, written: &Spanned<String>) -> Result<PathBuf, ConfigError> {
    use std::os::unix::fs::FileTypeExt as _;
    let name = cx.not_empty("port", written)?;
    let cure =
        "use the name of the device, such as \"/dev/serial/by-id/usb-...\" or \"/dev/ttyS0\"";
    let upper = name.to_uppercase();
    if upper
        .strip_prefix("COM")
        .is_some_and(|n| n.parse::<u16>().is_ok())
    {
        return Err(cx.wrong(written, format!("\"{name}\" is no port of Linux"), cure));
    }
    let path = cx.path(&name);
    match std::fs::metadata(&path) {
        Ok(found) if !found.file_type().is_char_device() => Err(cx.wrong(
            written,
            format!("\"{name}\" is there, but it is not a serial port"),
            cure,
        )),
        _ => Ok(path),
    }
}

pub(super) fn ports_differ(cx: &Context<'_>, raw: &raw::Raw) -> Result<(), ConfigError> {
    let mut seen: HashMap<PathBuf, usize> = HashMap::new();
    let devices = raw.scanner.iter().chain(&raw.printer);
    let ports = devices.map(|device| &device.port);
    for port in ports.chain(raw.hub.as_ref().map(|hub| &hub.port)) {
        let line = line_of(cx.text, port.span().start);
        if let Some(first) = seen.insert(cx.path(port.get_ref().trim()), line) {
            return Err(cx.wrong(
                port,
                format!(
                    "the port \"{}\" is in use already, in line {first}",
                    port.get_ref()
                ),
                "give every device a port of its own",
            ));
        }
    }
    Ok(())
}
