//! A secret that a person types at a terminal: asked for on standard error, and not shown while it is typed.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::os::fd::AsFd;

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// More than any secret and a line end, in bytes.
const MAX_LINE: u64 = 4096;

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Quiet<'t, T: AsFd> {
    terminal: &'t T,
    before: Termios,
}

impl<'t, T: AsFd> Quiet<'t, T> {
    fn make(terminal: &'t T) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        // The end of the line is shown all the same: what comes next stands on a line of its own.
        quiet.local_flags.insert(LocalFlags::ECHONL);
        tcsetattr(terminal, SetArg::TCSANOW, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl<T: AsFd> Drop for Quiet<'_, T> {
    fn drop(&mut self) {
        // A terminal that went away meanwhile needs nothing any more.
        let _ = tcsetattr(self.terminal, SetArg::TCSANOW, &self.before);
    }
}

/// Asks, and reads the first line without its end.
pub(crate) fn ask<T: AsFd>(
    question: &str,
    terminal: &T,
    said: &mut impl Write,
) -> io::Result<String>
where
    for<'t> &'t T: Read,
{
    let _quiet = Quiet::make(terminal)?;
    write!(said, "{question}")?;
    said.flush()?;
    let mut line = String::new();
    BufReader::new(terminal.take(MAX_LINE)).read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// Types when it is asked: nothing is shown any more by then.
    struct Typist {
        keys: File,
        heard: Vec<u8>,
    }

    impl Write for Typist {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.heard.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.keys.write_all(b"4821\nmore\n")
        }
    }

    #[test]
    fn a_secret_is_asked_for_and_not_shown() {
        let pty = nix::pty::openpty(None, None).unwrap();
        let (mut person, terminal) = (File::from(pty.master), File::from(pty.slave));
        let mut typist = Typist {
            keys: person.try_clone().unwrap(),
            heard: Vec::new(),
        };
        assert_eq!(ask("PIN: ", &terminal, &mut typist).unwrap(), "4821");
        assert_eq!(typist.heard, b"PIN: ");
        let flags = tcgetattr(&terminal).unwrap().local_flags;
        assert!(flags.contains(LocalFlags::ECHO), "shown again from here on");
        let mut shown = [0; 64];
        let length = person.read(&mut shown).unwrap();
        assert_eq!(&shown[..length], b"\r\n\r\n");
    }
}
