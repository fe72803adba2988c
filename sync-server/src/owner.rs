//! Owners: passwords (argon2id), log-in, server-side sessions. A token is 32 random bytes; only its digest is kept,
//! so that nobody can log in from a copy of the database. A wrong name costs as much time as a wrong password.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use retail::clock::{random_16, random_32};
use sha2::{Digest, Sha256};

use crate::api::Office;
use crate::scope::Scope;
use crate::store::rows::{OwnerRow, SessionRow};
use crate::store::{self, Result, StoreError};

/// The shortest password that `owner add` takes, in characters.
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest, in bytes: nobody makes head office hash a book.
pub const LONGEST_PASSWORD: usize = 1024;
/// How long a session lasts.
pub const SESSION_MS: i64 = 12 * 3_600_000;

/// Why an owner cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    /// Too short or too long.
    #[error(
        "a password has at least {SHORTEST_PASSWORD} characters and at most {LONGEST_PASSWORD} bytes"
    )]
    Password,
    /// No name.
    #[error("an owner needs a name of 1 to 80 characters")]
    Name,
    /// A shop that is not there.
    #[error("there is no shop {shop:?}")]
    NoSuchShop {
        /// As it was named.
        shop: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    /// Name.
    pub name: String,
    /// What he may see.
    pub scope: Scope,
    /// What every form of this session must bring along.
    pub csrf: String,
}

fn hasher() -> Result<Argon2<'static>> {
    // 19 MiB, two passes, one lane: the OWASP recommendation for argon2id.
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|error| StoreError::Unfit(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Of no password: what a wrong name is checked against.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2vZ5cnb6ZkTbYyQEZpzl5DZXJHzwBBiBKFCTtBYnIuU";

fn matches(password: &str, phc: &str) -> Result<bool> {
    let known = PasswordHash::new(phc)
        .map_err(|error| StoreError::Corrupt(format!("a password hash: {error}")))?;
    Ok(password.len() <= LONGEST_PASSWORD
        && hasher()?
            .verify_password(password.as_bytes(), &known)
            .is_ok())
}

impl Office {
    /// Adds an owner, or replaces his password and shops (which ends his sessions). A shop that only an import knows is one.
    ///
    /// # Errors
    /// [`OwnerError`].
    pub fn add_owner(
        &self,
        name: &str,
        shops: Option<Vec<String>>,
        password: &str,
    ) -> Result<(), OwnerError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(OwnerError::Name);
        }
        if password.chars().count() < SHORTEST_PASSWORD || password.len() > LONGEST_PASSWORD {
            return Err(OwnerError::Password);
        }
        self.all_known(shops.as_deref().unwrap_or_default())?;
        let salt = self.random(random_16);
        let phc = hasher()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| StoreError::Unfit(format!("argon2: {error}")))?
            .to_string();
        store::write(self.store(), |tables| {
            tables.put_owner(&OwnerRow {
                name: name.to_owned(),
                password: phc,
                shops,
            })
        })?;
        Ok(())
    }

    /// That there are all of these shops. An import, which is large, is read only for a shop that nobody added.
    fn all_known(&self, shops: &[String]) -> Result<(), OwnerError> {
        let added = store::read(self.store(), |tables| tables.shops())?;
        if shops
            .iter()
            .all(|id| added.iter().any(|shop| shop.id == *id))
        {
            return Ok(());
        }
        let known = self.known_shops()?;
        match shops.iter().find(|id| !known.contains(*id)) {
            None => Ok(()),
            Some(shop) => Err(OwnerError::NoSuchShop {
                shop: shop.clone(),
                known: known.into_iter().collect(),
            }),
        }
    }

    /// Removes an owner; whoever is logged in under the name is out at once. False: there is none.
    ///
    /// # Errors
    /// What the store says.
    pub fn remove_owner(&self, name: &str) -> Result<bool> {
        store::write(self.store(), |tables| tables.remove_owner(name.trim()))
    }

    /// Logs in. The token (64 hex digits) is for the cookie; it is not kept here. `None`: wrong name or password.
    ///
    /// # Errors
    /// What the store says.
    pub fn log_in(&self, name: &str, password: &str) -> Result<Option<(String, LoggedIn)>> {
        let owner = store::read(self.store(), |tables| tables.owner(name.trim()))?;
        let phc = owner.as_ref().map_or(NOBODY, |owner| &owner.password);
        let right = matches(password, phc)?;
        let Some(owner) = owner.filter(|_| right) else {
            return Ok(None);
        };
        let token = hex::encode(self.random(random_32));
        let now_ms = self.now_ms();
        let session = SessionRow {
            token: digest(&token),
            owner: owner.name.clone(),
            csrf: hex::encode(self.random(random_16)),
            created_ms: now_ms,
            expires_ms: now_ms.saturating_add(SESSION_MS),
        };
        store::write(self.store(), |tables| tables.add_session(&session))?;
        let logged_in = LoggedIn {
            name: owner.name,
            scope: Scope::new(self.org(), owner.shops),
            csrf: session.csrf,
        };
        Ok(Some((token, logged_in)))
    }

    /// Who a token stands for, while his session lasts.
    ///
    /// # Errors
    /// What the store says.
    pub fn session(&self, token: &str) -> Result<Option<LoggedIn>> {
        if token.len() != 64 {
            return Ok(None);
        }
        let now_ms = self.now_ms();
        store::read(self.store(), |tables| {
            let Some(session) = tables.session(&digest(token), now_ms)? else {
                return Ok(None);
            };
            Ok(tables.owner(&session.owner)?.map(|owner| LoggedIn {
                name: owner.name,
                scope: Scope::new(self.org(), owner.shops),
                csrf: session.csrf,
            }))
        })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the store says.
    pub fn log_out(&self, token: &str) -> Result<()> {
        store::write(self.store(), |tables| tables.drop_session(&digest(token)))
    }

    /// The scope of the command line, which has the database file in its hands anyway.
    #[must_use]
    pub fn command_line_scope(&self) -> Scope {
        Scope::new(self.org(), None)
    }
}
