//! What the owner's pages look up beside the figures: persons, tills and what is wrong with them. Everything asks for a
//! scope; figures and receipts come from the book ([`Office::book`]) and `journey::reports`.

use std::collections::BTreeSet;

use retail::ids::{ReceiptNumber, TillId};
use retail::loyalty::Profile;

use crate::api::Office;
use crate::ingest::{MAX_BRANCHES, receipt_number};
use crate::people::{Person, person};
use crate::scope::Scope;
use crate::store::rows::{Branch, DayRow, HoleRow, ProblemRow, Shop, Till};
use crate::store::{self, Result, StoreError};

/// The most rows of one list on a page.
pub const MOST_ROWS: u32 = 1_000;

/// The shortest text that names are looked through for.
const SHORTEST_NAME: usize = 2;
/// The most statements that are looked at more closely for one search.
const MOST_STATED: usize = 1_000;

/// A till as the synchronisation page shows it.
#[derive(Clone, Debug)]
pub struct TillStatus {
    /// The till and its traffic.
    pub till: Till,
    /// Its last receipt.
    pub last_receipt: Option<ReceiptNumber>,
    /// Since its last batch, in milliseconds.
    pub lag_ms: Option<i64>,
    /// When it last sent anything signed.
    pub last_seen_ms: Option<i64>,
    /// The ends of its branches, newest epoch first.
    pub branches: Vec<Branch>,
    /// Branches beside the first one of an epoch.
    pub forks: usize,
    /// Its holes.
    pub holes: Vec<HoleRow>,
    /// Its closed days, newest first.
    pub days: Vec<DayRow>,
}

impl Office {
    /// The shops somebody may see.
    ///
    /// # Errors
    /// What the store says.
    pub fn shops(&self, scope: &Scope) -> Result<Vec<Shop>> {
        let mut shops = store::read(self.store(), |tables| tables.shops())?;
        shops.retain(|shop| scope.sees(&shop.id));
        Ok(shops)
    }

    /// The ids of all shops: those that were added, and those of imported rows.
    ///
    /// # Errors
    /// What the store says.
    pub fn known_shops(&self) -> Result<BTreeSet<String>> {
        let added = store::read(self.store(), |tables| tables.shops())?;
        let mut known: BTreeSet<String> = added.into_iter().map(|shop| shop.id).collect();
        let book = self.book()?;
        known.extend(book.dataset().shops().into_iter().map(str::to_owned));
        Ok(known)
    }

    /// Every till somebody may see, by number.
    ///
    /// # Errors
    /// What the store says.
    pub fn tills(&self, scope: &Scope) -> Result<Vec<TillStatus>> {
        let now_ms = self.now_ms();
        store::read(self.store(), |tables| {
            let holes = tables.holes(MOST_ROWS)?;
            let days = tables.days(MOST_ROWS)?;
            let mut tills = tables.tills()?;
            tills.retain(|till| scope.sees(&till.shop));
            let mut found = Vec::with_capacity(tills.len());
            for till in tills {
                let branches = tables.branches(till.till, MAX_BRANCHES)?;
                found.push(TillStatus {
                    last_receipt: till.traffic.last_receipt.and_then(receipt_number),
                    lag_ms: till
                        .traffic
                        .last_batch_ms
                        .map(|at| now_ms.saturating_sub(at)),
                    last_seen_ms: self.last_seen(till.till).max(till.traffic.last_seen_ms),
                    forks: branches.iter().filter(|branch| branch.branch != 0).count(),
                    branches,
                    holes: of(&holes, till.till, |hole| hole.till),
                    days: of(&days, till.till, |day| day.till),
                    till,
                });
            }
            Ok(found)
        })
    }

    /// What the owner should look at, newest first; of tills he may not see nothing.
    ///
    /// # Errors
    /// What the store says.
    pub fn problems(&self, scope: &Scope) -> Result<Vec<ProblemRow>> {
        store::read(self.store(), |tables| {
            let tills = tables.tills()?;
            let mut problems = tables.problems(MOST_ROWS)?;
            problems.retain(|problem| match problem.till {
                Some(id) => tills
                    .iter()
                    .any(|till| till.till == id && scope.sees(&till.shop)),
                None => scope.shops().is_none(),
            });
            Ok(problems)
        })
    }

