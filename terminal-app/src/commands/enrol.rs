//! `enrol`: the till makes its key and introduces itself to head office.

use ed25519_dalek::SigningKey;
use retail::clock::{Clock as _, random_32, wall_time};
use retail::wire::{EnrolRequest, Refusal};

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::store::StoreError;
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::{self, CallError, CertificateTrouble};

pub(super) fn run(config: &Config, code: &str) -> Result<(), CliError> {
    let Some(server) = &config.server else {
        return Err(CliError::new(
            format!("{} names no head office", config.file.display()),
            "add [server] with its url",
        ));
    };
    let mut store = super::open(config)?;
    if let Some(identity) = store.identity() {
        return Err(StoreError::AlreadyEnrolled(identity.till).into());
    }
    let key = SigningKey::from_bytes(&random_32(&mut SystemEntropy));
    let request = EnrolRequest {
        code: code.trim().to_owned(),
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: config.till.name.clone(),
        shop: Some(config.shop.id.clone()),
    };
    let mut wire = HttpWire::new(server, Patience::Thread)
        .map_err(|e| CliError::new(e.to_string(), "check [server] ca"))?;
    let answer = office::enrol(&mut wire, &request).map_err(|error| of_call(&error))?;
    if answer.shop != config.shop.id {
        out::note(format!(
            "warning: head office enrolled this till in shop \"{}\", but [shop] id is \"{}\": set it to that",
            answer.shop, config.shop.id
        ));
    }
    let zone = answer.time_zone.parse().unwrap_or(config.shop.time_zone);
    if zone != config.shop.time_zone {
        out::note(format!(
            "warning: head office says the shop is in {}, [shop] time_zone says {}",
            answer.time_zone, config.shop.time_zone
        ));
    }
    let at = wall_time(SystemClock::new().now(), config.shop.time_zone);
    store.enrol(&answer, &key, at)?;
    out::line(format!(
        "enrolled {} as till {} of {} ({})",
        config.till.name, answer.till, answer.shop_name, answer.shop
    ))
}

fn of_call(error: &CallError) -> CliError {
    let hint = match error {
        CallError::Refused(Refusal::BadCode) => {
            "ask head office for a new code: sync-server till-code --shop ID"
        }
        CallError::Refused(Refusal::OtherShop { .. }) => {
            "set [shop] id to that shop, or ask head office for a code of this one; the code is still good"
        }
        CallError::Refused(_) => "ask head office what is wrong",
        CallError::Certificate {
            trouble: CertificateTrouble::Time,
            ..
        } => {
            "see first whether this till's clock is right; if it is, head office needs a new certificate"
        }
        CallError::Certificate {
            trouble: CertificateTrouble::OwnAuthority,
            ..
        } => {
            "make an authority and a certificate under it (README.md, Certificates); the authority's is [server] ca"
        }
        CallError::Certificate { .. } => {
            "check [server] url and [server] ca: ca is the PEM file of the authority behind head office's certificate"
        }
        _ => {
            "check [server] url, the network, and that head office is running; the code is still good if it was not used"
        }
    };
    CliError::new(error.to_string(), hint)
}
