//! What every thread with a port of its own does: waits for a missing port, serves it while it is there, and looks for it
//! again when it is gone. What stands in the way is said once, however often it is met.

use super::line::{Gone, SerialLine, Settings};

/// Why a thread leaves its port.
#[derive(Debug)]
pub(super) enum End {
    /// The port went away: look for it again.
    Gone(Gone),
    /// The till stops.
    Stop,
}

impl From<Gone> for End {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// A thread that lives on a port.
pub(super) trait Tenant {
    /// Carries bytes until the port is gone, or the till stops.
    fn serve(&mut self, line: SerialLine) -> End;

    /// Waits a moment without a port, before it is looked for again.
    ///
    /// # Errors
    /// [`End::Stop`].
    fn wait(&mut self) -> Result<(), End>;
}

/// Gives `tenant` its port whenever that is there, until the till stops.
pub(super) fn keep(settings: &Settings, tenant: &mut impl Tenant) {
    let port = settings.path.display();
    let mut trouble = Once::default();
    loop {
        match SerialLine::open(settings) {
            Ok(line) => {
                trouble.over();
                tracing::info!(%port, "port open");
                match tenant.serve(line) {
                    End::Gone(gone) => tracing::warn!(%port, %gone, "port lost"),
                    End::Stop => return,
                }
            }
            Err(error) => {
                if trouble.is_new(&error) {
                    tracing::warn!(%port, %error, "waiting for a port");
                }
            }
        }
        if tenant.wait().is_err() {
            return;
        }
    }
}

/// A trouble that is met again and again (a port that is not there, a disk that is full) and belongs in the log once.
#[derive(Debug, Default)]
pub(super) struct Once(Option<String>);

impl Once {
    /// True when this trouble is another one than the last, or the last is over.
    pub(super) fn is_new(&mut self, trouble: &dyn std::fmt::Display) -> bool {
        let trouble = trouble.to_string();
        let is_new = self.0.as_ref() != Some(&trouble);
        self.0 = Some(trouble);
        is_new
    }

    /// It is over: when it comes back, it is new.
    pub(super) fn over(&mut self) {
        self.0 = None;
    }
}