    /// Marks a problem as dealt with, when it is one he may see.
    ///
    /// # Errors
    /// What the store says.
    pub fn resolve_problem(&self, scope: &Scope, id: i64) -> Result<bool> {
        let sees = self.problems(scope)?.iter().any(|problem| problem.id == id);
        let now_ms = self.now_ms();
        if !sees {
            return Ok(false);
        }
        store::write(self.store(), |tables| tables.resolve_problem(id, now_ms))
    }

    /// Marks a hole as seen by the owner, when it is one he may see.
    ///
    /// # Errors
    /// What the store says.
    pub fn acknowledge_hole(&self, scope: &Scope, id: i64) -> Result<bool> {
        let tills = self.tills(scope)?;
        let sees = tills
            .iter()
            .flat_map(|till| &till.holes)
            .any(|hole| hole.id == id);
        let now_ms = self.now_ms();
        if !sees {
            return Ok(false);
        }
        store::write(self.store(), |tables| tables.acknowledge_hole(id, now_ms))
    }

    /// Who a customer is: he must have been in a shop that may be seen. `None`: nobody, forgotten, or not to be seen;
    /// imported customers are known by their id alone.
    ///
    /// # Errors
    /// What the store says.
    pub fn person(&self, scope: &Scope, customer: &str) -> Result<Option<Person>> {
        {
            let book = self.book()?;
            let dataset = book.dataset();
            let Some(number) = dataset.customer(customer) else {
                return self.unseen(scope, customer);
            };
            let history = dataset.history(number);
            if !history.events().any(|event| scope.sees(event.shop())) {
                return Ok(None);
            }
        }
        self.named(customer).map(|person| {
            person.or_else(|| {
                Some(Person {
                    id: customer.to_owned(),
                    ..Person::default()
                })
            })
        })
    }

    /// True when somebody is known in no other shop than may be seen here: whoever sees some shops may not decide about
    /// what the others know.
    ///
    /// # Errors
    /// What the store says.
    pub fn only_here(&self, scope: &Scope, customer: &str) -> Result<bool> {
        if scope.shops().is_none() {
            return Ok(true);
        }
        let book = self.book()?;
        let dataset = book.dataset();
        Ok(dataset.customer(customer).is_some_and(|number| {
            let history = dataset.history(number);
            history.events().all(|event| scope.sees(event.shop()))
        }))
    }

    /// Those whose name or e-mail address holds this text, whatever its capitals, at most so many; only whoever may be
    /// seen. It reads through all profiles, as a part of a word has no index: on a reader of its own, so that nobody
    /// who writes waits for it.
    ///
    /// # Errors
    /// What the store says.
    pub fn people_called(&self, scope: &Scope, text: &str, most: usize) -> Result<Vec<Person>> {
        let wanted = text.to_lowercase();
        if text.chars().count() < SHORTEST_NAME {
            return Ok(Vec::new());
        }
        let holds = |said: &Option<String>| {
            said.as_ref()
                .is_some_and(|said| said.to_lowercase().contains(&wanted))
        };
        let stated = store::read(self.store(), |tables| {
            let mut stated = Vec::new();
            tables.profiles_with(text, &mut |customer, row| {
                let profile: Profile = serde_json::from_str(&row.json)
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                if holds(&profile.name) || holds(&profile.email) {
                    stated.push(customer);
                }
                Ok(stated.len() < MOST_STATED)
            })?;
            Ok(stated)
        })?;
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for customer in stated {
            if found.len() >= most {
                break;
            }
            let root = store::read(self.store(), |tables| tables.root(&customer))?;
            if !seen.insert(root.clone()) {
                continue;
            }
            // What he said later may have taken the place of what was found.
            let person = self.person(scope, &root)?;
            found.extend(person.filter(|person| holds(&person.name) || holds(&person.email)));
        }
        Ok(found)
    }

    /// Somebody without any event (enrolled elsewhere, never bought): only for who may see every shop.
    fn unseen(&self, scope: &Scope, customer: &str) -> Result<Option<Person>> {
        if scope.shops().is_some() {
            return Ok(None);
        }
        self.named(customer)
    }

    fn named(&self, customer: &str) -> Result<Option<Person>> {
        store::read(self.store(), |tables| {
            let root = tables.root(customer)?;
            person(tables, &root)
        })
    }
}

fn of<T: Clone>(rows: &[T], till: TillId, of: impl Fn(&T) -> TillId) -> Vec<T> {
    rows.iter().filter(|row| of(row) == till).cloned().collect()
}
