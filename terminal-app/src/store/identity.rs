//! Who the till is: its number, its organisation, its key. The database holds the private key, so nobody else may read the file.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use ed25519_dalek::SigningKey;
use retail::event::{Body, EpochOpened, EpochWhy};
use retail::ids::{Epoch, Hash, OrgId, TillId};
use retail::wire::{EnrolAnswer, Head};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{Store, StoreError};

/// What head office gave this till at enrolment, and the till's own key.
#[derive(Clone)]
pub struct Identity {
    /// Organisation.
    pub org: OrgId,
    /// Shop, as head office names it.
    pub shop: String,
    /// Number of the till.
    pub till: TillId,
    /// For [`retail::loyalty::card_hash`].
    pub directory_key: [u8; 32],
    /// Signs batches and requests.
    pub key: SigningKey,
}

/// Keys are not shown.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("org", &self.org)
            .field("shop", &self.shop)
            .field("till", &self.till)
            .finish_non_exhaustive()
    }
}

/// Makes the file with mode 0600 when it is not there, and takes the rights of others away when it is.
pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    let what = format!("cannot make {}", path.display());
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let rights = std::fs::metadata(path)
                .map_err(StoreError::file(what.clone()))?
                .permissions();
            if rights.mode() & 0o077 == 0 {
                return Ok(());
            }
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
                .map_err(StoreError::file(what))
        }
        Err(error) => Err(StoreError::file(what)(error)),
    }
}

pub(super) fn load(conn: &Connection) -> Result<Option<Identity>, StoreError> {
    conn.query_row(
        "SELECT org, shop, till, directory_key, private_key FROM identity",
        [],
        |row| {
            Ok((
                row.get::<_, [u8; 16]>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, u16>(2)?,
                row.get::<_, [u8; 32]>(3)?,
                row.get::<_, [u8; 32]>(4)?,
            ))
        },
    )
    .optional()?
    .map(|(org, shop, till, directory_key, key)| {
        Ok(Identity {
            org: OrgId(org),
            shop,
            till: TillId::new(till).map_err(|e| StoreError::Damaged(e.to_string()))?,
            directory_key,
            key: SigningKey::from_bytes(&key),
        })
    })
    .transpose()
}

impl Store {
    /// Keeps what head office answered and opens the first epoch: one transaction.
    pub fn enrol(
        &mut self,
        answer: &EnrolAnswer,
        key: &SigningKey,
        at: DateTime<FixedOffset>,
    ) -> Result<Head, StoreError> {
        if let Some(identity) = load(&self.conn)? {
            return Err(StoreError::AlreadyEnrolled(identity.till));
        }
        let mut directory_key = [0; 32];
        hex::decode_to_slice(&answer.directory_key, &mut directory_key)
            .map_err(|e| StoreError::Unwritable(format!("head office's directory key: {e}")))?;
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "INSERT INTO identity (id, org, shop, till, directory_key, private_key)
             VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            (
                answer.org.0,
                &answer.shop,
                answer.till.get(),
                directory_key,
                key.to_bytes(),
            ),
        )?;
        let body = Body::EpochOpened(EpochOpened {
            prev_epoch: None,
            prev_seq: 0,
            prev_hash: Hash::ZERO,
            why: EpochWhy::Enrolled,
        });
        let (head, _) =
            super::append::write_event(&tx, answer.till, Epoch::FIRST, None, at, &body)?;
        tx.commit()?;
        self.identity = load(&self.conn)?;
        Ok(head)
    }

    /// Looks again whether the till was enrolled by another process.
    pub fn refresh_identity(&mut self) -> Result<bool, StoreError> {
        if self.identity.is_none() {
            self.identity = load(&self.conn)?;
        }
        Ok(self.identity.is_some())
    }

    pub(super) fn known(&self) -> Result<&Identity, StoreError> {
        self.identity.as_ref().ok_or(StoreError::NotEnrolled)
    }
}
