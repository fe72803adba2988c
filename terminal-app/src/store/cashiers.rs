//! Who may use the till. The database keeps an argon2id hash of a PIN, never the PIN. Who was taken away keeps his number
//! and name: events carry the number, and the shop must know whose it was.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, Utc};
use retail::clock::{Entropy, random_16};
use retail::ids::CashierId;
use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::{Store, StoreError};
use crate::till::input::Cashier;

/// Why a cashier was not added or removed.
#[derive(Debug, thiserror::Error)]
pub enum CashierError {
    /// Not a name.
    #[error("a cashier's name has 1 to 40 characters")]
    Name,
    /// Not a PIN.
    #[error("a PIN has 4 to 8 digits")]
    Pin,
    /// Someone has this PIN already: the PIN alone says who someone is.
    #[error("another cashier has this PIN already")]
    PinTaken,
    /// Nobody of this name can log in.
    #[error("there is no cashier \"{0}\" here")]
    Nobody(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A cashier with what the owner wants to know of him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub cashier: Cashier,
    /// He has a PIN to log in with.
    pub has_pin: bool,
    /// When he was taken away.
    pub removed: Option<DateTime<Utc>>,
}

/// A PIN is short: what protects it is the file's mode and the wait after wrong ones. The cost keeps a log-in well under a second.
fn argon2() -> Argon2<'static> {
    let params = Params::new(8 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Store {
    /// Who can log in, by number.
    pub fn cashiers(&self) -> Result<Vec<Cashier>, StoreError> {
        let all = self.all_cashiers()?.into_iter();
        Ok(all
            .filter(|listed| listed.removed.is_none())
            .map(|listed| listed.cashier)
            .collect())
    }

    /// Everybody who ever could log in, by number.
    pub fn all_cashiers(&self) -> Result<Vec<Listed>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, pin IS NOT NULL, removed_ms FROM cashier ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| {
            let removed_ms: Option<i64> = row.get(3)?;
            let removed =
                removed_ms.map(|ms| DateTime::from_timestamp_millis(ms).unwrap_or_default());
            Ok((row.get::<_, u16>(0)?, row.get(1)?, row.get(2)?, removed))
        })?;
        let mut all = Vec::new();
        for row in rows {
            let (id, name, has_pin, removed) = row?;
            if let Ok(id) = CashierId::new(id) {
                all.push(Listed {
                    cashier: Cashier { id, name },
                    has_pin,
                    removed,
                });
            }
        }
        Ok(all)
    }

    /// Takes a cashier away: he can no longer log in, and his PIN is forgotten. What he did stays his, by his number.
    pub fn remove_cashier(
        &mut self,
        name: &str,
        at: DateTime<Utc>,
    ) -> Result<Cashier, CashierError> {
        let name = name.trim();
        let nobody = || CashierError::Nobody(name.to_owned());
        let mut there = self.cashiers()?.into_iter();
        let cashier = there.find(|c| c.name == name).ok_or_else(nobody)?;
        let changed = self
            .conn
            .execute(
                "UPDATE cashier SET pin = NULL, removed_ms = ?2 WHERE id = ?1 AND removed_ms IS NULL",
                (cashier.id.get(), at.timestamp_millis()),
            )
            .map_err(StoreError::from)?;
        if changed == 0 {
            Err(nobody())
        } else {
            Ok(cashier)
        }
    }

    /// Adds a cashier, gives one who is there another PIN, or takes one back who was removed, with the number he had. Without
    /// a PIN nobody can log in as him by PIN.
    pub fn set_cashier(
        &mut self,
        name: &str,
        pin: Option<&str>,
        entropy: &mut dyn Entropy,
    ) -> Result<Cashier, CashierError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 40 || name.contains(char::is_control) {
            return Err(CashierError::Name);
        }
        let hash = match pin {
            None => None,
            Some(pin) => {
                if !(4..=8).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(CashierError::Pin);
                }
                if self.whose_pin(pin)?.is_some_and(|other| other.name != name) {
                    return Err(CashierError::PinTaken);
                }
                let hash = argon2()
                    .hash_password_with_salt(pin.as_bytes(), &random_16(entropy))
                    .map_err(|e| StoreError::Unwritable(format!("the PIN: {e}")))?;
                Some(hash.to_string())
            }
        };
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        tx.execute(
            "INSERT INTO cashier (id, name, pin)
             VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM cashier), ?1, ?2)
             ON CONFLICT (name) DO UPDATE SET pin = COALESCE(excluded.pin, pin), removed_ms = NULL",
            (name, hash),
        )
        .map_err(StoreError::from)?;
        let id: u16 = tx
            .query_row("SELECT id FROM cashier WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .map_err(StoreError::from)?;
        tx.commit().map_err(StoreError::from)?;
        let id = CashierId::new(id).map_err(|_| StoreError::UsedUp("cashier numbers"))?;
        Ok(Cashier {
            id,
            name: name.to_owned(),
        })
    }

    /// Whose PIN this is. Takes a good part of a second: not for the till's own thread.
    pub fn whose_pin(&self, pin: &str) -> Result<Option<Cashier>, StoreError> {
        for candidate in self.cashiers()? {
            let hash: Option<String> = self
                .conn
                .query_row(
                    "SELECT pin FROM cashier WHERE id = ?1 AND pin IS NOT NULL",
                    [candidate.id.get()],
                    |row| row.get(0),
                )
                .optional()?;
            let right = hash.is_some_and(|hash| {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| argon2().verify_password(pin.as_bytes(), &hash).is_ok())
            });
            if right {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }
}
