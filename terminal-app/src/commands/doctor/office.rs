//! The doctor's look at head office: is anybody there, does it know this till, and what is in the way.

use retail::clock::random_16;
use retail::wire::{HeadsQuery, Refusal};

use super::words::Words;
use super::{Findings, get};
use crate::clock::SystemEntropy;
use crate::error::CliError;
use crate::screen::strings::fill;
use crate::store::Store;
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::{CallError, CertificateTrouble, Client, HeadOffice as _, Wire as _};
use crate::sync::outbox::Outbox as _;

impl Findings<'_> {
    pub(super) fn head_office(&mut self, store: Option<&mut Store>) -> Result<(), CliError> {
        let (w, config) = (self.w, self.config);
        let Some(server) = &config.server else {
            return self.well(w.office, w.office_none);
        };
        let identity = store.and_then(|store| {
            let waiting = store.standing().map_or(0, |standing| standing.waiting);
            Some((store.identity()?.clone(), waiting))
        });
        let wire = match HttpWire::new(server, Patience::Cashier) {
            Ok(wire) => wire,
            Err(error) => {
                let text = format!("{} ({error})", w.office_ca);
                return self.judge(w.office, &text, false, w.office_ca_cure);
            }
        };
        let Some((identity, waiting)) = identity else {
            return self.before_enrolment(&server.url, wire);
        };
        let mut office = Client::new(
            wire,
            identity.till,
            identity.key.clone(),
            Box::new(SystemEntropy),
        );
        let query = HeadsQuery {
            nonce: hex::encode(random_16(&mut SystemEntropy)),
            locator: Vec::new(),
        };
        let (text, cure) = match office.heads(&query) {
            Ok(_) => (w.office_well.to_owned(), None),
            Err(error) => {
                let (text, cure) = trouble(w, &error);
                let text = match detail(w, &error) {
                    Some(detail) => format!("{text} ({detail})"),
                    None => text.to_owned(),
                };
                let cure = match error {
                    CallError::Refused(Refusal::Revoked) => {
                        fill(w.refused_revoked_cure, &[&identity.till])
                    }
                    _ => cure.to_owned(),
                };
                (text, Some(cure))
            }
        };
        let text = fill(w.office_line, &[&server.url, &text, &waiting]);
        self.judge(
            w.office,
            &text,
            cure.is_none(),
            cure.as_deref().unwrap_or_default(),
        )
    }

    /// A till that is not enrolled has no name at head office yet: is anybody there?
    fn before_enrolment(&mut self, url: &str, mut wire: HttpWire) -> Result<(), CliError> {
        let w = self.w;
        let (text, cure) = match wire.send(&get("/healthz")) {
            Ok(answer) if answer.status == 200 => (w.office_well, None),
            Ok(_) => (w.office_strange, Some(w.office_strange_cure)),
            Err(error) => {
                let (text, cure) = trouble(w, &error);
                (text, Some(cure))
            }
        };
        let text = format!("{url}: {text}");
        self.judge(w.office, &text, cure.is_none(), cure.unwrap_or_default())
    }
}

/// What is wrong between this till and head office, and what to do about it.
const fn trouble(w: &Words, error: &CallError) -> (&'static str, &'static str) {
    match error {
        CallError::Offline(_) => (w.office_unreachable, w.office_unreachable_cure),
        CallError::Refused(_) => (w.office_refuses, w.office_refuses_cure),
        CallError::Protocol(_) | CallError::TooLongForTheWay => {
            (w.office_strange, w.office_strange_cure)
        }
        CallError::Certificate {
            trouble: CertificateTrouble::Time,
            ..
        } => (w.office_certificate_time, w.office_certificate_time_cure),
        CallError::Certificate {
            trouble: CertificateTrouble::OwnAuthority,
            ..
        } => (w.office_certificate_own, w.office_certificate_own_cure),
        CallError::Certificate { .. } => (w.office_certificate, w.office_certificate_cure),
    }
}

/// More about it: what the network or head office said.
fn detail<'a>(w: &'a Words, error: &'a CallError) -> Option<&'a str> {
    match error {
        CallError::Certificate {
            trouble: CertificateTrouble::OwnAuthority,
            ..
        } => None,
        CallError::Offline(detail)
        | CallError::Protocol(detail)
        | CallError::Certificate { detail, .. } => Some(detail),
        CallError::Refused(Refusal::UnknownTill) => Some(w.refused_unknown),
        CallError::Refused(Refusal::Revoked) => Some(w.refused_revoked),
        CallError::Refused(Refusal::BadRequestSignature) => Some(w.refused_signature),
        CallError::Refused(Refusal::Busy | Refusal::Internal) => Some(w.refused_later),
        CallError::Refused(_) | CallError::TooLongForTheWay => None,
    }
}
